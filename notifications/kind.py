"""What a kind of notification declares: whom it concerns, what is said, and how hard it is worth trying."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from storage import Tx
from storage.addresses import Address
from storage.deliveries import Lane

__all__ = ["Addressee", "Fact", "Kind", "Lane", "Letter", "Press", "Told"]


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who must hear. `home`: the chat in which it began; told there first, if it is still theirs.

    A `home` that is an unconfirmed mailbox gets this and nothing else; it is told nowhere else.
    """

    person_id: int
    home: Address | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One notice: `about` is the id of the record it speaks of, `facts` what was noted with it."""

    about: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told what, and where. `facts`: several only of a kind that is gathered, the oldest first."""

    person_id: int
    channel: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Press:
    """A button: the macro that says what stands on it, and the command that it is."""

    macro: str
    data: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What the words need: `it` is handed to the macros `subject(it)` and `message(it)`.

    Plain values only: numbers, dates, texts. A push text carries no name, no reason and no number of a person, so none
    of these is here. `about`: which records' words it repeats ("ticket 12"), so that erasing those reaches it.
    """

    it: Mapping[str, Any]
    buttons: Sequence[Sequence[Press]] = ()
    about: Sequence[str] = field(default=())


class Kind(Protocol):
    """A module of `notifications/kinds`, named as storage names the notice; its words stand beside it."""

    __name__: str

    LANE: Lane
    # How long after the fact it is worth telling.
    WORTH: timedelta
    # Whether quiet hours hold it back.
    QUIET: bool
    # Whether it is said again when nobody knows whether it was heard: better twice than never.
    RETRY_UNKNOWN: bool
    # Whether several facts for one person become one message: for how long the first waits for the others; or None.
    GATHERED: timedelta | None
    # Whether the law keeps the texts (apologies, requests to supplement).
    KEEP: bool
    # The number of its words: one more whenever they mean something else.
    WORDS: int
    # For `troly preview`, and for trying words that the office wrote.
    SAMPLE: Letter

    async def addressees(self, tx: Tx, fact: Fact) -> Sequence[Addressee]:
        """Return who must hear of this; nobody: it is settled without a word."""
        ...

    async def letter(self, tx: Tx, told: Told) -> Letter | None:
        """Return what to say now, which may be less than when it was posted; None: there is nothing left to say."""
        ...

    async def unit(self, tx: Tx, about: int) -> int | None:
        """Return whose task it becomes when somebody cannot be reached; None: the QMS secretary's."""
        ...
