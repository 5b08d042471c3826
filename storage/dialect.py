"""The one place that knows that the two databases spell ON CONFLICT in two modules."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite

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


def is_sqlite(tx: Tx) -> bool:
    return tx.get_bind().dialect.name == "sqlite"
