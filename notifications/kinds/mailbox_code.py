"""The code that confirms a mailbox: sent there alone, and nothing else is until it has been typed back."""

from collections.abc import Sequence
from datetime import timedelta

from notifications.kind import Addressee, Fact, Lane, Letter, Told
from storage import Tx, mailbox_codes
from storage.addresses import EMAIL, Address
from storage.mailbox_codes import DIGITS, LIFETIME

LANE = Lane.URGENT
WORTH = LIFETIME
# Somebody sits there and waits for it.
QUIET = False
RETRY_UNKNOWN = True
GATHERED: timedelta | None = None
KEEP = False
WORDS = 1
_MINUTES = LIFETIME // timedelta(minutes=1)
SAMPLE = Letter({"code": "1" * DIGITS, "minutes": _MINUTES})


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:
    """Return who named the mailbox, there; nobody where the code is over already."""
    found = await mailbox_codes.whose(tx, fact.about)
    return [Addressee(found[0], Address(EMAIL, 0, fact.about))] if found else ()


async def letter(tx: Tx, told: Told) -> Letter | None:
    """Return the code, while it can be typed."""
    about = told.facts[0].about
    alive = await mailbox_codes.whose(tx, about)
    return Letter({"code": mailbox_codes.code(tx, about), "minutes": _MINUTES}) if alive else None


async def unit(tx: Tx, about: int) -> int | None:  # noqa: ARG001 the Protocol's
    """Return nobody: whoever named the mailbox sees that nothing came."""
    return None
