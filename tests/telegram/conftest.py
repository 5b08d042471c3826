from collections.abc import AsyncIterator

import pytest

from storage import Store
from tests.cast import Papers, papers
from tests.fake_telegram import Fake
from tests.telegram.counter import Counter


@pytest.fixture
async def telegram() -> AsyncIterator[Fake]:
    async with Fake(webhook_pause=0.05) as fake:
        yield fake


@pytest.fixture
def library() -> Papers:
    return papers()


@pytest.fixture
async def counter(sqlite_store: Store, telegram: Fake, library: Papers) -> AsyncIterator[Counter]:
    """The channel over SQLite: for what makes no difference to the database."""
    async with Counter(sqlite_store, telegram, library) as opened:
        yield opened
