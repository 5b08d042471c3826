"""The schema: which migrations there are, which the store has, and how it gets the rest.

Alembic takes half a second to import and is needed only when something is to be done: it is imported where it runs.
"""

from importlib import import_module
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Connection, MetaData, inspect, text

from storage.base import Base
from storage.store import Store

# Every module that declares a table. A test compares this list with what is in the folder.
RECORDS = (
    "absences",
    "addresses",
    "asked",
    "consents",
    "controlled",
    "days",
    "deliveries",
    "digests",
    "dossier_guesses",
    "dossier_imports",
    "dossier_links",
    "dossier_numbers",
    "dossiers",
    "forms",
    "generations",
    "halts",
    "identities",
    "journal",
    "leases",
    "legal_texts",
    "links",
    "mailbox_codes",
    "messages",
    "notices",
    "procedure_rows",
    "sample",
    "sessions",
    "tickets",
    "unanswered",
    "units",
    "unreachable",
    "validity_flags",
    "vectors",
    "who",
)

# Any number nobody else takes: two processes that start at once upgrade one after the other.
_UPGRADING = 7_201_001


def metadata() -> MetaData:
    """Return the metadata with every table declared."""
    for name in RECORDS:
        import_module(f"storage.{name}")
    return Base.metadata


def location() -> Path:
    """Return the folder of the migrations, also in an installed package."""
    return Path(str(files("storage").joinpath("migrations")))


def numbers() -> list[str]:
    """Return the numbers of all migrations in order ("0001", …), read from the names of their files."""
    return sorted(path.name.partition("_")[0] for path in (location() / "versions").glob("[0-9]*_*.py"))


async def current(store: Store) -> str:
    """Return the number of the last migration that the store has; "" if it has none."""
    async with store.reading() as tx:  # a start must not wait until nobody writes
        return await (await tx.connection()).run_sync(_current)


async def pending(store: Store) -> list[str]:
    """Return the numbers of the migrations that the store lacks."""
    has = await current(store)
    return [number for number in numbers() if number > has]


async def upgrade(store: Store) -> list[str]:
    """Bring the store to the newest schema; return the numbers of what was applied. All of it or nothing."""
    lacking = await pending(store)
    if lacking:
        async with store.engine.begin() as connection:
            if not store.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADING})
            await connection.run_sync(_upgrade)
    return lacking


def _current(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 a light start does without
    from alembic.config import Config  # noqa: PLC0415 a light start does without

    config = Config()
    config.set_main_option("script_location", str(location()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
