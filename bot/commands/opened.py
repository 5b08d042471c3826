"""The store of this installation, opened for one command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.commands import Complaint, say
from bot.keys import kept
from bot.settings import Settings
from storage import Store, schema


@dataclass(frozen=True, slots=True)
class Opened:
    """Settings and store; the desk is not needed to keep records."""

    settings: Settings
    store: Store


@asynccontextmanager
async def opened() -> AsyncIterator[Opened]:
    """Open the store. An embedded one that does not exist yet is made; an old one is refused with what to do."""
    settings = Settings()
    missing = settings.embedded_store_is_missing()
    settings.data.mkdir(parents=True, exist_ok=True)
    store = Store.at(settings.store_url(), keys=kept(settings.data / "keys"))
    try:
        if missing:
            await schema.upgrade(store)
        if await schema.pending(store):
            raise Complaint(say.behind())
        yield Opened(settings, store)
    finally:
        await store.close()
