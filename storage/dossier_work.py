"""Work on dossiers: who knows of it, whether it will be in time, notes, another officer, another appointment.

Nothing here changes what the source says; each act is a row of the dossier's history and an entry of the journal.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from storage import journal, notices
from storage.base import NoSuchRecord, NotAllowed, Tx
from storage.dossier_batches import MOVED
from storage.dossier_reports import differs
from storage.dossiers import Dossier, DossierEvent, EventKind
from storage.who import ANSWERS_PEOPLE, Person, Role, Who, roles_of

# Who hands work on: within their unit, their fields, everywhere; the right to the dossier was asked before.
HANDS_ON = frozenset({Role.HEAD_OF_UNIT, Role.DEPUTY_DIRECTOR, Role.DIRECTOR})
_SAMPLES = frozenset({Role.INTERNAL_AUDITOR, Role.QMS_SECRETARY})
# Who works on dossiers; clerks and auditors only look.
WORKS = HANDS_ON | {Role.OFFICER}
ASSIGNED = "dossier_assigned"


async def named(tx: Tx, key: str) -> Dossier:
    """Return the dossier of this key, whoever asks: for the command line alone. Raises NoSuchRecord."""
    dossier = await tx.scalar(select(Dossier).where(Dossier.key == key))
    if dossier is None:
        raise NoSuchRecord(key)
    return dossier


async def acknowledge(tx: Tx, dossier: Dossier, who: Who, *, at: datetime) -> None:
    """Record that whoever works on it knows of it. Raises NotAllowed for who only looks."""
    _may(who, WORKS)
    dossier.acknowledged_at = at
    await _event(tx, dossier, who, EventKind.ACKNOWLEDGED, at=at)


async def forecast(tx: Tx, dossier: Dossier, who: Who, *, in_time: bool, at: datetime) -> None:
    """Record whether it will be in time; whoever said so knows of it, too. Raises NotAllowed."""
    _may(who, WORKS)
    dossier.in_time, dossier.acknowledged_at = in_time, dossier.acknowledged_at or at
    await _event(tx, dossier, who, EventKind.FORECAST, at=at, detail={"in_time": in_time})


async def note(tx: Tx, dossier: Dossier, who: Who, text: str, *, at: datetime) -> None:
    """Record a note for colleagues; citizens see none. Clerks may leave one. Raises NotAllowed."""
    _may(who, WORKS | {Role.CLERK})
    await _event(tx, dossier, who, EventKind.NOTED, at=at, note=text)


async def said_to_be_added(tx: Tx, dossier: Dossier, who: Who, text: str, *, at: datetime) -> bool:
    """Note for the staff that whoever filed the dossier says to have added papers; once for each request for them.

    The right is that of the chat that is linked; return whether that is new.
    """
    said = select(DossierEvent.id).where(
        DossierEvent.dossier_id == dossier.id, DossierEvent.kind == EventKind.NOTED, DossierEvent.by == who.person_id
    )
    since = dossier.supplement_asked_at or dossier.data_at
    if await tx.scalar(said.where(DossierEvent.at >= since).limit(1)) is not None:
        return False
    await _event(tx, dossier, who, EventKind.NOTED, at=at, note=text)
    return True


async def reassign(tx: Tx, dossier: Dossier, who: Who, *, to: int, reason: str, at: datetime) -> Person:
    """Give it to another officer, with a reason; who gets it is told. The source's next word on it wins.

    Raises NotAllowed for who hands nothing on, without a reason, for whoever has it, and for somebody who does not work
    on dossiers.
    """
    _may(who, HANDS_ON)
    if not reason.strip() or to == dossier.officer_id or not await roles_of(tx, to) & ANSWERS_PEOPLE:
        raise NotAllowed(f"not to {to}, or for no reason")
    person = await tx.get_one(Person, to)
    dossier.officer_id, dossier.acknowledged_at, dossier.in_time = to, None, None
    event = await _event(tx, dossier, who, EventKind.REASSIGNED, at=at, detail={"to": to}, note=reason)
    await notices.post(tx, ASSIGNED, event.id, at=at)
    return person


async def decide_due(tx: Tx, dossier: Dossier, who: Who, *, accept: bool, at: datetime) -> None:
    """Take the appointment that is proposed, or keep the printed one. Followers hear of a new one.

    Raises NotAllowed where nothing is proposed, or to who only looks.
    """
    _may(who, WORKS)
    proposed = proposal(dossier)
    if proposed is None:
        raise NotAllowed(f"dossier {dossier.id}: nothing is proposed")
    before = dossier.due_at
    if accept:
        dossier.due_at = proposed
    dossier.proposed_due_at, dossier.decided_due_at = None, proposed
    kind = EventKind.DUE_CONFIRMED if accept else EventKind.DUE_REFUSED
    detail = {"due": (dossier.due_at or proposed).isoformat(), "before": before.isoformat() if before else None}
    event = await _event(tx, dossier, who, kind, at=at, detail=detail)
    if accept:
        await notices.post(tx, MOVED, event.id, at=at)


def proposal(dossier: Dossier) -> datetime | None:
    """Return the appointment that an officer is asked to confirm: the source's other one, else what ours comes to.

    Nobody is asked twice about the same day.
    """
    if dossier.proposed_due_at is not None:
        return dossier.proposed_due_at
    computed = dossier.computed_due_at
    decided = dossier.decided_due_at
    is_asked = differs(dossier.due_at, computed) and (decided is None or differs(decided, computed))
    return computed if is_asked else None


async def sample(tx: Tx, dossier: Dossier, *, on: bool, by: int, at: datetime) -> None:
    """Let the internal auditors see a dossier, or no more. Raises NotAllowed."""
    if not await roles_of(tx, by) & _SAMPLES:
        raise NotAllowed(f"person {by} samples nothing")
    await tx.execute(update(Dossier.table()).where(Dossier.id == dossier.id).values(sampled=on))
    action = "sampled" if on else "sampled_no_more"
    await journal.record(tx, actor_id=by, action=action, kind="dossier", record_id=dossier.id, content={}, at=at)


async def hand_over(tx: Tx, person_id: int, *, to: int | None, by: int | None, at: datetime) -> int:
    """Give the open dossiers of somebody who leaves to another officer, or (`to` None) to nobody; return how many."""
    held = (Dossier.officer_id == person_id, Dossier.clock != "ended")
    moved = await tx.scalars(update(Dossier).where(*held).values(officer_id=to).returning(Dossier.id))
    ids = list(moved.all())
    for dossier_id in ids:
        content = {"to": to}
        await journal.record(
            tx, actor_id=by, action="reassigned", kind="dossier", record_id=dossier_id, content=content, at=at
        )
    return len(ids)


def _may(who: Who, roles: frozenset[Role]) -> None:
    if not who.roles & roles:
        raise NotAllowed(f"person {who.person_id} only looks")


async def _event(
    tx: Tx,
    dossier: Dossier,
    who: Who,
    kind: EventKind,
    *,
    at: datetime,
    detail: dict[str, Any] | None = None,
    note: str | None = None,
) -> DossierEvent:
    event = DossierEvent(
        dossier_id=dossier.id,
        kind=kind,
        status=dossier.status,
        before=dossier.status,
        backwards=False,
        source="troly",
        by=who.person_id,
        at=at,
        recorded_at=at,
        detail=detail or {},
        note=note,
    )
    tx.add(event)
    await tx.flush()
    content = (detail or {}) | {"note": note}
    await journal.record(
        tx, actor_id=who.person_id, action=kind, kind="dossier", record_id=dossier.id, content=content, at=at
    )
    return event
