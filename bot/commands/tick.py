"""Look once at what is due at a moment, and show what would be sent to whom; on sample data only, sending nothing.

What it did is committed, so that the next moment goes on from there: a week is seven calls.
"""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot import clock, sample
from bot.commands import Complaint, Say
from bot.commands.opened import opened
from bot.notifying import addressing
from bot.settings import Settings
from knowledge.wording import plain
from knowledge.workdays import VIETNAM
from notifications.deliver import Delivering
from notifications.sweep import SWEEPS, Sweep
from notifications.transports.recording import Noted, Recording
from storage import Store, undelivered, who
from storage.deliveries import FAILED
from storage.sample import is_one

words = Say("bot/commands/telling")
_FIRST, _LAST = 2000, 2199
CHANNELS = ("web", "telegram", "email")


@dataclass(frozen=True, slots=True)
class Told:
    """One message that would have been sent: `facts` many facts to one person."""

    person: int
    name: str
    roles: list[str]
    channel: str
    lane: str
    kind: str
    key: str
    facts: int
    subject: str
    text: str
    html: str
    buttons: list[str]


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", required=True, metavar="MOMENT", help="2026-11-24T07:30, giờ Việt Nam")
    parser.add_argument("--json", action="store_true", help="in một đối tượng JSON")


def run(args: argparse.Namespace) -> int:
    asyncio.run(_tick(_moment(args.at), as_json=args.json))
    return 0


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Complaint(words.bad_moment(text)) from None
    if not _FIRST <= at.year <= _LAST:  # beyond, there is no going to the day before
        raise Complaint(words.bad_moment(text))
    return at if at.utcoffset() is not None else at.replace(tzinfo=VIETNAM)


async def _tick(at: datetime, *, as_json: bool) -> None:
    settings = Settings()
    if settings.embedded_store_is_missing():
        raise Complaint(words.not_a_sample(settings.data))
    settings = sample.furnished(settings)
    async with opened() as here:
        async with here.store.reading() as tx:
            if not await is_one(tx):
                raise Complaint(words.not_a_sample(settings.data))
            before = {one.id for one in await undelivered.listed(tx, FAILED, limit=10**6)}
        posted = sum([await _swept(sweep, here.store, settings, at) for sweep in SWEEPS])
        noted = await _delivered(here.store, settings, at)
        told = [await _told(here.store, one) for one in noted]
        async with here.store.reading() as tx:
            failed = [one for one in await undelivered.listed(tx, FAILED, limit=10**6) if one.id not in before]
    lost = [
        {"person": one.person_id, "name": one.name, "kind": one.kind, "state": one.state.value, "why": one.why}
        for one in reversed(failed)
    ]
    if as_json:
        shown = {"at": at.isoformat(), "posted": posted, "sent": [asdict(one) for one in told], "failed": lost}
        print(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    for one in told:
        print(words.told(one) + "\n")
    for line in lost:
        print(words.failed(line))
    print(words.ticked(at, posted, len(told), len(lost)))


async def _swept(sweep: Sweep, store: Store, settings: Settings, at: datetime) -> int:
    """Run one sweep; one that fails is said, and the others go on."""
    try:
        return await sweep(store, at, settings)
    except Exception as failure:  # noqa: BLE001 said below, by its name
        print(words.sweep_failed(f"{sweep.__module__}.{sweep.__qualname__}", type(failure).__name__), file=sys.stderr)
        return 0


async def _delivered(store: Store, settings: Settings, at: datetime) -> list[Noted]:
    """Sweep, address and speak until nothing is left that is due at this moment."""
    noted: list[Noted] = []
    roads = {name: Recording(name, into=noted) for name in CHANNELS}
    name = f"tick at {clock.now().isoformat()}"
    hands = Delivering(addressing(settings, store, CHANNELS, gathers=False), roads, name, lambda: at)
    await hands.sweep()
    while True:
        addressed = await hands.addressing.some(at)
        spoken = 0
        if not addressed:  # everything that is known at this moment is gathered first
            spoken = sum([await hands.some(channel, lane) for channel, lane in await hands.due()])
        if not addressed and not spoken:
            return noted


async def _told(store: Store, one: Noted) -> Told:
    delivery_id = int(one.message.key.rpartition("-")[2])
    async with store.reading() as tx:
        row = await undelivered.shown(tx, delivery_id)
        roles = await who.roles_of(tx, row.person_id)
    buttons = [button["text"] for line in one.message.buttons for button in line]
    said: dict[str, Any] = {"subject": one.message.subject, "html": one.message.html, "buttons": buttons}
    return Told(
        row.person_id,
        row.name,
        sorted(role.value for role in roles),
        row.channel,
        row.lane,
        row.kind,
        row.key,
        row.facts,
        text=plain(one.message.html),
        **said,
    )
