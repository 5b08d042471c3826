"""The journal: seal what is committed, verify that nothing was changed, removed or cut off."""

import argparse
import asyncio

from bot import heads
from bot.commands import say
from bot.commands.opened import opened
from storage import journal


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["seal", "verify"])


def run(args: argparse.Namespace) -> int:
    return asyncio.run(_seal() if args.what == "seal" else _verify())


async def _seal() -> int:
    async with opened() as here:
        print(say.sealed(await heads.seal(here.store, here.settings.data)))
    return 0


async def _verify() -> int:
    async with opened() as here, here.store.reading() as tx:
        verdict = await journal.verify(tx, *heads.written(here.settings.data))
    print(say.intact(verdict.sealed, verdict.unsealed) if verdict.intact else say.broken(verdict))
    return 0 if verdict.intact else 1
