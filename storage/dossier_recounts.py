"""What a changed calendar means for the appointments that were given: a proposal each, which an officer decides on.

No appointment moves here. `Dossier.computed_due_at` is what the calendar makes of it now; where it differs from the
appointment, whoever works on the dossier is asked (storage/dossier_work).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select, text, update

from storage import journal
from storage.base import Tx
from storage.dossiers import Dossier, DossierEvent

# Word for word the condition of the partial index.
_OPEN = text("clock IN ('running', 'stopped') AND status < 9")
_D, _H = Dossier.table().c, DossierEvent.table().c


class Counted(NamedTuple):
    """An open dossier whose appointment the calendar can count: neither extended, nor ever asked for papers."""

    id: int
    code: str
    received_at: datetime
    term: str
    term_unit: str
    due_at: datetime | None


class Undated(NamedTuple):
    """A running dossier without an appointment that its own history can date. `history`: (moment, status)."""

    id: int
    received_at: datetime
    term: str
    term_unit: str
    clock_rule: str | None
    history: Sequence[tuple[datetime, int]]


async def undated(tx: Tx, keys: Sequence[str]) -> list[Undated]:
    """Return those of these dossiers whose appointment was ours, and whose clock goes on, so that it is none now."""
    if not keys:
        return []
    known = (_D.received_at.is_not(None), _D.term.is_not(None), _D.term_unit.is_not(None))
    none = (_D.key.in_(keys), _D.due_ours.is_(True), _D.due_at.is_(None), _D.clock == "running")
    rows = await tx.execute(select(_D.id, _D.received_at, _D.term, _D.term_unit, _D.clock_rule).where(*none, *known))
    found = []
    for row in rows.all():
        told = select(_H.at, _H.status).where(_H.dossier_id == row.id, _H.kind.in_(("seen", "moved")))
        found.append(Undated(*row, [tuple(each) for each in await tx.execute(told.order_by(_H.id))]))
    return found


async def date_(tx: Tx, dossier_id: int, due: datetime) -> None:
    """Set the appointment that our arithmetic comes to; it stays called ours."""
    await tx.execute(update(Dossier.table()).where(_D.id == dossier_id).values(due_at=due))


async def counted_over(tx: Tx, first: datetime, last: datetime) -> list[Counted]:
    """Return the open dossiers that came before `last` and are due after `first`, held until the commit."""
    plain = (_D.extended_at.is_(None), _D.supplement_asked_at.is_(None), _D.vanished_at.is_(None))
    # A date that was printed is not doubted for a term that nobody confirmed.
    sure = or_(_D.term_mark.is_(None), _D.term_mark == "confirmed", _D.due_ours.is_(True))
    known = (_D.clock == "running", _D.term.is_not(None), _D.term_unit.is_not(None), sure)
    rows = select(_D.id, _D.code, _D.received_at, _D.term, _D.term_unit, _D.due_at)
    over = rows.where(_OPEN, *plain, *known, _D.received_at <= last, _D.due_at >= first).with_for_update()
    return [Counted(*row) for row in (await tx.execute(over)).all()]


async def recount(
    tx: Tx, changed: Sequence[tuple[Counted, datetime, datetime]], *, by: int | None, at: datetime
) -> None:
    """Record for each what the calendar made of it before, and what it makes of it now."""
    for one, before, after in changed:
        await tx.execute(update(Dossier.table()).where(_D.id == one.id).values(computed_due_at=after))
        content = {"before": before.isoformat(), "after": after.isoformat()}
        await journal.record(
            tx, actor_id=by, action="recounted", kind="dossier", record_id=one.id, content=content, at=at
        )
