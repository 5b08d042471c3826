"""What waits for somebody of the office: tickets that nobody has taken, questions that nobody has dealt with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, literal, select

from storage.base import Tx
from storage.notices import Notice
from storage.tickets import Ticket, TicketState
from storage.unanswered import Unanswered, UnansweredState

_STILL = (UnansweredState.OPEN, UnansweredState.TAKEN)


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A question of the queue. `owner_id` None: nobody has taken it."""

    id: int
    owner_id: int | None
    opened_at: datetime


async def questions(tx: Tx, ids: Sequence[int]) -> list[WaitingQuestion]:
    """Return which of these still wait, the oldest first."""
    still = select(Unanswered.id, Unanswered.owner_id, Unanswered.opened_at).where(Unanswered.id.in_(ids))
    rows = await tx.execute(still.where(Unanswered.state.in_(_STILL)).order_by(Unanswered.id))
    return [WaitingQuestion(*row) for row in rows]


async def questions_untold(tx: Tx, kind: str, *, before: datetime, limit: int, once: str = "") -> list[int]:
    """Return questions that wait since `before` and of which no notice of this kind and key was posted yet."""
    key = literal(f"{kind}:") + cast(Unanswered.id, String) + literal(f":{once}")
    told = select(Notice.id).where(Notice.key == key).exists()
    wanted = select(Unanswered.id).where(Unanswered.state.in_(_STILL), Unanswered.opened_at <= before, ~told)
    return list(await tx.scalars(wanted.order_by(Unanswered.id).limit(limit)))


async def untaken(tx: Tx, ids: Sequence[int]) -> list[int]:
    """Return which of these tickets nobody has taken yet, the oldest first."""
    still = select(Ticket.id).where(Ticket.id.in_(ids), Ticket.state == TicketState.OPEN)
    return list(await tx.scalars(still.order_by(Ticket.id)))


async def asker(tx: Tx, ticket_id: int) -> int | None:
    """Return who opened a ticket."""
    return await tx.scalar(select(Ticket.person_id).where(Ticket.id == ticket_id))
