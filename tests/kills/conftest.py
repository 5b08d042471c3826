import asyncio
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import asyncpg
import pytest

_numbers = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """A fresh, migrated store at every call: each life begins with an empty record."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return lambda: f"sqlite:///{shutil.copy(template, tmp_path / f'{next(_numbers)}.db')}"
    original: str = request.getfixturevalue("postgresql_template")
    server: str = request.getfixturevalue("postgresql")

    async def create() -> str:
        name = f"kills_{next(_numbers)}"
        admin = await asyncpg.connect(server.format("postgres"))
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {original}")
        await admin.close()
        return server.format(name)

    return lambda: asyncio.run(create())
