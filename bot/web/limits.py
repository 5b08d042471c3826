"""How much one session and one address may ask of the web chat. In memory: a restart forgives everybody."""

import asyncio
import math
from collections import Counter, OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

MAX_TEXT = 4_000  # characters a message may have; the page counts the same way
MAX_FRAME = 64 * 1024  # bytes of one frame, several times what MAX_TEXT needs in UTF-8 and JSON
MAX_BODY = 8 * 1024  # bytes of a posted body


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then `per_minute`, evenly."""

    per_minute: float
    burst: int


# A person who types; the page sends its outbox one by one, so a reconnect does not run into this.
MESSAGES = Rate(per_minute=30, burst=10)
OLDER = Rate(per_minute=60, burst=20)
# Frames of any kind on one socket. A page sends a ping every 25 s; whoever sends more than this is no page.
FRAMES = Rate(per_minute=300, burst=100)
# A whole district may sit behind one address of a mobile carrier (carrier-grade NAT): loose on purpose.
ADDRESS_MESSAGES = Rate(per_minute=900, burst=300)
ADDRESS_SOCKETS = Rate(per_minute=600, burst=300)
ADDRESS_SESSIONS = Rate(per_minute=200, burst=200)
ADDRESS_PAGES = Rate(per_minute=1_200, burst=600)
# A picture costs some hundred times what a message costs.
ADDRESS_PICTURES = Rate(per_minute=30, burst=10)
# Sockets of one address that are open at the same time: each is a file descriptor, of which a process has few.
ADDRESS_OPEN = 400

# Keys are forgotten, longest unused first: a flood of invented addresses cannot fill the memory.
KEPT = 20_000


class Buckets:
    """A token bucket a key. Time is given by the caller, in seconds of any steady clock."""

    def __init__(self, rate: Rate, kept: int = KEPT) -> None:
        self._rate = rate
        self._kept = kept
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, now: float) -> int:
        """Take one. Return 0 when it was there, otherwise the whole seconds (at least 1) until there is one."""
        per_second = self._rate.per_minute / 60
        level, since = self._levels.pop(key, (float(self._rate.burst), now))
        level = min(self._rate.burst, level + max(0.0, now - since) * per_second)
        wait = 0 if level >= 1 else max(1, math.ceil((1 - level) / per_second))
        self._levels[key] = (level if wait else level - 1, now)
        while len(self._levels) > self._kept:
            self._levels.popitem(last=False)
        return wait


class Limits:
    """Every bucket of the web chat."""

    def __init__(self) -> None:
        self.messages = Buckets(MESSAGES)
        self.older = Buckets(OLDER)
        self.address_messages = Buckets(ADDRESS_MESSAGES)
        self.address_sockets = Buckets(ADDRESS_SOCKETS)
        self.address_sessions = Buckets(ADDRESS_SESSIONS)
        self.address_pages = Buckets(ADDRESS_PAGES)
        self.address_pictures = Buckets(ADDRESS_PICTURES)
        self.address_open = Counter[str]()
        # One unpacked takes some 300 MB at most: several at once would take all that a small machine has.
        self.pictures = asyncio.Semaphore(1)
