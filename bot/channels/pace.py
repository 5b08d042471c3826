"""How fast a channel may be used, and how long to wait after a failure."""

import asyncio
import random


class Pace:
    """Evenly, `per_second` at most over all chats: a burst is what gets a bot stopped. A halt holds for everybody."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._next = 0.0
        self._halted = 0.0

    async def turn(self) -> None:
        """Wait for one's turn. Whoever waited through a halt takes a new place, so that its end is no burst."""
        clock = asyncio.get_running_loop().time
        while True:
            place = max(self._next, self._halted, clock())
            self._next = place + self._gap
            if place > clock():
                await asyncio.sleep(place - clock())
            if self._halted <= place:
                return

    def halt(self, seconds: float) -> None:
        self._halted = max(self._halted, asyncio.get_running_loop().time() + seconds)


class Patience:
    """Waits longer after each failure, from `first` to `longest` seconds, never all at the same moment."""

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def seconds(self) -> float:
        wait = self._next * random.uniform(0.7, 1.0)  # noqa: S311  spreads attempts, guards nothing
        self._next = min(self._next * 2, self._longest)
        return wait

    def forget(self) -> None:
        """Begin anew: it worked."""
        self._next = self._first
