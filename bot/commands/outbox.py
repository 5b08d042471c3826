"""What waits to be told, what failed and why; and what somebody of the office decides about it."""

import argparse
import asyncio

from bot import clock
from bot.commands import Complaint, Say
from bot.commands.opened import opened
from bot.commands.people import person_named
from bot.transports import configured
from notifications.kinds import KINDS
from storage import notices, undelivered
from storage.base import NoSuchRecord, NotAllowed
from storage.deliveries import DeliveryState

words = Say("bot/commands/telling")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", choices=[state.value for state in DeliveryState], help="mặc định: đang chờ và lỗi")
    parser.add_argument("--limit", type=int, default=200, help="nhiều nhất bao nhiêu dòng")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--retry", type=number, metavar="ID", help="gửi lại")
    what.add_argument("--cancel", type=number, metavar="ID", help="không gửi nữa")
    parser.add_argument("--as", dest="by", metavar="PERSON", help="ai quyết định")


def number(text: str) -> int:
    """Read the number of a delivery. Raises ValueError, which argparse puts into words."""
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise ValueError(text)
    return int(text)


_DIGITS = 18  # what surely fits the 64 bits of an id


def run(args: argparse.Namespace) -> int:
    if args.retry is None and args.cancel is None:
        return asyncio.run(_list(args))
    if not args.by:
        raise Complaint(words.needs_decider())
    return asyncio.run(_decide(args))


async def _list(args: argparse.Namespace) -> int:
    states = [DeliveryState(args.state)] if args.state else None
    async with opened() as here, here.store.reading() as tx:
        lines = await undelivered.listed(tx, states, limit=max(args.limit, 0))
        counts = await undelivered.counted(tx)
        lost = await notices.stuck(tx, KINDS)
    for line in lines:
        print(words.delivery(line, line.channel))
    for one in lost:
        print(words.stuck(one))
    print(words.counted({state.value: count for state, count in counts.items()}, len(lines) + len(lost)))
    return 0


async def _decide(args: argparse.Namespace) -> int:
    worth = {name: kind.WORTH for name, kind in KINDS.items()}
    delivery_id: int = args.retry if args.retry is not None else args.cancel
    async with opened() as here, here.store.begin() as tx:
        by = (await person_named(tx, args.by)).id
        channels = configured(here.settings)
        try:
            if args.retry is None:
                await undelivered.cancel(tx, delivery_id, by=by, at=clock.now())
            else:
                await undelivered.retry(tx, delivery_id, worth=worth, channels=channels, by=by, at=clock.now())
        except NoSuchRecord:
            raise Complaint(words.no_delivery(delivery_id)) from None
        except NotAllowed:
            raise Complaint(words.not_now(delivery_id)) from None
    print(words.retried(delivery_id) if args.retry is not None else words.cancelled(delivery_id))
    return 0
