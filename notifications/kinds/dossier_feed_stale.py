"""A source of dossiers has been silent for long: lateness is no longer told, and who runs the machine must look."""

from collections.abc import Sequence
from datetime import timedelta

from notifications.kind import Addressee, Fact, Lane, Letter, Told
from storage import Tx, dossier_alerts, who
from storage.who import Role

LANE = Lane.NORMAL
WORTH = timedelta(days=3)
QUIET = True
RETRY_UNKNOWN = True
GATHERED: timedelta | None = None
KEEP = False
WORDS = 1
SAMPLE = Letter({"source": "mot-cua"})

_OPERATORS = ((Role.ADMINISTRATOR,), (Role.QMS_SECRETARY,))


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:  # noqa: ARG001 the Protocol's
    """Return who runs the machine."""
    for roles in _OPERATORS:
        if found := await who.holding(tx, roles):
            return [Addressee(person) for person in found]
    return ()


async def letter(tx: Tx, told: Told) -> Letter | None:
    """Return which source is silent, unless it has spoken since."""
    about = told.facts[0].about
    source = await dossier_alerts.source_of(tx, about)
    newest = (await dossier_alerts.as_of(tx)).get(source or "")
    return Letter({"source": source}) if source and newest and newest[1] == about else None


async def unit(tx: Tx, about: int) -> int | None:  # noqa: ARG001 the Protocol's
    """Return no unit: the machine is nobody's room."""
    return None
