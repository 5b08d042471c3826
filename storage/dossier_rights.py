"""Who may see which dossier: the right is a term of the query, so that nothing is fetched that may not be shown.

Officers see theirs, heads their unit's, deputy directors their fields', the director all, whoever stands in what the
other one would, clerks what they received, auditors what was sampled, and everybody what their chats are linked to.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from storage import absences, dossier_links
from storage.base import NoSuchRecord, Tx
from storage.dossier_numbers import DossierNumber
from storage.dossiers import OPEN, Clock, Dossier, DossierEvent, Status
from storage.journal import Entry
from storage.who import Person, PersonRole, PersonState, Role, Who

# How long what a citizen's paper proved to a clerk counts at the desk: they stand there.
_PROVED_FOR = timedelta(minutes=15)
_LEAD = (Role.HEAD_OF_UNIT, Role.DEPUTY_DIRECTOR, Role.DIRECTOR)


def field_key(field: str) -> str:
    """Return a field's name as it is compared: spelling and spaces differ between two systems."""
    return " ".join(field.split()).casefold()


async def _works_on(tx: Tx, who: Who, day: date) -> ColumnElement[bool]:
    """Return the condition under which a dossier is this person's work, or work under them.

    Whoever stands in sees what the other one would: also of a head, a deputy director, the director.
    """
    if Role.DIRECTOR in who.roles:
        return true()
    if not who.is_staff:
        return false()
    covered = absences.covered_by(who.person_id, day)
    mine: list[ColumnElement[bool]] = [Dossier.officer_id == who.person_id, Dossier.officer_id.in_(covered)]
    if Role.CLERK in who.roles:
        mine += [Dossier.clerk_id == who.person_id, Dossier.clerk_id.in_(covered)]
    if Role.INTERNAL_AUDITOR in who.roles:
        mine.append(Dossier.sampled.is_(True))
    leading = select(PersonRole.role, PersonRole.fields, Person.unit_id).join(Person, Person.id == PersonRole.person_id)
    theirs = or_(Person.id == who.person_id, Person.id.in_(covered))
    for each in await tx.execute(leading.where(PersonRole.role.in_(_LEAD), Person.state == PersonState.ACTIVE, theirs)):
        match each.role:
            case Role.DIRECTOR:
                return true()
            case Role.DEPUTY_DIRECTOR:
                mine.append(Dossier.field_key.in_([field_key(name) for name in each.fields or []]))
            case Role.HEAD_OF_UNIT if each.unit_id is not None:
                mine.append(Dossier.unit_id == each.unit_id)
    return or_(*mine)


async def find(tx: Tx, key: str, *, for_: Who, day: date) -> Dossier | None:
    """Return the dossier of this key if this person may see it; None where there is none, or not for them."""
    seen = or_(await _works_on(tx, for_, day), dossier_links.linked(for_.person_id))
    return await tx.scalar(select(Dossier).where(Dossier.key == key, seen))


async def worked(tx: Tx, key: str, *, for_: Who, day: date, held: bool = True) -> Dossier:
    """Return the dossier if it is this person's work. `held`: until the commit, in a transaction that may write.

    Raises NoSuchRecord.
    """
    mine = select(Dossier).where(Dossier.key == key, await _works_on(tx, for_, day))
    own = mine.with_for_update() if held else mine
    dossier = await tx.scalar(own, execution_options={"populate_existing": True})
    if dossier is None:
        raise NoSuchRecord(key)
    return dossier


async def is_work(tx: Tx, dossier: Dossier, who: Who, *, day: date) -> bool:
    """Tell whether a dossier is this person's work: one of the staff may also be linked to one as anybody is."""
    mine = select(Dossier.id).where(Dossier.id == dossier.id, await _works_on(tx, who, day))
    return await tx.scalar(mine) is not None


async def linked(tx: Tx, who: Who, *, limit: int, offset: int = 0) -> list[Dossier]:
    """Return the dossiers that this person's chats are linked to: what is open first, then the newest."""
    own = select(Dossier).where(dossier_links.linked(who.person_id))
    ordered = own.order_by(Dossier.status >= Status.DONE, Dossier.received_at.desc().nulls_last(), Dossier.id.desc())
    return list(await tx.scalars(ordered.limit(limit).offset(offset)))


async def work(
    tx: Tx,
    who: Who,
    *,
    day: date,
    limit: int,
    offset: int = 0,
    due: tuple[datetime | None, datetime | None] = (None, None),
) -> list[Dossier]:
    """Return the open dossiers that are this person's work, the most urgent first; what stands still last.

    `due`: those alone that run and are due from the first moment on, before the second one.
    """
    still = (OPEN, Dossier.vanished_at.is_(None))
    mine = select(Dossier).where(*still, await _works_on(tx, who, day))
    since, before = due
    if since is not None or before is not None:
        mine = mine.where(Dossier.clock == Clock.RUNNING)
    if since is not None:
        mine = mine.where(Dossier.due_at >= since)
    if before is not None:
        mine = mine.where(Dossier.due_at < before)
    ordered = mine.order_by(Dossier.clock != Clock.RUNNING, Dossier.due_at.is_(None), Dossier.due_at, Dossier.id)
    return list(await tx.scalars(ordered.limit(limit).offset(offset)))


async def ending_with(tx: Tx, digits: str, who: Who, *, day: date, limit: int) -> list[Dossier]:
    """Return the open dossiers of this person's work whose code ends so: "0412" is what colleagues say."""
    still = (OPEN, Dossier.key.endswith(digits, autoescape=True))
    mine = select(Dossier).where(*still, await _works_on(tx, who, day))
    newest = mine.order_by(Dossier.received_at.desc().nulls_last(), Dossier.id.desc())
    return list(await tx.scalars(newest.limit(limit)))


async def history(tx: Tx, dossier_id: int, *, limit: int = 50) -> Sequence[DossierEvent]:
    """Return the newest rows of a dossier's history, the oldest of them first. The right was asked with the dossier."""
    rows = select(DossierEvent).where(DossierEvent.dossier_id == dossier_id).order_by(DossierEvent.id.desc())
    return list(reversed((await tx.scalars(rows.limit(limit))).all()))


async def tally(tx: Tx, who: Who, *, day: date, moments: Sequence[datetime]) -> list[int]:
    """Return how many open dossiers of this person's work are due before each of these moments, and how many in all."""
    still = (OPEN, Dossier.vanished_at.is_(None))
    runs = Dossier.clock == Clock.RUNNING  # what stands still is not late
    counted = [func.count().filter(Dossier.due_at < moment, runs) for moment in moments]
    row = (await tx.execute(select(*counted, func.count()).where(*still, await _works_on(tx, who, day)))).one()
    return list(row)


async def numbers(tx: Tx, dossier_id: int) -> dict[str, str]:
    """Return the numbers on a dossier as they may be shown, masked."""
    rows = await tx.scalars(select(DossierNumber).where(DossierNumber.dossier_id == dossier_id))
    return {row.kind.value: row.shown for row in rows}


async def colleagues(tx: Tx, dossier: Dossier) -> list[Person]:
    """Return who could work on a dossier: the staff of its unit, or all officers where no unit is known."""
    works = select(PersonRole.person_id).where(PersonRole.role.in_((Role.OFFICER, Role.HEAD_OF_UNIT)))
    there = select(Person).where(Person.id.in_(works), Person.state == PersonState.ACTIVE)
    if dossier.unit_id is not None:
        there = there.where(Person.unit_id == dossier.unit_id)
    return list(await tx.scalars(there.order_by(Person.name)))


def _at_desk(who: Who, day: date, now: datetime) -> ColumnElement[bool]:
    """Return the condition under which this person may print a dossier's PIN.

    Clerks for what they received, or stand in for; for what nobody here received and no number stands on, which only
    the desk can tell; and whoever prints receipts, for what a citizen's paper has just proved to them.
    """
    if not who.roles & dossier_links.ISSUES:
        return false()
    proved = select(Entry.record_id).where(
        Entry.kind == "dossier",
        Entry.action == "proved",
        Entry.actor_id == who.person_id,
        Entry.at > now - _PROVED_FOR,
        Entry.record_id == Dossier.id,
    )
    mine: list[ColumnElement[bool]] = [proved.exists()]
    if Role.CLERK in who.roles:
        numbered = select(DossierNumber.dossier_id).where(DossierNumber.dossier_id == Dossier.id).exists()
        mine += [Dossier.clerk_id == who.person_id, Dossier.clerk_id.in_(absences.covered_by(who.person_id, day))]
        mine.append(and_(Dossier.clerk_id.is_(None), ~numbered))
    return or_(*mine)


async def at_desk(tx: Tx, key: str, *, for_: Who, day: date, now: datetime) -> Dossier | None:
    """Return the dossier of this key if this person may print its PIN now; None where there is none, or not by them."""
    return await tx.scalar(select(Dossier).where(Dossier.key == key, _at_desk(for_, day, now)))


async def received_ending(tx: Tx, digits: str, who: Who, *, day: date, limit: int) -> list[Dossier]:
    """Return the dossiers that this clerk received, or stands in for, and whose code ends so, the newest first."""
    received = or_(Dossier.clerk_id == who.person_id, Dossier.clerk_id.in_(absences.covered_by(who.person_id, day)))
    mine = select(Dossier).where(received, Dossier.key.endswith(digits, autoescape=True))
    newest = mine.order_by(Dossier.received_at.desc().nulls_last(), Dossier.id.desc())
    return list(await tx.scalars(newest.limit(limit)))
