"""Small writes of many, in one transaction: a commit costs the same for one row as for fifty."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from storage import Store, Tx

T = TypeVar("T")
Write = Callable[[Tx], Awaitable[Any]]


@dataclass(slots=True)
class _Job:
    write: Write
    result: Any = None
    error: BaseException | None = None
    done: bool = False


@dataclass(slots=True)
class Together:
    """Whoever comes first writes for all who wait; each hears only of their own success or failure."""

    store: Store
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: list[_Job] = field(default_factory=list)

    async def write(self, write: Callable[[Tx], Awaitable[T]]) -> T:
        """Return what `write` returned, once it is committed; raises what it or the store raised.

        `write` may be called a second time, alone, when a common transaction failed.
        """
        job = _Job(write)
        self._waiting.append(job)
        async with self._turn:
            if not job.done:
                jobs, self._waiting = self._waiting, []
                await self._all(jobs)
        if job.error is not None:
            raise job.error
        return cast("T", job.result)

    async def _all(self, jobs: list[_Job]) -> None:
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

    async def _alone(self, job: _Job) -> None:
        try:
            await self._try([job])
        except Exception as error:  # noqa: BLE001  raised again by whoever asked for this write
            job.error, job.done = error, True

    async def _try(self, jobs: list[_Job]) -> None:
        async with self.store.begin() as tx:
            for job in jobs:
                job.result = await job.write(tx)
        for job in jobs:
            job.done = True
