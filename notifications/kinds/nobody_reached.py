"""Somebody could not be reached at any address: it becomes the task of a unit to tell them in another way."""

from collections.abc import Sequence
from datetime import timedelta

from notifications.kind import Addressee, Fact, Lane, Letter, Press, Told
from storage import Tx, who
from storage.who import Role

LANE = Lane.NORMAL
WORTH = timedelta(days=30)
QUIET = True
RETRY_UNKNOWN = True
GATHERED: timedelta | None = timedelta(minutes=5)
KEEP = False
WORDS = 1
SAMPLE = Letter(
    {"whats": {"vi": ["Phiếu số 12 đã có trả lời"], "en": ["Ticket 12 has a reply"]}, "count": 1},
    ((Press("show", "/phieu 12"),),),
)

_INSTEAD = ((Role.QMS_SECRETARY,), (Role.ADMINISTRATOR,))
_NAMED = 8


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:
    """Return the head of the unit that was noted with the notice; without one, who keeps the system."""
    unit_id, missed = fact.facts.get("unit"), fact.facts.get("person")
    heads = await who.holding(tx, (Role.HEAD_OF_UNIT,), unit_id=unit_id) if unit_id is not None else []
    for found in (heads, *[await who.holding(tx, roles) for roles in _INSTEAD]):
        if others := [person for person in found if person != missed]:
            return [Addressee(person) for person in others]
    return ()


async def letter(tx: Tx, told: Told) -> Letter | None:  # noqa: ARG001 the Protocol's: what is to be said was noted
    """Return what could not be told, by the subjects of those messages; to whom, the record shows, not a push."""
    whats = [fact.facts.get("what", {}) for fact in told.facts]
    named = {language: [what.get(language, "") for what in whats[:_NAMED]] for language in ("vi", "en")}
    command = str(told.facts[0].facts.get("command") or "")
    buttons = ((Press("show", command),),) if command and len(whats) == 1 else ()
    return Letter({"whats": named, "count": len(whats)}, buttons)


async def unit(tx: Tx, about: int) -> int | None:  # noqa: ARG001 the Protocol's
    """Return nobody's: of a task that nobody can be told there is no further task."""
    return None
