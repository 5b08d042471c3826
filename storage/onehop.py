"""SQLite with one change of threads a statement.

SQLAlchemy's adapter changes to aiosqlite's thread and back four times for a statement (cursor, execute, fetch, close)
and once more for BEGIN: half of the processor time of a turn. Here a statement is one visit, and BEGIN travels with the
first one. Server-side cursors are not offered: every result is fetched at once.
"""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosqlite


class Cursor:
    """What SQLAlchemy's asyncio adapter asks of a cursor; the rows are here when `execute` returns."""

    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        await self._connection.visit(partial(self._run, sqlite3.Connection.execute, sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> Self:
        await self._connection.visit(partial(self._run, sqlite3.Connection.executemany, sql, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = []

    def _run(self, method: Callable[..., sqlite3.Cursor], sql: str, parameters: Any, raw: sqlite3.Connection) -> None:
        cursor = method(raw, sql, parameters)
        try:
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class Connection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors visit its thread once a statement."""

    begin: str | None = None  # what opens the transaction, on its way to the thread with the next statement
    # Whether the thread was told to open one. Asking SQLite instead would be wrong after a cancelled wait for the lock:
    # the thread is still waiting, and will have an open transaction when nobody thinks of it any more.
    _opened = False

    def cursor(self) -> Cursor:  # type: ignore[override]  # aiosqlite's is made in the thread, this one has nothing to make
        return Cursor(self)

    async def visit(self, function: Callable[[sqlite3.Connection], None]) -> None:
        """Run this in the connection's thread, inside the transaction that was asked for."""
        opening, self.begin = self.begin, None
        self._opened = self._opened or opening is not None
        await self._execute(self._in_transaction, opening, function)  # type: ignore[no-untyped-call]  # aiosqlite's own

    async def short(self, sql: str, parameters: Sequence[Any]) -> list[Any]:
        """Run a statement that touches a few rows by their keys; return its rows.

        It takes SQLite less time than the change of threads would. In an open transaction nothing has to be waited for,
        and outside of one a reader never waits; only what opens a transaction may wait for another process.
        """
        if self.begin is None:
            return self._conn.execute(sql, parameters).fetchall()
        rows: list[Any] = []
        await self.visit(lambda raw: rows.extend(raw.execute(sql, parameters)))
        return rows

    async def commit(self) -> None:
        await self._end(sqlite3.Connection.commit)

    async def rollback(self) -> None:
        await self._end(sqlite3.Connection.rollback)

    async def _end(self, function: Callable[[sqlite3.Connection], None]) -> None:
        self.begin = None
        if self._opened:
            await self._execute(function, self._conn)  # type: ignore[no-untyped-call]  # aiosqlite's own
            self._opened = False

    def _in_transaction(self, opening: str | None, function: Callable[[sqlite3.Connection], None]) -> None:
        if opening is not None:
            self._conn.execute(opening)
        function(self._conn)


def connect(database: str, **options: Any) -> Connection:
    """Return a connection that is opened by awaiting it: SQLAlchemy's `async_creator_fn`."""
    # SQLAlchemy passes check_same_thread=False, which `short` needs; it runs between visits.
    connection = Connection(partial(sqlite3.connect, Path(database), **options), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001 as SQLAlchemy does, or a forgotten connection would keep the program alive
    return connection
