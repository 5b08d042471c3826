"""The timetable, handed to APScheduler; the one home of background tasks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from knowledge.workdays import VIETNAM

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[Any]]


# What fails every second is logged at once, then after a minute, and ever more seldom.
_FIRST_GAP, _LONGEST_GAP = 60.0, 3600.0
# It works again when it has not failed for so long: what fails every other time does not work.
_STEADY = 60.0
_REMEMBERED = 600.0


@dataclass(slots=True)
class Trouble:
    """A job that fails: how often, and since when, by the loop's clock in seconds. `recurs`: the timetable's."""

    recurs: bool
    since: float
    last: float
    logged: float
    gap: float
    times: int = 1


class Clockwork:
    """Jobs kept in memory and declared in code: each is a sweep of what is due, so a missed beat is caught up."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=VIETNAM, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600}
        )
        self._scheduler.add_listener(_report, EVENT_JOB_ERROR)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._troubles: dict[str, Trouble] = {}

    @property
    def failing(self) -> tuple[str, ...]:
        """Return the names of what fails, the oldest trouble first; what has no beat is forgotten after a while."""
        late = asyncio.get_running_loop().time() - _REMEMBERED
        return tuple(name for name, trouble in self._troubles.items() if trouble.recurs or trouble.last > late)

    def every(self, beat: timedelta, job: Job, name: str) -> None:
        self._scheduler.add_job(self._watched(job, name), "interval", seconds=beat.total_seconds(), id=name, name=name)

    def daily(self, hour: int, minute: int, job: Job, name: str) -> None:
        """Run `job` at this time of day in Viet Nam."""
        self._scheduler.add_job(self._watched(job, name), "cron", hour=hour, minute=minute, id=name, name=name)

    def aside(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run `work` beside everything else; it is cancelled when the clockwork stops, and its failure is logged."""
        task = asyncio.create_task(work, name=name)  # noqa: TID251  the one home of tasks: kept until done
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        if error := task.exception():
            self._failed(task.get_name(), error, recurs=False)
        else:
            self._worked(task.get_name())

    def _watched(self, job: Job, name: str) -> Job:
        """Return `job` as a coroutine function: anything else APScheduler runs in a thread, and awaits nothing."""

        async def beat() -> None:
            try:
                await job()
            except Exception as failure:  # noqa: BLE001 whatever it was, the next beat tries again
                self._failed(name, failure, recurs=True)
            else:
                self._worked(name)

        return beat

    def _failed(self, name: str, failure: BaseException, *, recurs: bool) -> None:
        now = asyncio.get_running_loop().time()
        trouble = self._troubles.get(name)
        if trouble is None or (not recurs and now > trouble.last + _LONGEST_GAP):
            trouble = self._troubles[name] = Trouble(recurs, now, now, now, _FIRST_GAP)
        else:
            trouble.times, trouble.last = trouble.times + 1, now
            if now < trouble.logged + trouble.gap:
                return
            trouble.logged, trouble.gap = now, min(2 * trouble.gap, _LONGEST_GAP)
        how = {"job": name, "times": trouble.times, "seconds": round(now - trouble.since)}
        log.error("job failed", extra=how, exc_info=failure)

    def _worked(self, name: str) -> None:
        trouble = self._troubles.get(name)
        now = asyncio.get_running_loop().time()
        if trouble is not None and now >= trouble.last + _STEADY:
            del self._troubles[name]
            how = {"job": name, "times": trouble.times, "seconds": round(trouble.last - trouble.since)}
            log.warning("job works again", extra=how)


def _report(event: JobExecutionEvent) -> None:
    log.error("job failed", extra={"job": event.job_id}, exc_info=event.exception)
