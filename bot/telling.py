"""A worker of the notification engine: looks every second for what is to be told, and keeps each lane moving."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot import transports
from bot.clockwork import Clockwork, Job
from bot.feeds import LOOK as FEEDS_LOOK
from bot.feeds import Feeds
from bot.housekeeping import keep_house
from bot.leading import LASTS, Leader
from bot.names import look_up_aside
from bot.notifying import addressing
from bot.settings import Settings
from bot.transports import Process
from notifications.deliver import WORKER, Delivering
from notifications.kind import Lane
from notifications.kinds import KINDS
from notifications.sweep import SWEEPS, Sweep
from notifications.tenure import Tenure
from notifications.transports import Transport
from storage import Store, notices

log = logging.getLogger(__name__)

LOOK = timedelta(seconds=1)
BEAT = timedelta(seconds=2)
COME_ROUND = timedelta(seconds=5)
SWEEP = timedelta(minutes=1)
REPORT = timedelta(minutes=10)
# How long a stopping process waits for what is on its way; what it does not settle is taken back later.
_GRACE = 3


class Telling:
    """Begin it once the store is open; close it before. `leader`: who runs the timetable of all processes."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        process: Process,
        clock: Callable[[], datetime],
        carried_by: Mapping[str, Transport] | None = None,
    ) -> None:
        """Open the transports of the settings, unless it is `carried_by` others. Raises MisconfiguredError."""
        self.transports = transports.opened(settings, store, process) if carried_by is None else carried_by
        self.leader = Leader(store, process.name, clock)
        self._delivering = Delivering(
            addressing(settings, store, self.transports), self.transports, process.name, clock
        )
        self._alive = Tenure(store, f"{WORKER}{process.name}", process.name, lasts=LASTS)
        self._settings, self._store, self._clock = settings, store, clock
        self._work = Clockwork()
        self._moving: set[tuple[str, Lane]] = set()
        self._still = asyncio.Event()
        self._looking = asyncio.Lock()
        self._closing = False
        self.stuck: tuple[str, ...] = ()

    @property
    def failing(self) -> tuple[str, ...]:
        """Return the jobs of this worker that fail."""
        return self._work.failing

    def begin(self) -> None:
        """Start looking. Jobs of the timetable run where the lead is."""
        look_up_aside()
        work = self._work
        work.every(LOOK, self.look, "look for what is to be told")
        work.every(BEAT, self._beat, "let the transports beat")
        work.every(COME_ROUND, self._live, "tell that this worker lives")
        work.every(COME_ROUND, self.leader.if_leading(self._delivering.sweep), "take back, end, let wait again")
        for sweep in SWEEPS:
            work.every(
                SWEEP, self.leader.if_leading(self._swept(sweep)), f"sweep {sweep.__module__}.{sweep.__qualname__}"
            )
        self.leader.daily(work, 1, 30, self._keep_house, "retire old versions, forget old texts")
        work.every(REPORT, self.report, "report what cannot be told")
        feeds = Feeds(self._store, self._settings, self._clock)
        work.every(FEEDS_LOOK, self.leader.if_leading(feeds.look), "take in what the One-Stop system reports")
        work.start()
        self.leader.begin(work)
        work.aside(self._live(), "tell that this worker lives")
        work.aside(self.report(), "report what cannot be told")

    def soon(self) -> None:
        """Look now: something was posted. Returns at once."""
        self._work.aside(self.look(), "look for what was just posted")

    async def look(self) -> None:
        """Address what was posted, the most urgent first, and set every lane moving in which something is due."""
        if self._looking.locked():
            return  # whoever looks now goes on until nothing is left
        async with self._looking:
            while not self._closing:
                addressed = await self._delivering.addressing.some(self._clock())
                for channel, lane in await self._delivering.due():
                    self._move(channel, lane)
                if not addressed:
                    return

    def _move(self, channel: str, lane: Lane) -> None:
        if (channel, lane) not in self._moving and not self._closing:
            self._moving.add((channel, lane))
            self._still.clear()
            self._work.aside(self._lane(channel, lane), f"tell {channel} {lane}")

    async def _lane(self, channel: str, lane: Lane) -> None:
        """Go on until nothing is due; each lane by itself, so that a long one holds up no other."""
        try:
            while not self._closing and await self._delivering.some(channel, lane):
                pass
        finally:
            self._moving.discard((channel, lane))
            if not self._moving:
                self._still.set()

    async def _live(self) -> None:
        await self._alive.keep(self._clock())

    async def _beat(self) -> None:
        failures = []
        for transport in self.transports.values():
            try:
                await transport.beat(self._clock())
            except Exception as failure:  # noqa: BLE001 the others beat all the same
                failures.append(failure)
        if failures:
            raise ExceptionGroup("no beat", failures)

    def _swept(self, sweep: Sweep) -> Job:
        async def run() -> None:
            if await sweep(self._store, self._clock(), self._settings):
                self.soon()

        return run

    async def _keep_house(self) -> None:
        await keep_house(self._store, self._settings, self._clock())

    async def report(self) -> None:
        """Log what no kind can address, and words of the office that are not used; keep it for the health page."""
        async with self._store.reading() as tx:
            lost = await notices.stuck(tx, KINDS)
        wrong = self._delivering.addressing.wordings.problems(KINDS)
        for one in lost:
            log.error("cannot be told", extra={"kind": one.kind, "count": one.count, "why": one.why or "no such kind"})
        for name, why in wrong.items():
            log.error("words of the office not used", extra={"file": name, "why": why})
        self.stuck = (*(one.kind for one in lost), *wrong)

    async def close(self) -> None:
        """Claim nothing more, let what is on its way arrive, give back what is held."""
        self._closing = True
        if self._moving:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GRACE):
                    await self._still.wait()
        await self._work.stop()
        for transport in self.transports.values():
            await transport.close()
        await self.leader.close()
        with contextlib.suppress(Exception):  # it runs out by itself
            await self._alive.give_back()
