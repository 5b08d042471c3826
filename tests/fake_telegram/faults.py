"""Scripted trouble: which call suffers what, how often. Trouble is drawn from a seed, so that a run can be repeated."""

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from .refusals import Json, flooded


class Kind(StrEnum):
    """What goes wrong. `processed` says on which side of the work it happens: that is what a sender cannot know."""

    TOO_MANY = "429"  # with retry_after; not processed
    SERVER_ERROR = "500"  # not processed
    BAD_GATEWAY = "502"  # an HTML page instead of JSON; not processed
    FORBIDDEN = "403"  # the user blocked the bot; not processed
    CONFLICT = "409"  # another getUpdates; not processed
    DROP_BEFORE = "drop_before"  # the connection breaks; not processed
    DROP_AFTER = "drop_after"  # processed, then the connection breaks
    SLOW = "slow"  # processed at once, answered after `seconds`
    HANG = "hang"  # never answered, not processed; breaks when lifted
    WRONG_JSON = "wrong_json"  # processed, the answer is cut off in the middle of its JSON
    # These concern updates handed over (method getUpdates or webhook; chat = the chat of the update):
    DUPLICATE = "duplicate"  # the same update twice in one batch; or pushed again after its 200
    REPEAT = "repeat"  # handed over once more although it was confirmed
    REORDER = "reorder"  # a later update of the batch comes first


UPDATE_KINDS = frozenset({Kind.DUPLICATE, Kind.REPEAT, Kind.REORDER})


@dataclass
class Fault:
    """`method` may hold wildcards (`send*`); `times` None means until lifted; `seconds` is the delay of SLOW."""

    kind: Kind
    method: str = "*"
    chat: int | None = None
    times: int | None = 1
    chance: float = 1.0
    seed: int = 0
    retry_after: int = 1
    seconds: float = 1.0
    hits: int = 0
    lifted: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.kind = Kind(self.kind)
        self._dice = random.Random(self.seed)  # noqa: S311  repeatable on purpose

    def strikes(self, method: str, chat: int | None) -> bool:
        """Say whether this call suffers, and count it."""
        if self.lifted.is_set() or (self.times is not None and self.hits >= self.times):
            return False
        if not fnmatchcase(method.lower(), self.method.lower()) or (self.chat is not None and self.chat != chat):
            return False
        if self._dice.random() >= self.chance:
            return False
        self.hits += 1
        return True

    def lift(self) -> None:
        self.lifted.set()

    def shown(self) -> Json:
        return {
            "kind": self.kind.value,
            "method": self.method,
            "chat": self.chat,
            "times": self.times,
            "chance": self.chance,
            "retry_after": self.retry_after,
            "seconds": self.seconds,
            "hits": self.hits,
        }


class Faults:
    """All trouble in force; of those that fit a call the oldest strikes."""

    def __init__(self) -> None:
        self.scripted: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self.scripted.append(fault)
        return fault

    def lift(self) -> None:
        """End all trouble; whoever hangs is dropped."""
        for fault in self.scripted:
            fault.lift()
        self.scripted.clear()

    def call(self, method: str, chat: int | None) -> Fault | None:
        """Return the trouble that a call meets."""
        return next((f for f in self.scripted if f.kind not in UPDATE_KINDS and f.strikes(method, chat)), None)

    def update(self, kind: Kind, method: str, chat: int | None) -> bool:
        """Say whether an update handed over by `method` (getUpdates or webhook) meets this kind of trouble."""
        return any(f.kind == kind and f.strikes(method, chat) for f in self.scripted)

    def active(self) -> list[Fault]:
        return [f for f in self.scripted if not f.lifted.is_set() and (f.times is None or f.hits < f.times)]


@dataclass
class Limits:
    """Messages a second over all chats, a second in one chat, a minute in one group. None: no limit."""

    overall: int | None = 30
    per_chat: int | None = 1
    per_group: int | None = 20


class Flood:
    """Counts what a bot sends; raises 429 with retry_after in whole seconds."""

    def __init__(self, limits: Limits | None) -> None:
        self.limits = limits
        self.refused = 0
        self._sent: dict[object, deque[float]] = {}

    def check(self, chat: int) -> None:
        if self.limits is None:
            return
        now = time.monotonic()
        rules = [("all", self.limits.overall, 1.0), (chat, self.limits.per_chat, 1.0)]
        if chat < 0:
            rules.append((f"group {chat}", self.limits.per_group, 60.0))
        windows = []
        for key, most, span in rules:
            window = self._sent.setdefault(key, deque())
            while window and window[0] <= now - span:
                window.popleft()
            if most is not None and len(window) >= most:
                self.refused += 1
                raise flooded(max(1, int(window[0] + span - now + 0.999)))
            windows.append(window)
        for window in windows:
            window.append(now)
