"""Small writes of many, in one transaction and few statements: for fifty rows they cost little more than for one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from storage import Store, Tx

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True)
class _Job(Generic[T, R]):
    item: T
    result: R | None = None
    error: BaseException | None = None
    done: bool = False


@dataclass(slots=True)
class Together(Generic[T, R]):
    """Whoever comes first writes for all who wait; each hears only of their own success or failure.

    `write_all` writes several items and returns as many results. It is called again, for each item alone, when that
    failed for all of them together.
    """

    store: Store
    write_all: Callable[[Tx, Sequence[T]], Awaitable[Sequence[R]]]
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: list[_Job[T, R]] = field(default_factory=list)

    async def write(self, item: T) -> R:
        """Return the result once it is committed; raises what writing it raised."""
        job: _Job[T, R] = _Job(item)
        self._waiting.append(job)
        async with self._turn:
            if not job.done:
                await asyncio.sleep(0)  # who is about to write comes along
                jobs, self._waiting = self._waiting, []
                await self._all(jobs)
        if job.error is not None:
            raise job.error
        return cast("R", job.result)

    async def _all(self, jobs: list[_Job[T, R]]) -> None:
        try:
            await self._try(jobs)
        except Exception:  # noqa: BLE001  one may have spoilt it for the others: alone, each meets its own failure
            for job in jobs:
                await self._alone(job)
        except BaseException as stopped:
            # The one who wrote for all was cancelled: nothing is committed, and the others must not think so.
            for job in jobs:
                job.error, job.done = job.error or InterruptedError(str(stopped)), True
            raise

    async def _alone(self, job: _Job[T, R]) -> None:
        try:
            await self._try([job])
        except Exception as error:  # noqa: BLE001  raised again by whoever asked for this write
            job.error, job.done = error, True

    async def _try(self, jobs: list[_Job[T, R]]) -> None:
        async with self.store.begin() as tx:
            results = await self.write_all(tx, [job.item for job in jobs])
        for job, result in zip(jobs, results, strict=True):
            job.result, job.done = result, True
