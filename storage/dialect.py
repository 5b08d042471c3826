"""The one place that knows what the two databases spell in two ways."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Insert, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage.base import Base, Tx


class Either:
    """A statement for either database, built once: building one anew costs a turn more than sending it."""

    def __init__(self, build: Callable[[Any], Insert]) -> None:
        # Any: SQLAlchemy gives the two inserts no common type, though they are spelled alike.
        self._sqlite = build(sqlite.insert)
        self._postgresql = build(postgresql.insert)

    def of(self, tx: Tx) -> Insert:
        return self._sqlite if is_sqlite(tx) else self._postgresql

    def in_(self, dialect: str) -> Insert:
        """Return the statement as this dialect says it ("sqlite", "postgresql")."""
        return self._sqlite if dialect == "sqlite" else self._postgresql


def once(record: type[Base]) -> Either:
    """Return an INSERT that gives the new row's id, or no row where a unique key has it already."""
    table = record.table()
    return Either(lambda insert: insert(table).on_conflict_do_nothing().returning(table.c.id))


def replacing(record: type[Base]) -> Either:
    """Return an INSERT that replaces every other column of a row with the same primary key."""
    table = record.table()
    key = [column.name for column in table.primary_key]

    def build(insert: Any) -> Insert:
        row = insert(table)
        rest = {column.name: row.excluded[column.name] for column in table.columns if column.name not in key}
        replaced: Insert = row.on_conflict_do_update(index_elements=key, set_=rest)
        return replaced

    return Either(build)


class DayInVietNam(FunctionElement[str]):
    """The day of a moment in Viet Nam, ISO 8601. Computed where the rows are, so that they can be counted by it."""

    type = Text()
    inherit_cache = True


@compiles(DayInVietNam, "sqlite")
def _day_on_sqlite(element: DayInVietNam, compiler: SQLCompiler, **given: Any) -> str:
    return f"date({compiler.process(element.clauses, **given)}, '+7 hours')"


@compiles(DayInVietNam, "postgresql")
def _day_on_postgresql(element: DayInVietNam, compiler: SQLCompiler, **given: Any) -> str:
    return f"to_char(({compiler.process(element.clauses, **given)}) AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD')"


def is_sqlite(tx: Tx) -> bool:
    return tx.get_bind().dialect.name == "sqlite"
