"""The schema of the store."""

import argparse
import asyncio

from bot.commands import say
from bot.keys import kept
from bot.settings import Settings
from knowledge import validity
from storage import Store, legal_texts, schema


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["upgrade", "current"])


def run(args: argparse.Namespace) -> int:
    return asyncio.run(_upgrade() if args.what == "upgrade" else _current())


def _store() -> Store:
    settings = Settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    return Store.at(settings.store_url(), keys=kept(settings.data / "keys"))


async def _upgrade() -> int:
    store = _store()
    try:
        await schema.upgrade(store)
        async with store.begin() as tx:
            await legal_texts.add_missing(tx, validity.seed())
        print(say.upgraded(await schema.current(store)))
    finally:
        await store.close()
    return 0


async def _current() -> int:
    store = _store()
    try:
        print(say.at_revision(await schema.current(store), await schema.pending(store)))
    finally:
        await store.close()
    return 0
