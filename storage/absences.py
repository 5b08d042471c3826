"""Who is away and who stands in: `vắng mặt 24/11-28/11`."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Select, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage import journal
from storage.base import Base, Id, NotAllowed, Tx
from storage.who import may_answer


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
    """Record that somebody is away on these days; an overlapping absence of theirs ends. Raises NotAllowed.

    Not allowed: days in the wrong order, and a deputy who is the same person or does not answer people.
    """
    if last < first or deputy_id == person_id:
        raise NotAllowed("an absence of no day, or a deputy for oneself")
    if deputy_id is not None and not await may_answer(tx, deputy_id):
        raise NotAllowed(f"person {deputy_id} cannot stand in")
    await _end(tx, person_id, first, last, at)
    absence = Absence(person_id=person_id, deputy_id=deputy_id, first=first, last=last, recorded_at=at)
    tx.add(absence)
    await tx.flush()
    content = {"first": first.isoformat(), "last": last.isoformat(), "deputy": deputy_id}
    await journal.record(tx, actor_id=by, action="away", kind="absence", record_id=absence.id, content=content, at=at)
    return absence


async def back(tx: Tx, person_id: int, *, day: date, by: int, at: datetime) -> int:
    """Record that somebody is there again from `day` on; return how many absences ended."""
    return await _end(tx, person_id, day, date.max, at, by=by)


async def of(tx: Tx, person_id: int, *, day: date) -> Absence | None:
    """Return the absence of somebody on that day; None: they are there."""
    there = (Absence.person_id == person_id, Absence.cancelled_at.is_(None), Absence.first <= day, Absence.last >= day)
    return await tx.scalar(select(Absence).where(*there).limit(1))


def covered_by(deputy_id: int, day: date) -> Select[int]:
    """Return the query of whom this person stands in for on that day."""
    live = (Absence.cancelled_at.is_(None), Absence.first <= day, Absence.last >= day)
    return select(Absence.person_id).where(Absence.deputy_id == deputy_id, *live)


async def _end(tx: Tx, person_id: int, first: date, last: date, at: datetime, *, by: int | None = None) -> int:
    over = (Absence.person_id == person_id, Absence.cancelled_at.is_(None), Absence.first <= last)
    still = or_(Absence.last >= first)
    ended = await tx.scalars(update(Absence).where(*over, still).values(cancelled_at=at).returning(Absence.id))
    ids = ended.all()
    for absence_id in ids if by is not None else ():
        await journal.record(tx, actor_id=by, action="back", kind="absence", record_id=absence_id, content={}, at=at)
    return len(ids)
