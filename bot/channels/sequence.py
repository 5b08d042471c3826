"""Puts what is numbered and arrives by several connections back into order."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

from bot.channels.lanes import Aside

# How long a later one is held back for an earlier one that may still be on its way.
PATIENCE = 0.3
# In so many slices: a loop that is late takes in what has arrived meanwhile, before it gives up on an earlier one.
_SLICES = 6


class Sequence:
    """Lets each one go when every number before it has gone; a number that never comes holds up nobody for long."""

    def __init__(self, aside: Aside, *, patience: float = PATIENCE) -> None:
        self._aside, self._patience = aside, patience
        # Where to begin nobody knows: the first ones are held back for a moment too.
        self._next: int | None = None
        self._held: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._waits = False

    @property
    def held(self) -> int:
        return len(self._held)

    def put(self, number: int, go: Callable[[], None]) -> None:
        heapq.heappush(self._held, (number, next(self._order), go))
        self._let_go()
        if self._held and not self._waits:
            self._waits = True
            self._aside(self._wait(), "wait for an earlier update")

    def _let_go(self) -> None:
        while self._held and self._next is not None and self._held[0][0] <= self._next:
            number, _, go = heapq.heappop(self._held)
            self._next = max(self._next, number + 1)
            go()

    async def _wait(self) -> None:
        try:
            while self._held:
                for _ in range(_SLICES):
                    await asyncio.sleep(self._patience / _SLICES)
                if self._held:
                    self._next = max(self._next or 0, self._held[0][0])
                    self._let_go()
        finally:
            self._waits = False
