"""What rests on law that has moved, or will soon: a queue for the owners of texts, procedures and replies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect, journal
from storage.base import Base, Id, NoSuchRecord, NotAllowed, Tx, held, step
from storage.tickets import Reply
from storage.types import ID_COLUMN
from storage.units import Unit
from storage.who import ANSWERS_PEOPLE, SEES_ALL, Person, Who


class Subject(StrEnum):
    VERSION = "version"  # of a document; subject_id: versions.id
    PROCEDURE = "procedure"  # procedures.id
    REPLY = "reply"  # of an officer; replies.id


class Trouble(StrEnum):
    REPLACED = "replaced"
    SUSPENDED = "suspended"
    ENDS = "ends"  # a delegation, a temporary rule


class FlagState(StrEnum):
    OPEN = "open"
    SETTLED = "settled"
    GONE = "gone"  # the text no longer stands, or no longer cites it: found by the sweep


STEPS: Mapping[FlagState, frozenset[FlagState]] = {
    FlagState.OPEN: frozenset({FlagState.SETTLED, FlagState.GONE}),
    FlagState.SETTLED: frozenset(),
    FlagState.GONE: frozenset({FlagState.OPEN}),
}


class ValidityFlag(Base):
    """One trouble at one place. `cites`: the number of the text, or the delegation; `ends_on`: its last day."""

    __tablename__ = "validity_flags"
    __table_args__ = (
        UniqueConstraint("subject", "subject_id", "place", "cites", "trouble"),
        CheckConstraint("(trouble = 'ends') = (ends_on IS NOT NULL)", name="an_end_has_a_day"),
        CheckConstraint("(state = 'settled') = (settled_by IS NOT NULL)", name="somebody_settled_it"),
        CheckConstraint("(settled_by IS NULL) = (note IS NULL)", name="what_was_settled_has_a_note"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="what_ended_has_a_moment"),
        Index(None, "state", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    subject: Mapped[Subject]
    subject_id: Mapped[int]
    name: Mapped[str]
    place: Mapped[str]
    cites: Mapped[str]
    trouble: Mapped[Trouble]
    ends_on: Mapped[date | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    owner_unit: Mapped[str | None]
    state: Mapped[FlagState]
    found_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    note: Mapped[str | None]


class Look(Base):
    """What the last sweep has looked at: one row. Nothing is looked at twice while nothing has moved."""

    __tablename__ = "validity_looks"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one"),)

    id: Mapped[int] = mapped_column(ID_COLUMN, primary_key=True, autoincrement=False)
    generation: Mapped[int]
    day: Mapped[date]
    reply_id: Mapped[int]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Written:
    """An officer's reply, to be looked at."""

    id: int
    officer_id: int
    ticket_id: int
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What a sweep has found. `name`: what the subject is called, for the list."""

    subject: Subject
    subject_id: int
    name: str
    place: str
    cites: str
    trouble: Trouble
    ends_on: date | None = None
    owner_id: int | None = None
    owner_unit: str | None = None

    @property
    def key(self) -> tuple[Subject, int, str, str, Trouble]:
        return self.subject, self.subject_id, self.place, self.cites, self.trouble


_NEW = dialect.once(ValidityFlag)
_LOOKED = dialect.replacing(Look)


async def looked(tx: Tx) -> Look | None:
    """Return what the last sweep has looked at."""
    return await tx.scalar(select(Look))


async def has_looked(tx: Tx, generation: int, day: date, reply_id: int, *, at: datetime) -> None:
    row = {"id": 1, "generation": generation, "day": day, "reply_id": reply_id, "at": at}
    await tx.execute(_LOOKED.of(tx), row)


async def last_reply(tx: Tx) -> int:
    """Return the id of the newest reply, 0 without any."""
    return await tx.scalar(select(func.max(Reply.id))) or 0


async def replies(tx: Tx, *, since: datetime) -> list[Written]:
    """Return what officers replied since then and nobody had erased."""
    rows = select(Reply.id, Reply.officer_id, Reply.ticket_id, Reply.body, Reply.at)
    found = await tx.execute(rows.where(Reply.at >= since, Reply.body.is_not(None)).order_by(Reply.id))
    return [Written(row, officer, ticket, body or "", at) for row, officer, ticket, body, at in found]


async def standing(tx: Tx) -> dict[tuple[Subject, int, str, str, Trouble], ValidityFlag]:
    """Return every flag by what it is about."""
    rows = await tx.scalars(select(ValidityFlag))
    return {(row.subject, row.subject_id, row.place, row.cites, row.trouble): row for row in rows}


async def raise_(tx: Tx, found: Found, *, at: datetime) -> int | None:
    """Record a trouble; return the id of the new flag, None where it is known (one that had gone is open again)."""
    row = {name: getattr(found, name) for name in Found.__dataclass_fields__}
    new: int | None = await tx.scalar(_NEW.of(tx), {**row, "state": FlagState.OPEN, "found_at": at})
    if new is None:
        table = ValidityFlag.table()
        names = ("subject", "subject_id", "place", "cites", "trouble")
        same = [table.c[name] == value for name, value in zip(names, found.key, strict=True)]
        again = update(table).where(*same, table.c.state == FlagState.GONE)
        new = await tx.scalar(
            again.values(state=FlagState.OPEN, found_at=at, ended_at=None, ends_on=found.ends_on).returning(table.c.id)
        )
    return new


async def gone(tx: Tx, flag_id: int, *, at: datetime) -> None:
    """Record that the trouble is no more."""
    row = await held(tx, ValidityFlag, flag_id)
    row.state, row.ended_at = step(STEPS, row.state, FlagState.GONE), at
    await tx.flush()


async def settle(tx: Tx, flag_id: int, *, for_: Who, note: str, at: datetime) -> ValidityFlag:
    """Record what was done about it. Raises NoSuchRecord for whoever may not see it, ValueError without a note."""
    if not note.strip():
        raise ValueError("say what was done")
    row = await held(tx, ValidityFlag, flag_id)
    if await tx.scalar(select(ValidityFlag.id).where(ValidityFlag.id == flag_id, _seen_by(for_))) is None:
        raise NoSuchRecord(f"flag {flag_id}")
    if row.state is not FlagState.OPEN:
        raise NotAllowed(f"{row.state} -> settled")
    row.state, row.ended_at = step(STEPS, row.state, FlagState.SETTLED), at
    row.settled_by, row.note = for_.person_id, note.strip()
    await tx.flush()
    content = {"subject": row.subject, "id": row.subject_id, "cites": row.cites, "note": row.note}
    await journal.record(
        tx, actor_id=for_.person_id, action="settled", kind="validity_flag", record_id=row.id, content=content, at=at
    )
    return row


async def queue(tx: Tx, *, for_: Who, limit: int = 5_000) -> list[ValidityFlag]:
    """Return the open flags that this person may see, what ends first, then the oldest."""
    open_ = select(ValidityFlag).where(ValidityFlag.state == FlagState.OPEN, _seen_by(for_))
    return list(
        await tx.scalars(
            open_.order_by(ValidityFlag.ends_on.is_(None), ValidityFlag.ends_on, ValidityFlag.id).limit(limit)
        )
    )


async def of(tx: Tx, flag_id: int) -> ValidityFlag | None:
    return await tx.get(ValidityFlag, flag_id)


def _seen_by(who: Who) -> ColumnElement[bool]:
    if who.roles & SEES_ALL:
        return true()
    own: list[ColumnElement[bool]] = [ValidityFlag.owner_id == who.person_id]
    if who.roles & ANSWERS_PEOPLE and who.unit_id is not None:
        unit = select(Unit.name).where(Unit.id == who.unit_id)
        own.append(ValidityFlag.owner_unit.in_(unit))
        own.append(ValidityFlag.owner_id.in_(select(Person.id).where(Person.unit_id == who.unit_id)))
    return or_(*own)
