"""The store: two databases, one way to open a transaction."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from storage import onehop
from storage.base import ERASED, LINE, Tx
from storage.straight import Line
from storage.types import to_json

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}

# Another process may hold the write lock of SQLite; half a minute is longer than any transaction of this program.
_BUSY_SECONDS = 30


@dataclass(frozen=True)
class Keys:
    """Secrets kept outside the database: whoever can write its files still cannot forge its journal or its codes."""

    journal: bytes = field(repr=False)
    links: bytes = field(repr=False)
    dossiers: bytes = field(repr=False)


class BadAddress(ValueError):  # noqa: N818  named after what it tells; it is shown to whoever runs the program
    """No store can be opened at this URL."""


class Store:
    """Opens transactions. Hold nothing but calls of storage inside one: commit, then speak."""

    def __init__(self, writing: AsyncEngine, reading: AsyncEngine, *, keys: Keys) -> None:
        self.engine = writing
        self._reading_engine = reading
        self._info = {"keys": keys}
        self._reading = async_sessionmaker(reading, expire_on_commit=False, info=self._info)
        # A single statement sees one moment anyway: PostgreSQL need not be told where it begins and ends.
        self._glancing = reading if self.is_sqlite else writing.execution_options(isolation_level="AUTOCOMMIT")
        # SQLite's busy handler sleeps blindly and starves whoever came first; within a process a queue is fair.
        self._turnstile: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()

    @classmethod
    def at(cls, url: str, *, keys: Keys) -> Self:
        """Open the store of this URL (`sqlite:///folder/troly.db`, `postgresql://…`; the drivers may be named too).

        Raises BadAddress for another database, and for SQLite in memory, which no second connection can see.
        """
        parsed = make_url(url)
        if parsed.drivername not in _DRIVERS:
            raise BadAddress(f"a store is sqlite or postgresql, not {parsed.drivername}")
        parsed = parsed.set(drivername=_DRIVERS[parsed.drivername])
        if parsed.get_backend_name() == "sqlite":
            return cls(_sqlite(parsed, writes=True), _sqlite(parsed, writes=False), keys=keys)
        engine = _postgresql(parsed)
        # The same pool; a page that reads in several statements sees one moment.
        reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return cls(engine, reading, keys=keys)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """Open one write transaction: committed on leaving, rolled back on an error. Never open one inside another."""
        async with self._turnstile:
            async with _connected(self.engine, opened=True) as line:
                tx = AsyncSession(line, expire_on_commit=False, info={**self._info, LINE: Line(line)})
                yield tx
                if tx.in_transaction():  # the session was used, not only the line under it
                    await tx.commit()
                    await tx.close()
            if self.is_sqlite and tx.info.get(ERASED):
                await self._scrub()

    async def _scrub(self) -> None:
        """Move SQLite's log into its file, where what was erased is overwritten, and empty the log, where it is not.

        A reader that does not finish within a second only delays this until the next erasure; there is one every night.
        """
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert isinstance(raw.driver_connection, onehop.Connection)  # noqa: S101 narrows: the engine makes no others
            await raw.driver_connection.visit(_empty_the_log)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """Open a transaction that can only read, and sees one moment of the store."""
        async with self._reading() as tx:
            yield tx

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[Line]:
        """Open what reads one `Straight` statement, without the cost of a session and a transaction around it."""
        async with _connected(self._glancing, opened=False) as line:
            yield Line(line, begun=True)

    async def close(self) -> None:
        await self.engine.dispose()
        if self.is_sqlite:
            await self._reading_engine.dispose()


@asynccontextmanager
async def _connected(engine: AsyncEngine, *, opened: bool) -> AsyncIterator[AsyncConnection]:
    """Connect, and open a transaction if asked to: it is committed on leaving, undone on an error."""
    line = await engine.connect()
    try:
        if opened and line.sync_connection:
            line.sync_connection.begin()  # neither driver is told before its first statement: nothing to wait for
        yield line
        await line.run_sync(_finished)
    except BaseException:
        await asyncio.shield(line.close())  # also for somebody who is cancelled while waiting for that
        raise


def _finished(connection: Connection) -> None:
    connection.commit()
    connection.close()


def _sqlite(url: URL, *, writes: bool) -> AsyncEngine:
    if not url.database or url.database == ":memory:":
        raise BadAddress("a store in memory is lost with its connection: name a file")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    Path(url.database).touch(mode=0o600)  # it holds what people said; an existing file keeps the mode it has
    # Writers queue at the turnstile, so a second write connection would never be used.
    engine = create_async_engine(
        url,
        json_serializer=to_json,
        connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None, "async_creator_fn": onehop.connect},
        pool_size=1 if writes else 4,
        max_overflow=0 if writes else 12,
    )
    pragmas = ["PRAGMA foreign_keys=ON", "PRAGMA temp_store=MEMORY"]
    if writes:
        # FULL: a commit that was confirmed to a citizen survives a power cut.
        pragmas += ["PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"]
        # What somebody has erased does not stay in the free pages of the file; many builds leave it there.
        pragmas += ["PRAGMA secure_delete=ON"]
    else:
        pragmas += ["PRAGMA query_only=ON"]

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    # The driver's own BEGIN is deferred: two turns read, both write, and one fails as "locked" or its update is lost.
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Any) -> None:
        connection.connection.driver_connection.begin = begin

    return engine


def _empty_the_log(raw: sqlite3.Connection) -> None:
    raw.execute("PRAGMA busy_timeout=1000")
    try:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        raw.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")


def _postgresql(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url,
        json_serializer=to_json,
        pool_size=10,
        max_overflow=20,
        connect_args={
            "prepared_statement_cache_size": 500,  # more than this program has
            "server_settings": {
                "application_name": "troly",
                "jit": "off",  # compiling costs more than these short statements
                "lock_timeout": "30s",
                "idle_in_transaction_session_timeout": "60s",
            },
        },
    )

    # A connection that the server has closed knows it; SQLAlchemy's own ping asks in three round trips, at every turn.
    @event.listens_for(engine.sync_engine, "checkout")
    def _still_there(connection: Any, _record: Any, _proxy: Any) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    return engine
