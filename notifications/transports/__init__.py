"""The way out of the house: what a transport is asked, and what may come of it.

A transport is one module of this folder and one line in `bot/transports.py`, where it is given its settings. It takes
one rendered message to one address. What it answers decides what becomes of the delivery (`storage.deliveries`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from storage import Tx
from storage.addresses import Address

__all__ = ["Address", "Gone", "Later", "Message", "Outcome", "Refused", "Sent", "Transport", "Unknown"]

Rows = Sequence[Sequence[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Message:
    """One rendered message.

    `subject`: plain text, for an e-mail. `html`: our subset, which `knowledge.wording` renders for each channel.
    `buttons`: rows of {"text", "data"} or {"text", "url"}, as the record of a conversation keeps them. `key`: the
    delivery's own id, the same whenever it is tried again (for the Message-ID of an e-mail). `about`: which records'
    words it repeats ("ticket 12"), so that erasing those reaches it.
    """

    subject: str
    html: str
    buttons: Rows = ()
    key: str = ""
    language: str = "vi"
    about: Sequence[str] = field(default=())

    def body(self) -> dict[str, Any]:
        """Return what the record of a conversation keeps of it; `told` marks it as no part of a turn."""
        rows = [[dict(button) for button in row] for row in self.buttons]
        marks = {"about": list(self.about)} if self.about else {}
        return {"html": self.html, "buttons": rows, "told": True, **marks}


# In every outcome `why` holds a short English reason, never a token, a URL, a name or an address.


@dataclass(frozen=True, slots=True)
class Sent:
    """Taken by the other side. `outside_id`: under which id it shows it."""

    outside_id: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Surely not sent, and worth another try: 429, 5xx before it was processed, connection refused.

    `after`: the least pause. `line`: nothing else can be sent on this channel either (it is away, or a halt stands).
    """

    after: timedelta
    why: str
    line: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """This person cannot be reached at this address (403, mailbox unknown): the next address is tried."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Surely not sent, and never will be as it is (400): the fault is ours, and is reported."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A timeout, or a drop after the request was written: it may have been sent."""

    why: str


Outcome = Sent | Later | Gone | Refused | Unknown


class Transport(Protocol):
    """One way to people."""

    # The channel whose addresses it serves.
    name: str
    # Recording is sending (the web chat, which shows its record): a claim whose holder died was surely not spoken.
    stored_is_sent: bool

    def ready(self, now: datetime) -> bool:
        """Tell whether this process may send here now: it holds the sender's lease, and no halt stands.

        While it is False nothing is claimed for this channel. Returns at once, asks nobody.
        """
        ...

    async def send(self, to: Address, message: Message, *, now: datetime) -> Outcome:
        """Take the message to the address, outside of any transaction; never raises."""
        ...

    async def record(self, tx: Tx, to: Address, message: Message, sent: Sent, *, now: datetime) -> int | None:
        """Write what was sent into the record, in the transaction that settles the delivery; return the row's id.

        The web chat's row of `messages` is what it shows; Telegram's has `spoken_at` and `outside_id`, so that a
        pressed button is found; an e-mail leaves none (None).
        """
        ...

    async def beat(self, now: datetime) -> None:
        """Do what is to be done every two seconds or so, also while nothing is sent: leases, halts. May raise."""
        ...

    async def close(self) -> None: ...
