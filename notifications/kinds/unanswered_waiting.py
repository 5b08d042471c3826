"""Questions that the documents did not answer wait for their owner: told together, not one by one."""

from collections.abc import Sequence
from datetime import timedelta

from notifications.kind import Addressee, Fact, Lane, Letter, Press, Told
from storage import Tx, waits, who
from storage.who import Role

LANE = Lane.NORMAL
WORTH = timedelta(days=7)
QUIET = True
RETRY_UNKNOWN = False
GATHERED: timedelta | None = timedelta(hours=1)
KEEP = False
WORDS = 1
SAMPLE = Letter({"count": 3, "oldest": 1}, ((Press("list", "/cauhoi"),),))

# Whoever keeps the documents owns the questions that nobody has taken (manual 7.5).
_OWNERS = ((Role.QMS_SECRETARY,), (Role.HEAD_OF_UNIT,), (Role.DIRECTOR,))


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:
    """Return the owner of the question; while it has none, those who keep the documents."""
    waiting = await waits.questions(tx, [fact.about])
    if not waiting:
        return ()
    if waiting[0].owner_id is not None:
        return (Addressee(waiting[0].owner_id),)
    for roles in _OWNERS:
        if found := await who.holding(tx, roles):
            return [Addressee(person) for person in found]
    return ()


async def letter(tx: Tx, told: Told) -> Letter | None:
    """Return how many of them still wait, for this person or for anybody."""
    waiting = await waits.questions(tx, [fact.about for fact in told.facts])
    theirs = [one for one in waiting if one.owner_id in {None, told.person_id}]
    if not theirs:
        return None
    press = Press("show", f"/cauhoi {theirs[0].id}") if len(theirs) == 1 else Press("list", "/cauhoi")
    return Letter({"count": len(theirs), "oldest": theirs[0].id}, ((press,),))


async def unit(tx: Tx, about: int) -> int | None:
    """Return the unit of the owner."""
    waiting = await waits.questions(tx, [about])
    return await who.unit_of(tx, waiting[0].owner_id) if waiting and waiting[0].owner_id else None
