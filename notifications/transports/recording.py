"""A transport that only notes what it would have sent: for `troly tick` on a sample store, and for tests."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from notifications.transports import Address, Message, Outcome, Sent
from storage import Tx


@dataclass(frozen=True, slots=True)
class Noted:
    """One message that would have been sent."""

    to: Address
    message: Message
    at: datetime


class Recording:
    """`answers`: what comes of each message; by default all are sent. `into`: a list shared with other channels."""

    stored_is_sent = False

    def __init__(
        self,
        name: str,
        answers: Callable[[Address, Message], Outcome] | None = None,
        *,
        into: list[Noted] | None = None,
    ) -> None:
        self.name = name
        self.noted: list[Noted] = [] if into is None else into
        self._answers = answers

    def ready(self, now: datetime) -> bool:  # noqa: ARG002 the seam's
        return True

    async def send(self, to: Address, message: Message, *, now: datetime) -> Outcome:
        outcome = self._answers(to, message) if self._answers else Sent(message.key)
        if isinstance(outcome, Sent):
            self.noted.append(Noted(to, message, now))
        return outcome

    async def record(self, tx: Tx, to: Address, message: Message, sent: Sent, *, now: datetime) -> int | None:  # noqa: ARG002 the seam's
        return None

    async def beat(self, now: datetime) -> None: ...

    async def close(self) -> None: ...
