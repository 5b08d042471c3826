"""The work calendar: the days that are not what their weekday says, with their source and who confirmed them.

Handlers and commands make a calendar of these rows (`knowledge.workdays.Calendar.of`); here is what is on record.
A change moves no deadline: whoever has promised one is shown what the calendar says now, and decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect, journal
from storage.base import Base, Id, NoSuchRecord, NotAllowed, Tx
from storage.who import Role, roles_of


class DayKind(StrEnum):
    OFF = "off"
    WORK = "work"


class Day(Base):
    """A marked day of Viet Nam. `source`: the official document; None while there is none, as with a proposal.

    `basis`: where a proposal comes from. `confirmed_by` None and confirmed: so from the beginning, by the program's own
    sources. Labour Code 45/2019 Art. 111(3), 112; Resolution 28/2026/QH16 Art. 2.
    """

    __tablename__ = "calendar_days"
    __table_args__ = (
        UniqueConstraint("day"),
        CheckConstraint("name <> ''", name="a_day_has_a_name"),
        CheckConstraint("NOT confirmed OR source IS NOT NULL", name="what_is_confirmed_has_a_source"),
        CheckConstraint("confirmed OR confirmed_by IS NULL", name="who_confirmed_confirmed"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="a_confirmation_has_a_moment"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    day: Mapped[date]
    kind: Mapped[DayKind]
    name: Mapped[str]
    source: Mapped[str | None]
    basis: Mapped[str | None]
    confirmed: Mapped[bool]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    confirmed_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day as the calendar reads it; see `Day`."""

    day: date
    kind: DayKind
    name: str
    source: str | None
    basis: str | None
    confirmed: bool

    @property
    def working(self) -> bool:
        return self.kind is DayKind.WORK


_T = Day.table()
_ALL = select(_T.c.day, _T.c.kind, _T.c.name, _T.c.source, _T.c.basis, _T.c.confirmed).order_by(_T.c.day)
_MARK = dialect.once(Day)


async def calendar(tx: Tx) -> list[CalendarDay]:
    """Return every marked day in order: what a `Calendar` is made of."""
    return [CalendarDay(**row) for row in (await tx.execute(_ALL)).mappings()]


async def one(tx: Tx, day: date) -> CalendarDay | None:
    """Return what is marked on this day."""
    row = (await tx.execute(_ALL.where(_T.c.day == day))).mappings().one_or_none()
    return None if row is None else CalendarDay(**row)


async def propose(
    tx: Tx, proposed: Iterable[tuple[date, str, str | None]], *, basis: str, by: int | None, at: datetime
) -> list[date]:
    """Mark days (day, name, law) as off; a day that is marked already stays as it is. Return the days that are new.

    What the law itself fixes by date is confirmed by it; the others (`law` None) wait for a document. `by` None: the
    program.
    """
    new: list[date] = []
    for day, name, law in proposed:
        said = {"source": law, "basis": None, "confirmed": True} if law else {"basis": basis, "confirmed": False}
        row = {"day": day, "kind": DayKind.OFF, "name": name, **said}
        day_id = await tx.scalar(_MARK.of(tx), row)
        if day_id is not None:
            new.append(day)
            await _journal(tx, day_id, "proposed", row, by=by, at=at)
    return new


async def put(tx: Tx, day: date, *, kind: DayKind, name: str, source: str | None, by: int, at: datetime) -> CalendarDay:
    """Mark a day, or mark it anew; it waits to be confirmed, also one that was confirmed before.

    Raises ValueError without a name, NotAllowed for anybody but an administrator.
    """
    name, source = " ".join(name.split()), " ".join((source or "").split()) or None
    if not name:
        raise ValueError("a marked day has a name")
    await _administrator(tx, by)
    row = {"day": day, "kind": kind, "name": name, "source": source, "confirmed": False}
    day_id = await tx.scalar(_MARK.of(tx), row)
    if day_id is None:
        held = await _held(tx, day)
        held.kind, held.name, held.source, held.basis = kind, name, source, None
        held.confirmed, held.confirmed_by, held.confirmed_at = False, None, None
        await tx.flush()
        day_id = held.id
    await _journal(tx, day_id, "set", row, by=by, at=at)
    return CalendarDay(day, kind, name, source, None, confirmed=False)


async def confirm(tx: Tx, day: date, *, source: str | None = None, by: int, at: datetime) -> bool:
    """Confirm a marked day; return whether it was not confirmed before.

    `source`: the official document, in place of the one on record. Raises NoSuchRecord for a day that is
    not marked, ValueError where no document stands for it, and NotAllowed for anybody but an administrator.
    """
    await _administrator(tx, by)
    held = await _held(tx, day)
    if held.confirmed:
        return False
    held.source = " ".join((source or held.source or "").split()) or None
    if held.source is None:
        raise ValueError(f"no document says what {day} is")
    held.confirmed, held.confirmed_by, held.confirmed_at = True, by, at
    await tx.flush()
    await _journal(tx, held.id, "confirmed", {"day": day, "kind": held.kind, "source": held.source}, by=by, at=at)
    return True


async def remove(tx: Tx, day: date, *, by: int, at: datetime) -> CalendarDay:
    """Take a mark away: the day is again what its weekday says. The journal keeps that it was there.

    Raises NoSuchRecord, and NotAllowed for anybody but an administrator.
    """
    await _administrator(tx, by)
    held = await _held(tx, day)
    gone = CalendarDay(day, held.kind, held.name, held.source, held.basis, held.confirmed)
    await tx.delete(held)
    await tx.flush()
    await _journal(tx, held.id, "removed", {"day": day, "kind": gone.kind, "name": gone.name}, by=by, at=at)
    return gone


async def _administrator(tx: Tx, person_id: int) -> None:
    if Role.ADMINISTRATOR not in await roles_of(tx, person_id):
        raise NotAllowed(f"person {person_id} is no administrator")


async def _held(tx: Tx, day: date) -> Day:
    held = await tx.scalar(
        select(Day).where(Day.day == day).with_for_update().execution_options(populate_existing=True)
    )
    if held is None:
        raise NoSuchRecord(f"calendar day {day}")
    return held


async def _journal(
    tx: Tx, day_id: int, action: str, content: dict[str, object], *, by: int | None, at: datetime
) -> None:
    await journal.record(tx, actor_id=by, action=action, kind="calendar_day", record_id=day_id, content=content, at=at)
