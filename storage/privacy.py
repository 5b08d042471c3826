"""What is held about somebody, handed out and erased on their own wish (Law 91/2025/QH15 on personal data).

Records of the office stay: that a question was asked and how it was answered, that a ticket was open and how long.
Nobody can be told from them any more. The journal holds no personal text to erase.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, update

from storage import (
    addresses,
    consents,
    dossier_links,
    forms,
    identities,
    journal,
    links,
    mailbox_codes,
    messages,
    sessions,
    undelivered,
    unreachable,
)
from storage.asked import Question, Vote
from storage.base import ERASED, Base, Tx
from storage.deliveries import Delivery
from storage.dossier_links import DossierLink, Why
from storage.forms import FormRow
from storage.identities import Identity
from storage.links import LinkAttempt
from storage.messages import Message
from storage.tickets import Reply, Ticket, TicketState
from storage.units import Unit
from storage.who import Person, PersonRole, Role, Who

# What an erased question keeps: kind, passages, milliseconds, language, moment: figures of the office.
NOBODYS = {"text": None, "person_id": None, "identity_id": None, "chat_id": None, "update_id": None}

# Also of those who left: what they read still stands in their chats.
_STAFF_CHATS = (
    select(Identity.bot_id, Identity.number)
    .join(PersonRole, PersonRole.person_id == Identity.person_id)
    .where(PersonRole.role != Role.CITIZEN)
)


async def held(tx: Tx, who: Who) -> dict[str, Any]:
    """Return everything that is held about the speaker, as plain values for a JSON file; moments are ISO 8601, UTC."""
    person = await tx.get_one(Person, who.person_id)
    unit = await tx.get(Unit, person.unit_id) if person.unit_id is not None else None
    own = list(await tx.scalars(select(Identity).where(Identity.person_id == who.person_id).order_by(Identity.id)))
    return {
        "person": {
            **_plain(person, {"id", "name", "language", "created_at"}),
            "roles": sorted(who.roles),
            "unit": unit.name if unit else None,
            "mailbox": await addresses.mailbox_of(tx, who.person_id) or None,
            "mailbox_to_confirm": await mailbox_codes.named(tx, who.person_id) or None,
        },
        "addresses": [_plain(one, {"person_id"}, but=True) for one in own],
        "consents": [_plain(one, {"person_id"}, but=True) for one in await consents.of(tx, who.person_id)],
        "questions": await _questions(tx, who.person_id),
        "tickets": await _tickets(tx, who.person_id),
        "dossiers": await dossier_links.held(tx, who.person_id),
        "messages": await _all(tx, Message, *[_chat(Message, one) for one in own]),
        "forms": await _all(tx, FormRow, *[FormRow.key.startswith(f"{one.bot_id}:{one.number}:") for one in own]),
    }


async def erase(tx: Tx, who: Who, at: datetime) -> dict[str, int]:
    """Erase what the speaker said and who they are; return how many of what.

    Of staff only the conversations go: name, role and addresses belong to the office. Of a citizen everything goes:
    the chat is then met again as a stranger's, sessions end, and what was still open is closed. Where an officer's
    chat repeats words of the speaker, they go there too.
    """
    own = list(await tx.scalars(select(Identity).where(Identity.person_id == who.person_id)))
    repeated = await _marks(tx, who.person_id)
    counts = {"messages": 0, "forms": 0}
    # First of all: who is about to write a letter into the chat finds it cancelled, or has committed before the rest.
    await undelivered.drop(tx, who.person_id, "erased")
    await undelivered.forget_bodies(tx, Delivery.person_id == who.person_id)
    await addresses.forget(tx, who.person_id)
    await mailbox_codes.forget(tx, who.person_id)
    # Also of staff: what they follow is a matter of their own, not of the office.
    await dossier_links.end(tx, Why.ERASED, DossierLink.person_id == who.person_id, by=who.person_id, at=at)
    counts["questions"] = await nobodys(tx, Question.person_id == who.person_id)
    counts["tickets"] = await _close(tx, who.person_id, at)
    for one in own:
        counts["messages"] += await messages.forget(tx, one.bot_id, one.number, by=who.person_id, at=at)
        counts["forms"] += await forms.forget(tx, one.bot_id, one.number)
        await unreachable.clear(tx, one.bot_id, one.number)
    counts["elsewhere"] = await messages.forget_about(tx, repeated, _STAFF_CHATS)
    if not who.is_staff:
        counts["addresses"] = await _forget_person(tx, who.person_id, at)
    await journal.record(
        tx, actor_id=who.person_id, action="erased", kind="person", record_id=who.person_id, content=counts, at=at
    )
    return counts


async def _marks(tx: Tx, person_id: int) -> frozenset[str]:
    asked = await tx.scalars(select(Question.id).where(Question.person_id == person_id))
    wanted = await tx.scalars(select(Ticket.id).where(Ticket.person_id == person_id))
    return frozenset(messages.mark("question", one) for one in asked) | {messages.mark("ticket", one) for one in wanted}


async def nobodys(tx: Tx, *where: ColumnElement[bool]) -> int:
    """Take from these questions what was asked and by whom; return how many."""
    tx.info[ERASED] = True
    erased = update(Question).where(Question.text.is_not(None), *where).values(NOBODYS).returning(Question.id)
    return len((await tx.execute(erased, execution_options={"synchronize_session": False})).all())


async def erase_tickets(tx: Tx, *where: ColumnElement[bool]) -> int:
    """Take from these closed tickets what was asked and replied, and where; return how many."""
    ids = list(
        await tx.scalars(select(Ticket.id).where(Ticket.state == TicketState.CLOSED, Ticket.body.is_not(None), *where))
    )
    for ticket_id in ids:
        ticket, reply = Ticket.table(), Reply.table()
        await tx.execute(update(ticket).where(ticket.c.id == ticket_id).values(body=None, chat_id=None, update_id=None))
        await tx.execute(update(reply).where(reply.c.ticket_id == ticket_id).values(body=None))
    return len(ids)


async def forget_strangers(tx: Tx, before: datetime, at: datetime) -> int:
    """Forget the accounts of nameless citizens of whom nothing is left but the account; return how many."""
    said = exists().where(Message.bot_id == Identity.bot_id, Message.chat_id == Identity.number)
    asked = exists().where(Question.person_id == Identity.person_id)
    wanted = exists().where(Ticket.person_id == Identity.person_id, Ticket.body.is_not(None))
    linked = exists().where(DossierLink.person_id == Identity.person_id, DossierLink.ended_at.is_(None))
    silent = (
        select(Identity.person_id)
        .join(Person, Person.id == Identity.person_id)
        .where(
            Identity.revoked_at.is_(None),
            Identity.created_at < before,
            Person.name == "",
            ~said,
            ~asked,
            ~wanted,
            ~linked,
        )
    )
    counts = [await _forget_person(tx, person_id, at) for person_id in (await tx.scalars(silent)).all()]
    return sum(counts)


async def _close(tx: Tx, person_id: int, at: datetime) -> int:
    table = Ticket.table()
    still = update(table).where(table.c.person_id == person_id, table.c.state != TicketState.CLOSED)
    await tx.execute(still.values(state=TicketState.CLOSED, closed_at=at))
    return await erase_tickets(tx, Ticket.person_id == person_id)


async def _forget_person(tx: Tx, person_id: int, at: datetime) -> int:
    for consent in await consents.of(tx, person_id):
        await consents.withdraw(tx, person_id, consent.purpose, at=at)
    await undelivered.drop(tx, person_id, "erased")
    await addresses.forget(tx, person_id)
    await mailbox_codes.forget(tx, person_id)
    await dossier_links.end(tx, Why.ERASED, DossierLink.person_id == person_id, by=person_id, at=at)
    await links.cancel(tx, person_id)
    await sessions.revoke_all(tx, person_id, at=at)
    await identities.revoke(tx, person_id, by=person_id, at=at)
    own = select(Identity.id).where(Identity.person_id == person_id)
    await tx.execute(delete(LinkAttempt.table()).where(LinkAttempt.identity_id.in_(own)))
    table = Identity.table()
    nowhere = update(table).where(table.c.person_id == person_id).values(outside_id="", number=0)
    ended = await tx.execute(nowhere.returning(table.c.id))
    await tx.execute(update(Person.table()).where(Person.id == person_id).values(name="", language=None))
    return len(ended.all())


async def _questions(tx: Tx, person_id: int) -> list[dict[str, Any]]:
    asked = select(Question, Vote).outerjoin(Vote, Vote.question_id == Question.id)
    rows = await tx.execute(asked.where(Question.person_id == person_id).order_by(Question.id))
    return [
        {**_plain(row, {"person_id"}, but=True), "vote": _plain(vote, {"up", "reason", "at"}) if vote else None}
        for row, vote in rows
    ]


async def _tickets(tx: Tx, person_id: int) -> list[dict[str, Any]]:
    own = (await tx.scalars(select(Ticket).where(Ticket.person_id == person_id).order_by(Ticket.id))).all()
    replies = await _all(tx, Reply, Reply.ticket_id.in_([ticket.id for ticket in own]))
    return [
        {**_plain(one, {"person_id"}, but=True), "replies": [r for r in replies if r["ticket_id"] == one.id]}
        for one in own
    ]


def _chat(record: type[Message], identity: Identity) -> ColumnElement[bool]:
    return (record.bot_id == identity.bot_id) & (record.chat_id == identity.number)


async def _all(tx: Tx, record: type[Base], *either: ColumnElement[bool]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for where in either:
        found += [_plain(row, (), but=True) for row in await tx.scalars(select(record).where(where))]
    return found


def _plain(row: Base, names: Iterable[str], *, but: bool = False) -> dict[str, Any]:
    chosen = [name for name in row.table().c.keys() if (name in names) != but]  # noqa: SIM118 a ColumnCollection iterates its columns
    values = {name: getattr(row, name) for name in chosen}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
