"""Serve the assistant: the web chat and the channels that are configured."""

import argparse
import asyncio

from bot import logs, serving
from bot.commands import Complaint, port, say
from bot.ground import SchemaBehindError
from bot.house import House
from bot.misconfigured import MisconfiguredError
from bot.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, help="mặc định: TROLY_WEB__PORT")


def run(args: argparse.Namespace) -> int:
    settings = Settings()
    logs.begin(settings.log_level)
    if args.port is not None:
        settings = settings.model_copy(update={"web": settings.web.model_copy(update={"port": args.port})})
    if not settings.web.public_url:
        raise Complaint(say.needs_public_url())
    asyncio.run(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    try:
        house = await House.open(settings)
    except SchemaBehindError:
        raise Complaint(say.behind()) from None
    except MisconfiguredError as wrong:
        raise Complaint(say.telegram_wrong(wrong.what)) from None
    try:
        async with serving.served(house) as address:
            print(say.serving(address), flush=True)
            house.timetable.aside(house.ground.desk.vectorise(), "compute missing vectors")
            await serving.until_stopped()
    except OSError:
        raise Complaint(say.port_taken(settings.web.port)) from None
