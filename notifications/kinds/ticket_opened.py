"""Somebody asks for a person: whoever answers people hears of the ticket while nobody has taken it."""

from collections.abc import Sequence
from datetime import timedelta

from notifications.kind import Addressee, Fact, Lane, Letter, Press, Told
from storage import Tx, waits, who
from storage.who import Role

LANE = Lane.NORMAL
WORTH = timedelta(days=2)
QUIET = True
RETRY_UNKNOWN = True
GATHERED: timedelta | None = timedelta(seconds=20)
KEEP = False
WORDS = 1
SAMPLE = Letter({"tickets": [12], "count": 1}, ((Press("show", "/phieu 12"),),))

# The one-stop desk is the first to answer people; without one, officers are, and without these the heads of units.
_FIRST = ((Role.CLERK,), (Role.OFFICER,), (Role.HEAD_OF_UNIT,), (Role.QMS_SECRETARY,))
_NAMED = 8


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:
    """Return who answers people here, but for the asker."""
    asker = await waits.asker(tx, fact.about)
    for roles in _FIRST:
        found = [person for person in await who.holding(tx, roles) if person != asker]
        if found:
            return [Addressee(person) for person in found]
    return ()


async def letter(tx: Tx, told: Told) -> Letter | None:
    """Return the tickets that still wait for somebody to take them."""
    open_ = await waits.untaken(tx, [fact.about for fact in told.facts])
    if not open_:
        return None
    press = Press("show", f"/phieu {open_[0]}") if len(open_) == 1 else Press("list", "/phieu")
    return Letter({"tickets": open_[:_NAMED], "count": len(open_)}, ((press,),))


async def unit(tx: Tx, about: int) -> int | None:  # noqa: ARG001 the Protocol's
    """Return nobody's: a new ticket belongs to no unit yet."""
    return None
