"""The updates that wait for a bot: getUpdates and its offset, what a webhook still has to be told."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .bell import Bell
from .faults import Faults, Kind
from .parameters import Params
from .refusals import Json, Refused, other_poll, webhook_active

LIFETIME = 24 * 3600  # seconds that Telegram keeps an update
ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
LONGEST_POLL = 50


@dataclass
class Pending:
    update: Json
    chat: int | None
    born: float
    fails: int = 0
    due: float = 0.0  # monotonic seconds; before it the webhook is left in peace
    told: int = 0

    @property
    def id(self) -> int:
        return int(self.update["update_id"])


@dataclass
class Webhook:
    url: str
    secret: str = ""
    max_connections: int = 40
    certificate: bool = False
    last_error_date: int | None = None
    last_error_message: str = ""
    pushed: list[tuple[int, int | str]] = field(default_factory=list)  # (update id, HTTP status or what went wrong)


class Updates:
    def __init__(self, bell: Bell, faults: Faults, clock: Callable[[], float], first_id: int) -> None:
        self.bell = bell
        self.faults = faults
        self.clock = clock
        self.pending: list[Pending] = []
        self.allowed: frozenset[str] | None = None
        self.webhook: Webhook | None = None
        self.closed = False
        self.handed: list[tuple[float, int]] = []  # every handing-over by getUpdates: when, which update
        self._next = first_id
        self._turn = 0
        self._again: list[Pending] = []

    def put(self, kind: str, body: Json, chat: int | None = None) -> int | None:
        """Queue an update; return its id, None when the bot did not ask for this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in ONLY_ON_REQUEST
        return self.put_raw({kind: body}, chat) if wanted else None

    def put_raw(self, update: Json, chat: int | None = None) -> int:
        """Queue anything at all; an update_id of its own is kept."""
        update = {"update_id": self._next, **update}
        self._next = max(self._next, int(update["update_id"])) + 1
        self.pending.append(Pending(update, chat, self.clock()))
        self.bell.ring()
        return int(update["update_id"])

    def expire(self) -> None:
        self.pending = [p for p in self.pending if self.clock() - p.born < LIFETIME]

    def allow(self, p: Params) -> None:
        """Take `allowed_updates`: absent keeps the last choice, an empty list means the default."""
        if p.parsed("allowed_updates") is not None:
            self.allowed = frozenset(str(kind) for kind in p.array("allowed_updates"))

    async def get(self, p: Params) -> list[Json]:
        """Answer getUpdates: confirm everything below `offset`, wait `timeout` seconds for something to hand over."""
        if self.webhook:
            raise webhook_active()
        limit = min(max(p.integer("limit", 100), 1), 100)
        end = time.monotonic() + min(max(p.number("timeout"), 0), LONGEST_POLL)
        self._turn += 1
        turn = self._turn
        self.bell.ring()  # an older poll that still waits learns that it lost
        self.allow(p)
        self._confirm(p.integer("offset"))
        while True:
            if batch := self._batch(limit):
                return batch
            if self.closed or time.monotonic() >= end:
                return []
            await self.bell.rung(end - time.monotonic())
            if turn != self._turn:
                raise other_poll()
            if self.webhook:
                raise Refused(409, "Conflict: terminated by setWebhook request")

    def _confirm(self, offset: int) -> None:
        self.expire()
        if offset < 0:
            self.pending = self.pending[offset:]
            return
        for pending in [p for p in self.pending if p.id < offset]:
            self.pending.remove(pending)
            if self.faults.update(Kind.REPEAT, "getUpdates", pending.chat):
                self._again.append(pending)
        self.bell.ring()

    def _batch(self, limit: int) -> list[Json]:
        batch = [*self._again, *self.pending][:limit]
        self._again.clear()
        if len(batch) > 1 and self.faults.update(Kind.REORDER, "getUpdates", batch[0].chat):
            batch = [*batch[1:], batch[0]]
        out = []
        for pending in batch:
            pending.told += 1
            out.append(pending.update)
            if self.faults.update(Kind.DUPLICATE, "getUpdates", pending.chat):
                out.append(pending.update)
        self.handed.extend((time.time(), update["update_id"]) for update in out)
        return out

    async def drained(self, within: float = 10.0) -> None:
        """Wait until every update is confirmed (polling) or answered with 200 (webhook)."""
        await self.bell.until(lambda: not self.pending and not self._again, "all updates to be confirmed", within)

    def drop(self) -> None:
        self.pending.clear()
        self._again.clear()
        self.bell.ring()
