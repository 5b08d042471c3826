"""A text, a procedure or a reply rests on law that has moved, or on a delegation that ends: its owner hears of it."""

from collections.abc import Sequence
from datetime import timedelta

from notifications.kind import Addressee, Fact, Lane, Letter, Press, Told
from storage import Tx, units, validity_flags, who
from storage.validity_flags import FlagState, ValidityFlag
from storage.who import Role

LANE = Lane.NORMAL
WORTH = timedelta(days=14)
QUIET = True
RETRY_UNKNOWN = True
# An import of many procedures finds many at once: one message, not a hundred.
GATHERED: timedelta | None = timedelta(minutes=10)
KEEP = False
WORDS = 1
SAMPLE = Letter({"count": 2, "ending": 1, "first": "2.000674"}, ((Press("list", "/hieuluc"),),))

# Of what belongs to nobody, those who keep the documents hear (manual 7.5).
_OWNERS = ((Role.QMS_SECRETARY,), (Role.DIRECTOR,), (Role.HEAD_OF_UNIT,))


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:
    """Return its owner; of a unit's the head, or else the officers; of nobody's who keeps the documents."""
    flag = await validity_flags.of(tx, fact.about)
    if flag is None or flag.state is not FlagState.OPEN:
        return ()
    if flag.owner_id is not None and await who.roles_of(tx, flag.owner_id) - {Role.CITIZEN}:
        return (Addressee(flag.owner_id),)
    unit_id = await unit(tx, fact.about)
    if unit_id is not None:
        for roles in ((Role.HEAD_OF_UNIT,), (Role.OFFICER,)):
            if found := await who.holding(tx, roles, unit_id=unit_id):
                return [Addressee(person) for person in found]
    for roles in _OWNERS:
        if found := await who.holding(tx, roles):
            return [Addressee(person) for person in found]
    return ()


async def letter(tx: Tx, told: Told) -> Letter | None:
    """Return how many of them are still open."""
    flags = [await validity_flags.of(tx, fact.about) for fact in told.facts]
    still: dict[int, ValidityFlag] = {flag.id: flag for flag in flags if flag and flag.state is FlagState.OPEN}
    if not still:
        return None
    first = next(iter(still.values()))
    ending = sum(1 for flag in still.values() if flag.ends_on is not None)
    press = Press("show", f"/hieuluc {first.id}") if len(still) == 1 else Press("list", "/hieuluc")
    return Letter({"count": len(still), "ending": ending, "first": first.name.partition(" – ")[0]}, ((press,),))


async def unit(tx: Tx, about: int) -> int | None:
    """Return the unit that keeps it, or the owner's."""
    flag = await validity_flags.of(tx, about)
    if flag is None:
        return None
    if flag.owner_unit:
        return await units.id_of(tx, flag.owner_unit)
    return await who.unit_of(tx, flag.owner_id) if flag.owner_id else None
