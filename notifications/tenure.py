"""A lease as the process sees it that has it, or wants it: held only as long as nobody else can have it."""

import asyncio
from datetime import datetime, timedelta

from storage import Store, leases

# A part of the lease that is not used: the clocks of two machines are not quite the same.
_MARGIN = 0.25


class Tenure:
    """`holder`: which process this is. `lasts`: how long a lease outlives its holder; renew it thrice as often."""

    def __init__(self, store: Store, name: str, holder: str, *, lasts: timedelta) -> None:
        self.name, self.holder, self.lasts = name, holder, lasts
        self._store = store
        self._until = 0.0

    def is_held(self) -> bool:
        """Tell whether nobody else has it now. Asks nobody: a process that could not renew it knows by the clock."""
        return asyncio.get_running_loop().time() < self._until

    async def keep(self, now: datetime) -> bool:
        """Take the lease or renew it; return whether it is held. Raises what the store raises."""
        asked = asyncio.get_running_loop().time()
        async with self._store.begin() as tx:
            taken = await leases.take(tx, self.name, self.holder, now + self.lasts, now)
        self._until = asked + self.lasts.total_seconds() * (1 - _MARGIN) if taken else 0.0
        return taken

    async def give_back(self) -> None:
        """Let the next one have it at once."""
        if self._until:
            self._until = 0.0
            async with self._store.begin() as tx:
                await leases.release(tx, self.name, self.holder)
