"""What cannot wait for the morning: it will not be done in time, or this is the last day of the apology."""

from collections.abc import Sequence
from datetime import timedelta

from notifications.kind import Addressee, Fact, Lane, Letter, Press, Told
from notifications.kinds.dossier_digest import holds
from storage import Tx, dossier_alerts

LANE = Lane.URGENT
WORTH = timedelta(days=1)
QUIET = True
RETRY_UNKNOWN = True
GATHERED: timedelta | None = timedelta(minutes=1)
KEEP = False
WORDS = 1
SAMPLE = Letter(
    {
        "count": 1,
        "lines": [["000.00.17.H32-261102-0001", "apology_last_day", "2026-11-23", "2026-11-20"]],
        "to": "head_of_unit",
    },
    ((Press("show", "/hoso 000.00.17.H32-261102-0001"),),),
)
_NAMED = 10


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:  # noqa: ARG001 the Protocol's: the sweep knew who
    """Return the person whom the sweep found."""
    return (Addressee(int(fact.facts["person"])),)


async def letter(tx: Tx, told: Told) -> Letter | None:
    """Return what is still so."""
    open_ = await dossier_alerts.still(tx, {fact.about for fact in told.facts})
    lines = [
        [open_[fact.about].code, fact.facts["alert"], fact.facts.get("due", ""), fact.facts.get("by", "")]
        for fact in told.facts
        if fact.about in open_ and holds(fact.facts["alert"], fact.facts.get("due"), open_[fact.about])
    ]
    if not lines:
        return None
    codes = {line[0] for line in lines}
    press = Press("show", f"/hoso {lines[0][0]}") if len(codes) == 1 else Press("work", "/viec")
    return Letter({"count": len(codes), "lines": lines[:_NAMED], "to": told.facts[0].facts["to"]}, ((press,),))


async def unit(tx: Tx, about: int) -> int | None:
    """Return the unit that works on the dossier."""
    return await dossier_alerts.unit_of(tx, about)
