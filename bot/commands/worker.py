"""Tell people what is to be told, beside `troly serve`: as many of these as there is to do. One process leads."""

import argparse
import asyncio

from bot import clock, logs, stopping
from bot.commands import Complaint, Say, say
from bot.commands.opened import opened
from bot.misconfigured import MisconfiguredError
from bot.settings import Settings
from bot.telling import Telling
from bot.transports import Process

words = Say("bot/commands/telling")


def add(_: argparse.ArgumentParser) -> None:
    """There is nothing to choose: everything is a setting."""


def run(_: argparse.Namespace) -> int:
    logs.begin(Settings().log_level)
    asyncio.run(_work())
    return 0


async def _work() -> None:
    async with opened() as here:
        try:
            telling = Telling(here.settings, here.store, process=Process(), clock=clock.now)
        except MisconfiguredError as wrong:
            raise Complaint(say.telegram_wrong(wrong.what)) from None
        telling.begin()
        print(words.working(sorted(telling.transports)), flush=True)
        try:
            await stopping.until_stopped()
        finally:
            await telling.close()
