"""What concerns one chat happens in order; chats move side by side."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]
Aside = Callable[[Coroutine[Any, Any, Any], str], Any]


class Lanes:
    """`at_once`: how many lanes move at the same time; the others wait for their turn."""

    def __init__(self, aside: Aside, *, at_once: int) -> None:
        self._aside = aside
        self._gate = asyncio.Semaphore(at_once)
        self._lanes: dict[int, deque[Job]] = {}
        self._moved = asyncio.Event()
        self.waiting = 0

    def put(self, chat_id: int, job: Job) -> None:
        """Let `job` be done after everything else in this lane. It should not raise: a failure is only logged."""
        self.waiting += 1
        if lane := self._lanes.get(chat_id):
            lane.append(job)
            return
        self._lanes[chat_id] = deque([job])
        self._aside(self._move(chat_id), f"lane {chat_id}")

    async def room(self, most: int = 0) -> None:
        """Wait until no more than `most` jobs are left."""
        while self.waiting > most:
            self._moved.clear()
            await self._moved.wait()

    async def _move(self, chat_id: int) -> None:
        lane = self._lanes[chat_id]
        try:
            while lane:
                async with self._gate:
                    await self._do(lane[0])
                lane.popleft()
                self.waiting -= 1
                self._moved.set()
        finally:
            self.waiting -= len(lane)
            del self._lanes[chat_id]
            self._moved.set()

    @staticmethod
    async def _do(job: Job) -> None:
        try:
            await job()
        except Exception:
            log.exception("job failed in its lane")
