"""The queue of questions that the documents did not answer, or answered badly: owner and state of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Select, func, or_, select, true
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect, journal
from storage.asked import Kind, Question, Reason, Vote
from storage.base import Base, Id, NoSuchRecord, NotAllowed, Tx, held, step
from storage.straight import Straight
from storage.who import ANSWERS_PEOPLE, SEES_ALL, Person, Who, may_answer


class Cause(StrEnum):
    REFUSED = "refused"
    VOTED_DOWN = "voted_down"


class UnansweredState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    SETTLED = "settled"
    DISMISSED = "dismissed"


STEPS: Mapping[UnansweredState, frozenset[UnansweredState]] = {
    UnansweredState.OPEN: frozenset({UnansweredState.TAKEN, UnansweredState.DISMISSED}),
    UnansweredState.TAKEN: frozenset(UnansweredState),  # also back to everybody, or on to a successor
    UnansweredState.SETTLED: frozenset(),
    UnansweredState.DISMISSED: frozenset(),
}


class Unanswered(Base):
    """One question in the queue, once however often it goes wrong. `note`: what was done, or why nothing."""

    __tablename__ = "unanswered"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (owner_id IS NULL)", name="what_is_not_open_has_an_owner"),
        CheckConstraint("(state = 'open') = (taken_at IS NULL)", name="what_is_not_open_was_taken"),
        CheckConstraint("(state IN ('settled', 'dismissed')) = (ended_at IS NOT NULL)", name="what_ended_has_a_moment"),
        CheckConstraint("(state IN ('settled', 'dismissed')) = (note IS NOT NULL)", name="what_ended_has_a_note"),
        Index(None, "state", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), unique=True)
    cause: Mapped[Cause]
    state: Mapped[UnansweredState]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    opened_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    note: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Queued:
    """A line of the queue. `text` None: the asker had it erased."""

    id: int
    question_id: int
    text: str | None
    kind: Kind
    cause: Cause
    reason: Reason | None
    state: UnansweredState
    owner_id: int | None
    owner: str | None
    opened_at: datetime


_OPENED = Straight(dialect.once(Unanswered), ["question_id", "cause", "state", "opened_at"])


async def open_(tx: Tx, question_id: int, cause: Cause, *, at: datetime) -> None:
    """Put a question into the queue, unless it has been there already."""
    row = {"question_id": question_id, "cause": cause, "state": UnansweredState.OPEN, "opened_at": at}
    await _OPENED.rows(tx, row)


_WAITS = Unanswered.state.in_([UnansweredState.OPEN, UnansweredState.TAKEN])


def _seen_by(who: Who) -> ColumnElement[bool]:
    if who.roles & SEES_ALL:
        return true()
    if not who.roles & ANSWERS_PEOPLE:
        return Unanswered.owner_id == who.person_id
    own = [Unanswered.state == UnansweredState.OPEN, Unanswered.owner_id == who.person_id]
    if who.unit_id is not None:
        own.append(Unanswered.owner_id.in_(select(Person.id).where(Person.unit_id == who.unit_id)))
    return or_(*own)


async def queue(tx: Tx, *, for_: Who, limit: int = 200) -> list[Queued]:
    """Return what is open or taken, the oldest first, as far as this person may see it.

    The QMS secretary and the directors see all; whoever answers people sees the open ones and those of their unit.
    """
    lines = _lines(for_).where(_WAITS).order_by(Unanswered.id).limit(limit)
    return [Queued(**row) for row in (await tx.execute(lines)).mappings()]


async def waiting(tx: Tx, *, for_: Who) -> int:
    """Return how many lines this person's queue has."""
    return await tx.scalar(select(func.count(Unanswered.id)).where(_WAITS, _seen_by(for_))) or 0


async def find(tx: Tx, unanswered_id: int, *, for_: Who) -> Queued:
    """Return one line of the queue, also of what has ended, if this person may see it. Raises NoSuchRecord."""
    row = (await tx.execute(_lines(for_).where(Unanswered.id == unanswered_id))).mappings().first()
    if row is None:
        raise NoSuchRecord(f"unanswered {unanswered_id}")
    return Queued(**row)


def _lines(who: Who) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Unanswered.id,
            Unanswered.question_id,
            Question.text,
            Question.kind,
            Unanswered.cause,
            Vote.reason,
            Unanswered.state,
            Unanswered.owner_id,
            Person.name.label("owner"),
            Unanswered.opened_at,
        )
        .join(Question, Question.id == Unanswered.question_id)
        .outerjoin(Vote, Vote.question_id == Question.id)
        .outerjoin(Person, Person.id == Unanswered.owner_id)
        .where(_seen_by(who))
    )


async def take(tx: Tx, unanswered_id: int, by: int, at: datetime) -> Unanswered:
    """Make this person the owner. Raises NoSuchRecord; NotAllowed if it is owned, or they do not answer people."""
    item = await held(tx, Unanswered, unanswered_id)
    if item.state is not UnansweredState.OPEN:
        raise NotAllowed(f"{item.state} -> taken")
    if not await may_answer(tx, by):
        raise NotAllowed(f"person {by} does not answer people")
    return await _move(tx, item, UnansweredState.TAKEN, by=by, at=at)


async def settle(tx: Tx, unanswered_id: int, by: int, note: str, at: datetime) -> Unanswered:
    """Record what was done about it; only its owner may."""
    item = await held(tx, Unanswered, unanswered_id)
    if item.owner_id != by:
        raise NotAllowed(f"person {by} does not own {unanswered_id}")
    return await _move(tx, item, UnansweredState.SETTLED, by=by, at=at, note=note)


async def dismiss(tx: Tx, unanswered_id: int, by: int, note: str, at: datetime) -> Unanswered:
    """Record why nothing is done about it; its owner may, or whoever answers people while nobody owns it."""
    item = await held(tx, Unanswered, unanswered_id)
    if item.owner_id != by and not (item.owner_id is None and await may_answer(tx, by)):
        raise NotAllowed(f"person {by} does not own {unanswered_id}")
    return await _move(tx, item, UnansweredState.DISMISSED, by=by, at=at, note=note)


async def hand_over(tx: Tx, person_id: int, *, to: int | None, by: int | None, at: datetime) -> int:
    """Give what somebody owns to another person, or (`to` None) back to everybody; return how many."""
    owned = select(Unanswered).where(Unanswered.owner_id == person_id, Unanswered.state == UnansweredState.TAKEN)
    items = list(await tx.scalars(owned.with_for_update()))
    for item in items:
        await _move(tx, item, UnansweredState.OPEN if to is None else UnansweredState.TAKEN, by=by, at=at, owner=to)
    return len(items)


async def _move(
    tx: Tx,
    item: Unanswered,
    to: UnansweredState,
    *,
    by: int | None,
    at: datetime,
    note: str | None = None,
    owner: int | None = None,
) -> Unanswered:
    item.state = step(STEPS, item.state, to)
    if to is UnansweredState.OPEN:
        item.owner_id = item.taken_at = None
    elif to is UnansweredState.TAKEN:
        item.owner_id, item.taken_at = owner or by, at
    else:
        item.owner_id, item.taken_at = item.owner_id or by, item.taken_at or at
        item.ended_at, item.note = at, note
    await tx.flush()
    content = {"state": to, "owner": item.owner_id, "note": note}
    await journal.record(tx, actor_id=by, action=to, kind="unanswered", record_id=item.id, content=content, at=at)
    return item
