"""Tickets: a citizen asks for a person, an officer replies, and the reply goes back to the same chat."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect, journal, notices
from storage.asked import Question
from storage.base import Base, Id, NoSuchRecord, NotAllowed, Tx, held, step
from storage.who import ANSWERS_PEOPLE, SEES_ALL, Person, Who, may_answer

REPLIED = "ticket_replied"
OPENED = "ticket_opened"


class TicketState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"


STEPS: Mapping[TicketState, frozenset[TicketState]] = {
    TicketState.OPEN: frozenset({TicketState.TAKEN, TicketState.CLOSED}),
    TicketState.TAKEN: frozenset(TicketState),  # also back to everybody, or on to a successor
    TicketState.ANSWERED: frozenset({TicketState.TAKEN, TicketState.ANSWERED, TicketState.CLOSED}),
    TicketState.CLOSED: frozenset(),
}


class Ticket(Base):
    """`body` None: erased. (bot_id, chat_id): where the reply goes. `officer_id`: whose it is, or was at the end."""

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("bot_id", "chat_id", "update_id"),
        CheckConstraint("state <> 'open' OR officer_id IS NULL", name="an_open_ticket_is_nobodys"),
        CheckConstraint(
            "state NOT IN ('taken', 'answered') OR officer_id IS NOT NULL", name="a_taken_ticket_is_somebodys"
        ),
        CheckConstraint("(officer_id IS NULL) = (taken_at IS NULL)", name="an_officer_took_it_once"),
        CheckConstraint("state <> 'answered' OR answered_at IS NOT NULL", name="an_answered_ticket_has_a_moment"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="a_closed_ticket_has_a_moment"),
        CheckConstraint("body IS NOT NULL OR state = 'closed'", name="only_a_closed_ticket_is_erased"),
        Index(None, "state", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    channel: Mapped[str]
    bot_id: Mapped[int]
    chat_id: Mapped[int | None]
    update_id: Mapped[int | None]
    identity_id: Mapped[int] = mapped_column(ForeignKey("identities.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id", ondelete="SET NULL"))
    body: Mapped[str | None]
    state: Mapped[TicketState]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    opened_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Reply(Base):
    """What an officer wrote back. `body` None: erased."""

    __tablename__ = "replies"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    body: Mapped[str | None]
    at: Mapped[datetime]


_OPENED = dialect.once(Ticket)


async def open_(
    tx: Tx, *, who: Who, chat_id: int, bot_id: int, body: str, question_id: int | None, update_id: int, at: datetime
) -> Ticket:
    """Record that somebody asks for a person. The same update again gives the ticket that is already there.

    `question_id`: the question that led here; raises NoSuchRecord for one that somebody else asked.
    """
    if question_id is not None:
        own = select(Question.id).where(Question.id == question_id, Question.person_id == who.person_id)
        if await tx.scalar(own) is None:
            raise NoSuchRecord(f"question {question_id}")
    row = {
        "channel": who.channel,
        "bot_id": bot_id,
        "chat_id": chat_id,
        "update_id": update_id,
        "identity_id": who.identity_id,
        "person_id": who.person_id,
        "question_id": question_id,
        "body": body,
        "state": TicketState.OPEN,
        "opened_at": at,
    }
    ticket_id = await tx.scalar(_OPENED.of(tx), row)
    if ticket_id is None:
        this = (Ticket.bot_id == bot_id, Ticket.chat_id == chat_id, Ticket.update_id == update_id)
        return (await tx.scalars(select(Ticket).where(*this))).one()
    await journal.record(
        tx, actor_id=who.person_id, action="opened", kind="ticket", record_id=ticket_id, content={"body": body}, at=at
    )
    await notices.post(tx, OPENED, ticket_id, at=at)
    return await tx.get_one(Ticket, ticket_id)


_IS_OPEN = Ticket.state != TicketState.CLOSED


def _seen_by(who: Who) -> ColumnElement[bool]:
    if who.roles & SEES_ALL:
        return Ticket.id.is_not(None)
    seen = [Ticket.person_id == who.person_id, Ticket.officer_id == who.person_id]
    if who.roles & ANSWERS_PEOPLE:
        seen.append(Ticket.state == TicketState.OPEN)
        if who.unit_id is not None:
            seen.append(Ticket.officer_id.in_(select(Person.id).where(Person.unit_id == who.unit_id)))
    return or_(*seen)


async def listed(tx: Tx, *, for_: Who, closed: bool = False, limit: int = 200) -> list[Ticket]:
    """Return the tickets that this person may see, the oldest first; those that are closed only if asked for.

    Citizens see their own; whoever answers people the open ones and those of their unit; the QMS secretary and the
    directors all.
    """
    seen = select(Ticket).where(_seen_by(for_)).order_by(Ticket.id).limit(limit)
    return list(await tx.scalars(seen if closed else seen.where(_IS_OPEN)))


async def waiting(tx: Tx, *, for_: Who) -> int:
    """Return how many tickets that are not closed this person may see."""
    return await tx.scalar(select(func.count(Ticket.id)).where(_IS_OPEN, _seen_by(for_))) or 0


async def find(tx: Tx, ticket_id: int, *, for_: Who) -> Ticket:
    """Return the ticket if this person may see it. Raises NoSuchRecord."""
    ticket = await tx.scalar(select(Ticket).where(Ticket.id == ticket_id, _seen_by(for_)))
    if ticket is None:
        raise NoSuchRecord(f"ticket {ticket_id}")
    return ticket


async def replies(tx: Tx, ticket_id: int, *, for_: Who) -> list[Reply]:
    """Return what was replied, the oldest first. Raises NoSuchRecord for a ticket this person may not see."""
    await find(tx, ticket_id, for_=for_)
    return list(await tx.scalars(select(Reply).where(Reply.ticket_id == ticket_id).order_by(Reply.id)))


async def replied(tx: Tx, reply_id: int) -> tuple[Ticket, Reply]:
    """Return a reply and its ticket: what the notice "ticket_replied" is about. Raises NoSuchRecord."""
    both = select(Ticket, Reply).join(Reply, Reply.ticket_id == Ticket.id).where(Reply.id == reply_id)
    found = (await tx.execute(both, execution_options={"populate_existing": True})).first()
    if found is None:
        raise NoSuchRecord(f"reply {reply_id}")
    return found[0], found[1]


async def take(tx: Tx, ticket_id: int, by: int, at: datetime) -> Ticket:
    """Make this officer the owner. Raises NoSuchRecord; NotAllowed if it is taken, or they do not answer people."""
    ticket = await held(tx, Ticket, ticket_id)
    if ticket.state is not TicketState.OPEN:
        raise NotAllowed(f"{ticket.state} -> taken")
    if not await may_answer(tx, by):
        raise NotAllowed(f"person {by} does not answer people")
    await _move(tx, ticket, TicketState.TAKEN, officer=by, by=by, at=at)
    return ticket


async def reply(tx: Tx, ticket_id: int, by: int, body: str, at: datetime) -> Reply:
    """Record what the officer who owns the ticket writes back, and that the citizen must be told.

    Raises NoSuchRecord, and NotAllowed for anybody else and for a ticket that is closed.
    """
    ticket = await held(tx, Ticket, ticket_id)
    if ticket.officer_id != by:
        raise NotAllowed(f"ticket {ticket_id} is not person {by}'s")
    await _move(tx, ticket, TicketState.ANSWERED, officer=by, by=by, at=at)
    written = Reply(ticket_id=ticket_id, officer_id=by, body=body, at=at)
    tx.add(written)
    await tx.flush()
    await notices.post(tx, REPLIED, written.id, at=at)
    await journal.record(
        tx, actor_id=by, action="replied", kind="reply", record_id=written.id, content={"body": body}, at=at
    )
    return written


async def close(tx: Tx, ticket_id: int, by: int, at: datetime) -> Ticket:
    """End the ticket: its officer may, and the citizen who opened it. Raises NoSuchRecord, NotAllowed."""
    ticket = await held(tx, Ticket, ticket_id)
    if by not in {ticket.officer_id, ticket.person_id}:
        raise NotAllowed(f"ticket {ticket_id} is not person {by}'s")
    await _move(tx, ticket, TicketState.CLOSED, officer=ticket.officer_id, by=by, at=at)
    return ticket


async def hand_over(tx: Tx, person_id: int, *, to: int | None, by: int | None, at: datetime) -> int:
    """Give what an officer has not answered yet to another, or (`to` None) back to everybody; return how many.

    With a successor the answered ones that are not closed go over too.
    """
    states = [TicketState.TAKEN] if to is None else [TicketState.TAKEN, TicketState.ANSWERED]
    held = select(Ticket).where(Ticket.officer_id == person_id, Ticket.state.in_(states)).with_for_update()
    tickets = list(await tx.scalars(held))
    for ticket in tickets:
        same = TicketState.OPEN if to is None else ticket.state
        await _move(tx, ticket, same, officer=to, by=by, at=at)
    return len(tickets)


async def _move(tx: Tx, ticket: Ticket, to: TicketState, *, officer: int | None, by: int | None, at: datetime) -> None:
    ticket.state = step(STEPS, ticket.state, to)
    ticket.taken_at = None if officer is None else at if officer != ticket.officer_id else ticket.taken_at
    ticket.officer_id = officer
    match to:
        case TicketState.ANSWERED:
            ticket.answered_at = at
        case TicketState.CLOSED:
            ticket.closed_at = at
    await tx.flush()
    content = {"state": to, "officer": officer}
    await journal.record(tx, actor_id=by, action=to, kind="ticket", record_id=ticket.id, content=content, at=at)
