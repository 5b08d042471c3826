"""A worker's hands for a test: address, claim, speak and settle until nothing is left to do at this moment."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from notifications.addressing import Addressing
from notifications.deliver import Delivering
from notifications.kind import Kind
from notifications.kinds import KINDS, ticket_replied
from notifications.quiet import Quiet
from notifications.transports import Transport
from notifications.transports.recording import Recording
from notifications.transports.web import Web
from notifications.words import Wordings
from storage import Store


def hands(
    store: Store,
    clock: Callable[[], datetime],
    *,
    carried_by: Mapping[str, Transport] | None = None,
    kinds: Mapping[str, Kind] = KINDS,
    quiet: str = "21:00-06:00",
    gathers: bool = False,
    holder: str = "test",
) -> Delivering:
    """Return hands over the real web chat, and a Telegram that only notes what it would have sent."""
    usual: dict[str, Transport] = {"web": Web(), "telegram": Recording("telegram")}
    transports = usual if carried_by is None else carried_by
    return Delivering(
        Addressing(store, kinds, Wordings(), Quiet.read(quiet), gathers=gathers), transports, holder, clock
    )


async def told(delivering: Delivering) -> int:
    """Do everything that is due now; return how many deliveries were claimed."""
    count = 0
    while True:
        while await delivering.addressing.some(delivering.clock()):
            pass
        due = await delivering.due()
        claimed = sum(await asyncio.gather(*(delivering.some(channel, lane) for channel, lane in due)))
        if not claimed:  # nothing is due, or what is due is in other hands
            return count
        count += claimed


REPLIES: Mapping[str, Kind] = {"ticket_replied": ticket_replied}


async def deliver(store: Store, now: datetime, *, kinds: Mapping[str, Kind] = REPLIES) -> int:
    """Tell replies that are due at `now` over the web chat; return how many deliveries were claimed."""
    return await told(hands(store, lambda: now, kinds=kinds))
