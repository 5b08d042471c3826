"""Notifications a second over Telegram against what the office allows, and how many Telegram refused.

A Bot API server with Telegram's own limits (30 a second, 1 a second in a chat) answers 429 to whoever is faster.
Sent are messages to different people, as fast as the transport goes: alone, while another process says replies with
the same token, and while this one does.
"""

import asyncio
import itertools
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from notifications.pace import Pace
from notifications.transports import Address, Message, Sent
from notifications.transports.telegram import Line, Telegram
from storage import Store, leases, schema
from tests.conftest import KEYS
from tests.fake_telegram import Fake, Limits

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
WORDS = Message("", "<p>Có phản hồi <b>mới</b>.</p>", key="1")
CAP, RESERVED = 28.0, 8.0
SECONDS = 8
PEOPLE = 400
AT_ONCE = 16
BOT, HERE = 42, "here"


async def replies(pace: Pace, until: float) -> int:
    """Take the turns of a busy conversation, four a second; return how many."""
    clock, count = asyncio.get_running_loop().time, 0
    while clock() < until:
        await asyncio.gather(pace.turn(-1 - count), asyncio.sleep(0.25))
        count += 1
    return count


async def sent(transport: Telegram, until: float) -> int:
    """Send until this moment; return how many were taken."""
    clock = asyncio.get_running_loop().time
    numbers = itertools.cycle(range(1, PEOPLE + 1))

    async def one_after_the_other() -> int:
        count = 0
        while clock() < until:
            outcome = await transport.send(Address("telegram", BOT, next(numbers)), WORDS, now=NOW)
            count += isinstance(outcome, Sent)
        return count

    return sum(await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE))))


async def measure(store: Store, talker: str) -> tuple[float, int]:
    """Return how many a second were said and how many refused, while `talker` has the lease of the replies."""
    async with Fake(limits=Limits()) as fake:
        for person in range(1, PEOPLE + 1):
            await fake.user(person).says("/start")
        pace, line = Pace(CAP), Line(fake.token, fake.url)
        transport = Telegram(line, store, pace=pace, holder=HERE, alone=CAP, shared=CAP - RESERVED)
        await transport.send(Address("telegram", BOT, 1), WORDS, now=NOW)
        if talker:
            async with store.begin() as tx:
                await leases.take(tx, f"telegram:{BOT}", talker, NOW + timedelta(days=1), NOW)
        await transport.beat(NOW)
        await asyncio.sleep(1)
        begun = asyncio.get_running_loop().time()
        work = [sent(transport, begun + SECONDS)] + ([replies(pace, begun + SECONDS)] if talker == HERE else [])
        count = sum(await asyncio.gather(*work))
        spent = asyncio.get_running_loop().time() - begun
        await transport.close()
        return count / spent, fake.world.flood.refused


async def _main() -> None:
    print(f"{'':<18} {'said/s':>7} {'cap':>5} {'share':>6} {'429s':>5}   (aim: 0.95, none)")
    for name, talker, cap in (
        ("alone", "", CAP),
        ("replies elsewhere", "there", CAP - RESERVED),
        ("here too", HERE, CAP),
    ):
        with tempfile.TemporaryDirectory() as folder:
            store = Store.at(f"sqlite:///{Path(folder) / 'troly.db'}", keys=KEYS)
            await schema.upgrade(store)
            speed, refused = await measure(store, talker)
            print(f"{name:<18} {speed:>7.1f} {cap:>5.0f} {speed / cap:>6.2f} {refused:>5}")
            await store.close()


def main() -> None:
    asyncio.run(_main())


if __name__ == "__main__":
    main()
