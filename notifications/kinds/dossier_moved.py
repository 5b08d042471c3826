"""A dossier has moved: whoever follows it hears code, status and date, worded from that row of its history, no more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifications.kind import Addressee, Fact, Lane, Letter, Press, Told
from storage import Tx, dossier_links, dossier_told
from storage.addresses import Address

LANE = Lane.NORMAL
WORTH = timedelta(days=14)
QUIET = True
RETRY_UNKNOWN = True
# Two quick changes are two messages: each says what was true then.
GATHERED: timedelta | None = None
# Requests for papers and new appointments with their apology are records (NĐ 61/2018/NĐ-CP Art. 19 k4, k9).
KEEP = True
WORDS = 1
_AT = datetime.fromisoformat("2026-11-20T02:15:00+00:00")
SAMPLE = Letter(
    {
        "code": "H32.17-261120-000412",
        "kind": "moved",
        "status": 9,
        "at": _AT,
        "due": datetime.fromisoformat("2026-12-04T09:30:00+00:00"),
        "early": True,
        "ours": False,
    },
    ((Press("show", "/hoso H32.17-261120-000412"),),),
)


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:
    """Return who follows the dossier, each where they asked to hear of it."""
    found = await dossier_told.event(tx, fact.about)
    if found is None:
        return ()
    _, dossier = found
    followers = await dossier_told.followers(tx, dossier.id)
    return [Addressee(one.person_id, Address(*one.chat) if one.chat else None) for one in followers]


async def letter(tx: Tx, told: Told) -> Letter | None:
    """Return what the row of history says; nothing to whoever does not follow any more."""
    found = await dossier_told.event(tx, told.facts[0].about)
    if found is None:
        return None
    event, dossier = found
    if not await dossier_links.follows(tx, told.person_id, dossier.id):
        return None
    due = event.detail.get("due")
    it = {
        "code": dossier.code,
        "kind": event.kind.value,
        "status": event.status,
        "at": event.at,
        "due": datetime.fromisoformat(due) if due else None,
        "early": bool(event.detail.get("early")),
        "ours": bool(event.detail.get("ours")),
    }
    return Letter(it, ((Press("show", f"/hoso {dossier.code}"),),))


async def unit(tx: Tx, about: int) -> int | None:
    """Return the unit that works on the dossier."""
    found = await dossier_told.event(tx, about)
    return found[1].unit_id if found else None
