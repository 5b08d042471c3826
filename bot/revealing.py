"""What a saying says aloud and its record does not hold: the PIN of a receipt, for as long as the desk may need it."""

from dataclasses import replace
from datetime import datetime

from handlers.turn import HIDDEN_PIN, Saying
from storage import Store, Tx, dossier_links


async def revealed(tx: Tx, saying: Saying, now: datetime) -> Saying:
    """Return the saying with its PIN; as it stands in the record where it has none, or when it is no longer shown."""
    pin = await dossier_links.fresh(tx, saying.pin, at=now) if saying.pin else None
    return (
        saying if pin is None else replace(saying, html=saying.html.replace(HIDDEN_PIN, dossier_links.spelled(tx, pin)))
    )


async def aloud(store: Store, saying: Saying, now: datetime) -> Saying:
    """Do the same for a saying that was just committed; most have no PIN, and cost nothing."""
    if not saying.pin:
        return saying
    async with store.reading() as tx:
        return await revealed(tx, saying, now)
