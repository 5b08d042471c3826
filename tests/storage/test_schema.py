"""The migrations make what the code declares; on both databases, from nothing, in one piece."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from storage import Store, schema


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, schema.metadata()))


def _checks(connection: Connection, name: str | None = None) -> set[tuple[str, str | None, str]]:
    found = inspect(connection)
    return {
        (table, check["name"], " ".join(check["sqltext"].split()))
        for table in found.get_table_names(schema=name)
        for check in found.get_check_constraints(table, schema=name)
    }


async def test_the_migrations_make_what_the_code_declares(store: Store) -> None:
    async with store.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_the_migrations_make_every_check_that_the_code_declares(
    store: Store, tmp_path: Path, open_store: Callable[[str], Store]
) -> None:
    # Alembic compares no CHECK constraints: make the tables a second time, from the code, and compare.
    async with store.engine.connect() as connection:
        migrated = await connection.run_sync(_checks)
    second = open_store(f"sqlite:///{tmp_path}/declared.db") if store.is_sqlite else store
    beside = None if store.is_sqlite else "declared"
    async with second.engine.begin() as connection:
        if beside:
            await connection.execute(text(f"CREATE SCHEMA {beside}"))
        translated = await connection.execution_options(schema_translate_map={None: beside})
        await translated.run_sync(schema.metadata().create_all)
        declared = await connection.run_sync(lambda c: _checks(c, beside))
    await second.close()
    assert migrated == declared
    assert len(declared) > 40


def test_every_module_with_a_table_is_listed() -> None:
    declaring = {
        path.stem
        for path in Path(schema.__file__).parent.glob("*.py")
        if "__tablename__ = " in path.read_text(encoding="utf-8")
    }
    assert declaring == set(schema.RECORDS)


async def test_a_store_that_has_everything_is_left_alone(store: Store) -> None:
    assert await schema.current(store) == schema.numbers()[-1]
    assert await schema.pending(store) == []
    assert await schema.upgrade(store) == []


async def test_an_empty_store_lacks_every_migration(tmp_path: Path, open_store: Callable[[str], Store]) -> None:
    empty = open_store(f"sqlite:///{tmp_path}/a folder/100%.db")
    assert await schema.pending(empty) == schema.numbers()
    assert await schema.upgrade(empty) == schema.numbers()
    assert await schema.pending(empty) == []
    await empty.close()


async def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, open_store: Callable[[str], Store]) -> None:
    half = open_store(f"sqlite:///{tmp_path}/half.db")
    async with half.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE seals (x INTEGER)"))  # what migration 0003 is going to stumble over
    with pytest.raises(Exception, match="seals"):
        await schema.upgrade(half)
    async with half.engine.connect() as connection:
        assert await connection.run_sync(lambda c: inspect(c).get_table_names()) == ["seals"]
    await half.close()


async def test_a_start_does_not_wait_until_nobody_writes(
    sqlite_store: Store, sqlite_url: str, open_store: Callable[[str], Store]
) -> None:
    starting = open_store(sqlite_url)
    async with sqlite_store.begin() as tx:
        await tx.execute(text("INSERT INTO units (name) VALUES ('x')"))
        assert await schema.upgrade(starting) == []
    await starting.close()


def test_a_light_start_does_not_import_alembic(sqlite_url: str) -> None:
    script = (
        "import asyncio, sys\n"
        "from storage import Store, schema, people, documents, questions, tickets, messages, journal\n"
        "from storage.store import Keys\n"
        "async def main():\n"
        f"    store = Store.at({sqlite_url!r}, keys=Keys(b'', b'', b''))\n"
        "    assert await schema.upgrade(store) == []\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
        "heavy = {'alembic', 'aiogram', 'aiohttp', 'telegram', 'asyncpg', 'knowledge'} & set(sys.modules)\n"
        "sys.exit(' '.join(sorted(heavy)) or None)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
