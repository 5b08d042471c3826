"""Statements of every turn, straight to the driver.

SQLAlchemy spells the statement and converts its values, once; what it does besides at every execution (contexts,
results, greenlets) costs twice what the statement does. So what every turn of every chat reads and writes goes this
way, and nothing else. The transaction is the session's: these statements stand between its others.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select
from sqlalchemy.engine import Row, result_tuple
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from storage import onehop
from storage.base import LINE, Tx
from storage.dialect import Either

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Spelled:
    """The statement in one dialect. `given`: name, value where none is given, and conversion of each parameter."""

    sql: str
    given: tuple[tuple[str, Any, Convert | None], ...]
    columns: tuple[Convert | None, ...]
    row: Callable[[Sequence[Any]], Row[*tuple[Any, ...]]]

    def parameters(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            [
                convert(values.get(name, default)) if convert else values.get(name, default)
                for name, default, convert in self.given
            ]
        )

    def rows(self, raw: Sequence[Sequence[Any]]) -> list[Row[*tuple[Any, ...]]]:
        return [
            self.row([convert(value) if convert else value for convert, value in zip(self.columns, one, strict=True)])
            for one in raw
        ]


@dataclass(slots=True)
class Line:
    """The connection of a transaction. `begun`: the driver was told where it begins, or there is nothing to begin."""

    connection: AsyncConnection
    begun: bool = False


class Straight:
    """A short statement: a few rows by their keys. `given`: the columns that an INSERT is given."""

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert | Either, given: Collection[str] = ()) -> None:
        self._statement = statement
        self._given = list(given) or None
        self._spelled: dict[str, _Spelled] = {}

    async def rows(self, tx: Tx | Line, values: Mapping[str, Any]) -> list[Row[*tuple[Any, ...]]]:
        """Return the rows. Raises what SQLAlchemy raises."""
        line = tx if isinstance(tx, Line) else tx.info.get(LINE) or Line(await tx.connection())
        dialect = line.connection.dialect
        spelled = self._spelled.get(dialect.name) or self._spell(dialect)
        return spelled.rows(await _run(line, spelled.sql, spelled.parameters(values)))

    async def scalar(self, tx: Tx, values: Mapping[str, Any]) -> Any:
        """Return the first column of the first row; None: there is no row."""
        rows = await self.rows(tx, values)
        return rows[0][0] if rows else None

    def _spell(self, dialect: Dialect) -> _Spelled:
        statement = self._statement.in_(dialect.name) if isinstance(self._statement, Either) else self._statement
        compiled = statement.compile(dialect=dialect, column_keys=self._given)
        types = {name: bind.type for name, bind in compiled.binds.items()}
        columns = statement.exported_columns
        spelled = self._spelled[dialect.name] = _Spelled(
            str(compiled),
            tuple(
                (name, compiled.params.get(name), _inwards(types[name], dialect)) for name in compiled.positiontup or ()
            ),
            tuple(_outwards(column.type, dialect) for column in columns),
            result_tuple([str(column.key) for column in columns]),
        )
        return spelled


def _inwards(type_: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _outwards(type_: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return type_.dialect_impl(dialect).result_processor(dialect, None)


async def _run(line: Line, sql: str, parameters: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
    connection = line.connection.sync_connection
    assert connection is not None  # noqa: S101 narrows: the transaction holds it
    for note in connection.engine.dispatch.before_cursor_execute:
        note(connection, None, sql, parameters, None, False)
    try:
        raw = await _sent(line, connection, sql, parameters)
    except Exception as error:
        raise _as_sqlalchemy_says(connection.dialect, sql, error) from error
    except BaseException:
        # Cancelled. On SQLite the connection knows what it has begun; here nobody knows how far the driver came: after
        # half of a BEGIN, whoever uses the connection next would open a savepoint and commit nothing.
        if connection.dialect.name == "postgresql":
            connection.invalidate()
        raise
    for note in connection.engine.dispatch.after_cursor_execute:
        note(connection, None, sql, parameters, None, False)
    return raw


async def _sent(line: Line, connection: Connection, sql: str, parameters: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
    driver: Any = connection.connection.driver_connection
    if isinstance(driver, onehop.Connection):
        return await driver.short(sql, parameters)
    rows: Sequence[Sequence[Any]]
    if line.begun:
        rows = await driver.fetch(sql, *parameters)
        return rows
    # SQLAlchemy's own cursor tells PostgreSQL where the transaction begins, and remembers that it has.
    rows = await line.connection.run_sync(_fetched, sql, parameters)
    line.begun = True
    return rows


def _fetched(connection: Connection, sql: str, parameters: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
    cursor = connection.connection.cursor()
    cursor.execute(sql, parameters)
    return cursor.fetchall() if cursor.description else ()


def _as_sqlalchemy_says(dialect: Dialect, sql: str, error: Exception) -> Exception:
    dbapi: Any = dialect.loaded_dbapi
    if isinstance(error, dbapi.Error):
        said: Exception = DBAPIError.instance(sql, None, error, dbapi.Error, dialect=dialect)
        return said
    if dialect.name == "postgresql" and isinstance(error, dbapi.asyncpg.PostgresError):
        broken = isinstance(error, dbapi.asyncpg.IntegrityConstraintViolationError)
        return IntegrityError(sql, None, error) if broken else DBAPIError(sql, None, error)
    return error
