"""Something changed: whoever waits looks again."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


class Bell:
    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def rung(self, within: float | None = None) -> bool:
        """Wait for the next ring, at most `within` seconds; say whether it rang."""
        event = self._event
        try:
            async with asyncio.timeout(within):
                await event.wait()
        except TimeoutError:
            return False
        return True

    async def until(self, look: Callable[[], Seen | None], what: str, within: float) -> Seen:
        """Wait until `look()` sees something that counts as true; AssertionError after `within` seconds."""
        end = asyncio.get_running_loop().time() + within
        while True:
            seen = look()
            if seen:
                return seen
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                raise AssertionError(f"waited {within} s for {what}")
            await self.rung(left)
