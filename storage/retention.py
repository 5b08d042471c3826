"""What was said is not kept for ever: the sweep that the clockwork runs daily."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists

from storage import dossier_guesses, dossier_links, journal, privacy, sessions
from storage.asked import Question
from storage.base import ERASED, Base, Tx
from storage.deliveries import Delivery
from storage.forms import FormRow
from storage.identities import Identity
from storage.links import Link, LinkAttempt
from storage.messages import Message
from storage.notices import Notice
from storage.tickets import Ticket


async def sweep(
    tx: Tx, *, messages_before: datetime, questions_before: datetime, at: datetime | None = None
) -> dict[str, int]:
    """Delete messages, forms and what else is over by `messages_before`; make questions and closed tickets nobody's.

    Then forget the accounts, older than `questions_before`, of strangers of whom nothing else is left.

    Return how many of what. `at`: when this is done, for the journal; `messages_before` if it is not said.
    """
    counts = {
        "messages": await _delete(tx, Message, (Message.at < messages_before) & ~_unread(questions_before)),
        "forms": await _delete(tx, FormRow, FormRow.at < messages_before),
        "notices": await _delete(tx, Notice, (Notice.addressed_at < questions_before) & ~_KEPT),
        "links": await _delete(tx, Link, Link.expires_at < messages_before),
        "attempts": await _delete(tx, LinkAttempt, LinkAttempt.at < messages_before),
        "guesses": await dossier_guesses.forget(tx, messages_before, at=at or messages_before),
        "dossier_links": await dossier_links.end_old(tx, at=at or messages_before),
        "sessions": await sessions.sweep(tx, messages_before),
        "questions": await privacy.nobodys(tx, Question.at < questions_before),
        "tickets": await privacy.erase_tickets(tx, Ticket.closed_at < questions_before),
    }
    counts["addresses"] = await privacy.forget_strangers(tx, questions_before, at or messages_before)
    if any(counts.values()):
        tx.info[ERASED] = True
        await journal.record(
            tx, actor_id=None, action="swept", kind="store", record_id=0, content=counts, at=at or messages_before
        )
    return counts


# With a notice go its deliveries, but for those whose text the law keeps.
_KEPT = exists().where(Delivery.notice_id == Notice.id, Delivery.body.is_not(None))


def _unread(since: datetime) -> ColumnElement[bool]:
    """Return whether a message was told on the web page and nobody has looked there yet."""
    waits = (
        exists()
        .where(Identity.bot_id == Message.bot_id, Identity.number == Message.chat_id, sessions.open_session())
        .where(Identity.seen_at.is_(None) | (Identity.seen_at < Message.at))
    )
    return exists().where(Delivery.message_id == Message.id, Message.channel == "web", Message.at >= since) & waits


async def _delete(tx: Tx, record: type[Base], over: ColumnElement[bool]) -> int:
    table = record.table()
    ended = await tx.execute(delete(table).where(over).returning(*table.primary_key.columns))
    return len(ended.all())
