"""Who is away and who stands in: `vắng mặt 24/11-28/11`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import journal
from storage.base import Base, Id, NotAllowed, Tx
from storage.who import may_answer

_DAY = timedelta(days=1)


class Absence(Base):
    """`first` and `last`: days in Viet Nam, both away. `deputy_id` None: nobody stands in, the head hears."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("last >= first", name="an_absence_ends_after_it_begins"),
        CheckConstraint("deputy_id IS NULL OR deputy_id <> person_id", name="nobody_stands_in_for_himself"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    first: Mapped[date]
    last: Mapped[date]
    recorded_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


async def record(
    tx: Tx, person_id: int, *, first: date, last: date, deputy_id: int | None, by: int, at: datetime
) -> Absence:
    """Record that somebody is away on these days; on the others an absence of theirs stays. Raises NotAllowed.

    Not allowed: days in the wrong order, and a deputy who is the same person or does not answer people.
    """
    if last < first or deputy_id == person_id:
        raise NotAllowed("an absence of no day, or a deputy for oneself")
    if deputy_id is not None and not await may_answer(tx, deputy_id):
        raise NotAllowed(f"person {deputy_id} cannot stand in")
    for old in await _end(tx, _live(person_id, first, last), at):
        for begins, ends in ((old.first, first - _DAY), (last + _DAY, old.last)):
            if begins <= ends:
                tx.add(Absence(person_id=person_id, deputy_id=old.deputy_id, first=begins, last=ends, recorded_at=at))
    absence = Absence(person_id=person_id, deputy_id=deputy_id, first=first, last=last, recorded_at=at)
    tx.add(absence)
    await tx.flush()
    content = {"first": first.isoformat(), "last": last.isoformat(), "deputy": deputy_id}
    await journal.record(tx, actor_id=by, action="away", kind="absence", record_id=absence.id, content=content, at=at)
    return absence


async def back(tx: Tx, person_id: int, *, day: date, by: int, at: datetime) -> int:
    """Record that somebody is there from `day` on; return how many absences ended.

    Whoever is away that day is back, and leaves later on all the same; whoever is not takes back what was planned.
    """
    ended = await _end(tx, _live(person_id, day, day), at) or await _end(tx, _live(person_id, day, date.max), at)
    for absence in ended:
        await journal.record(tx, actor_id=by, action="back", kind="absence", record_id=absence.id, content={}, at=at)
    return len(ended)


async def of(tx: Tx, person_id: int, *, day: date) -> Absence | None:
    """Return the absence of somebody on that day; None: they are there."""
    return await tx.scalar(select(Absence).where(*_live(person_id, day, day)).limit(1))


def covered_by(deputy_id: int, day: date) -> Select[int]:
    """Return the query of whom this person stands in for on that day, also through somebody who is away as well."""
    there = (Absence.cancelled_at.is_(None), Absence.first <= day, Absence.last >= day)
    covered = select(Absence.person_id).where(Absence.deputy_id == deputy_id, *there).cte(recursive=True)
    # UNION: two who stand in for each other come to an end.
    covered = covered.union(select(Absence.person_id).where(Absence.deputy_id == covered.c.person_id, *there))
    return select(covered.c.person_id)


async def away(tx: Tx, day: date) -> dict[int, int | None]:
    """Return who is away on that day, and who is there in their stead; None where that is nobody."""
    there = (Absence.cancelled_at.is_(None), Absence.first <= day, Absence.last >= day)
    rows = await tx.execute(select(Absence.person_id, Absence.deputy_id).where(*there).order_by(Absence.id))
    deputies: dict[int, int | None] = {row.person_id: row.deputy_id for row in rows}
    return {person: _there(person, deputies) for person in deputies}


def _there(person: int, deputies: Mapping[int, int | None]) -> int | None:
    asked, found = {person}, deputies[person]
    while found is not None and found in deputies and found not in asked:
        asked.add(found)
        found = deputies[found]
    return None if found in asked else found


def _live(person_id: int, first: date, last: date) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of somebody's absences that have one of these days."""
    mine = Absence.person_id == person_id
    return mine, Absence.cancelled_at.is_(None), Absence.first <= last, Absence.last >= first


async def _end(tx: Tx, which: Sequence[ColumnElement[bool]], at: datetime) -> list[Absence]:
    ended = list(await tx.scalars(select(Absence).where(*which).with_for_update()))
    for absence in ended:
        absence.cancelled_at = at
    await tx.flush()
    return ended
