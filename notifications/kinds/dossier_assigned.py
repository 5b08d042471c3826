"""A dossier was given to another officer: who gets it hears of it."""

from collections.abc import Sequence
from datetime import timedelta

from notifications.kind import Addressee, Fact, Lane, Letter, Press, Told
from storage import Tx, dossier_told

LANE = Lane.NORMAL
WORTH = timedelta(days=5)
QUIET = True
RETRY_UNKNOWN = True
GATHERED: timedelta | None = timedelta(seconds=20)
KEEP = False
WORDS = 1
SAMPLE = Letter({"codes": ["H32.17-261120-000412"], "count": 1}, ((Press("show", "/viec H32.17-261120-000412"),),))

_NAMED = 8


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:
    """Return who it was given to."""
    found = await dossier_told.event(tx, fact.about)
    return [Addressee(found[0].detail["to"])] if found else ()


async def letter(tx: Tx, told: Told) -> Letter | None:
    """Return the dossiers that are still this officer's."""
    found = [await dossier_told.event(tx, fact.about) for fact in told.facts]
    codes = [dossier.code for _, dossier in filter(None, found) if dossier.officer_id == told.person_id]
    if not codes:
        return None
    press = Press("show", f"/viec {codes[0]}") if len(codes) == 1 else Press("work", "/viec")
    return Letter({"codes": codes[:_NAMED], "count": len(codes)}, ((press,),))


async def unit(tx: Tx, about: int) -> int | None:
    """Return the unit that works on it."""
    found = await dossier_told.event(tx, about)
    return found[1].unit_id if found else None
