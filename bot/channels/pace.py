"""How long to wait after a failure."""

import random


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
