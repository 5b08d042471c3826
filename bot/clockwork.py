"""The timetable, handed to APScheduler; the one home of background tasks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.troubles import Troubles
from knowledge.workdays import VIETNAM

log = logging.getLogger(__name__)
# A beat that is left out because the last one is still at work is as it should be; busy, it would be said every second.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

Job = Callable[[], Awaitable[Any]]


class Clockwork:
    """Jobs kept in memory and declared in code: each is a sweep of what is due, so a missed beat is caught up."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=VIETNAM, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600}
        )
        self._scheduler.add_listener(_report, EVENT_JOB_ERROR)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._troubles = Troubles()

    @property
    def failing(self) -> tuple[str, ...]:
        """Return the names of what fails, the oldest trouble first."""
        return self._troubles.failing()

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
            self._troubles.failed(task.get_name(), error, recurs=False)
        else:
            self._troubles.worked(task.get_name())

    def _watched(self, job: Job, name: str) -> Job:
        """Return `job` as a coroutine function: anything else APScheduler runs in a thread, and awaits nothing."""

        async def beat() -> None:
            try:
                await job()
            except Exception as failure:  # noqa: BLE001 whatever it was, the next beat tries again
                self._troubles.failed(name, failure, recurs=True)
            else:
                self._troubles.worked(name)

        return beat


def _report(event: JobExecutionEvent) -> None:
    log.error("job failed", extra={"job": event.job_id}, exc_info=event.exception)
