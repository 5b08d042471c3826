"""The leader: of all processes of this office one runs the timetable, by a lease; another follows when it is gone."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bot.clockwork import Clockwork
from notifications.tenure import Tenure
from storage import Store

log = logging.getLogger(__name__)

NAME = "timetable"
LASTS = timedelta(seconds=20)
BEAT = timedelta(seconds=5)

Job = Callable[[], Awaitable[Any]]


class Leader:
    """Renew often with `keep`; the jobs handed to `every` and `daily` are run by whoever leads at that moment.

    Each job is a sweep that may be run by two at once (a leader that was asleep wakes beside its successor): what it
    finds has a key, what it changes it changes where it still stands.
    """

    def __init__(self, store: Store, holder: str, clock: Callable[[], datetime]) -> None:
        self._tenure = Tenure(store, NAME, holder, lasts=LASTS)
        self._clock = clock
        self._work: Clockwork | None = None
        self._first: list[tuple[Job, str]] = []

    def leads(self) -> bool:
        return self._tenure.is_held()

    async def keep(self) -> None:
        """Take the lease or renew it. Raises what the store raises: the next beat asks again."""
        led = self.leads()
        leads = await self._tenure.keep(self._clock())
        if leads != led:
            log.info("this process leads" if leads else "another process leads")
        if leads and not led and self._work:
            for job, name in self._first:
                self._work.aside(_done(job), name)

    def if_leading(self, job: Job) -> Job:
        """Return the job as it is run by every process and does something in one."""

        async def run() -> None:
            if self.leads():
                await job()

        return run

    def daily(self, timetable: Clockwork, hour: int, minute: int, job: Job, name: str) -> None:
        """Run `job` at this time of day in Viet Nam, and whenever the lead is taken: a beat may have been missed."""
        self._first.append((job, f"{name} (missed?)"))
        timetable.daily(hour, minute, self.if_leading(job), name)

    def begin(self, timetable: Clockwork) -> None:
        self._work = timetable
        timetable.every(BEAT, self.keep, "ask who leads")
        timetable.aside(self.keep(), "ask who leads first")

    async def close(self) -> None:
        try:
            await self._tenure.give_back()
        except Exception as failure:  # noqa: BLE001 it runs out by itself
            log.warning("the lead was not given back", extra={"why": type(failure).__name__})


async def _done(job: Job) -> None:
    await job()
