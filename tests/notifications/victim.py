"""A worker that leads, sweeps, addresses, claims, speaks and settles, and is killed (-9) at a step told beforehand.

What it says is a line of a file, written through to the disk: the world outside that no database undoes.
"""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.leading import Leader
from notifications.addressing import Addressing
from notifications.deliver import Delivering
from notifications.kind import Kind, Lane
from notifications.kinds import KINDS
from notifications.quiet import Quiet
from notifications.sweep import unanswered
from notifications.transports import Address, Message, Outcome, Sent, Transport
from notifications.transports.recording import Recording
from notifications.transports.web import Web
from notifications.words import Wordings
from storage import Store, Tx, who
from storage.who import Role
from tests.conftest import KEYS
from tests.notifications.pebbles import NOW, Pebbles

# Longer than a claim and a lease: who died in the life before holds nothing any more.
LIFE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which life this is, of which store. `fatal` None: it lives until nothing is left to do. `shore`: its folder."""

    url: str
    shore: str
    life: int
    fatal: int | None


class Steps:
    """Counts what the process does to the world outside itself, and kills it at the fatal one."""

    def __init__(self, fatal: int | None) -> None:
        self.fatal, self.count = fatal, 0

    def __call__(self, *_: Any, **__: Any) -> None:
        self.count += 1
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, store: Store) -> None:
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(store.engine.sync_engine, name, self)


class Slate(Recording):
    """What is sent is a line on the slate; between writing it and settling lies the only doubt."""

    def __init__(self, name: str, slate: Path, steps: Steps) -> None:
        super().__init__(name)
        self._slate, self._steps = slate, steps

    async def send(self, to: Address, message: Message, *, now: datetime) -> Outcome:
        self._steps()
        line = os.open(self._slate, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(line, f"{to.channel} {to.chat_id} {message.html}\n".encode())
        os.fsync(line)
        os.close(line)
        self._steps()
        return Sent("1")


class Shouts(Pebbles):
    """A pebble that everybody of the office hears of."""

    async def everybody(self, tx: Tx) -> list[int]:
        return await who.holding(tx, (Role.OFFICER,))

    async def addressees(self, tx: Tx, fact: Any) -> Any:
        self.to = await self.everybody(tx)
        return await super().addressees(tx, fact)


def kinds() -> dict[str, Kind]:
    """Return the real ones, a pebble for each lane, and one that is gathered."""
    mine: dict[str, Kind] = {
        "alarm": Shouts(LANE=Lane.URGENT),
        "pebble": Shouts(),
        "news": Shouts(LANE=Lane.BULK, GATHERED=timedelta(seconds=1)),
    }
    return {**KINDS, **mine}


def live(plan: Plan) -> None:
    asyncio.run(_live(plan))


async def _live(plan: Plan) -> None:
    now = NOW + plan.life * LIFE
    steps, store = Steps(plan.fatal), Store.at(plan.url, keys=KEYS)
    steps.watch(store)
    shore = Path(plan.shore)
    roads: dict[str, Transport] = {"web": Web(), "telegram": Slate("telegram", shore / "slate", steps)}
    addressing = Addressing(store, kinds(), Wordings(shore), Quiet.read(""), gathers=False)
    hands = Delivering(addressing, roads, f"life {plan.life}", lambda: now)
    leader = Leader(store, f"life {plan.life}", lambda: now)
    await leader.keep()
    assert leader.leads()
    await unanswered(store, now, None)
    await hands.sweep()
    while True:
        addressed = await hands.addressing.some(now)
        due = await hands.due()
        claimed = sum(await asyncio.gather(*(hands.some(channel, lane) for channel, lane in due)))
        if not addressed and not claimed:
            break
    await store.close()


if __name__ == "__main__":
    url, folder, number, fatal = sys.argv[1:]
    live(Plan(url, folder, int(number), int(fatal) if fatal else None))
