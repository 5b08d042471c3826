"""One-time codes that make an outside account a person of the Department."""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage import deliveries, dossier_links, forms, journal, messages
from storage.asked import Question
from storage.base import Base, Id, NoSuchRecord, Tx
from storage.consents import Consent
from storage.identities import Identity
from storage.tickets import Ticket
from storage.who import Person, PersonState, Role, roles_of

LIFETIME = timedelta(hours=24)
ATTEMPTS = 5
LOCK = timedelta(hours=1)
_BYTES = 16
_GROUP = 4
# What people type for a letter of the code that looks like it; base32 has neither 0 nor 1 nor 8.
_LOOKALIKES = str.maketrans("018", "OIB")


class Link(Base):
    """A code that was given out. Only its keyed hash is stored: the store cannot tell what to type."""

    __tablename__ = "links"
    __table_args__ = (
        CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="a_used_code_has_a_user"),
        CheckConstraint("expires_at > issued_at", name="a_code_lives_a_while"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    is_door: Mapped[bool] = mapped_column(server_default=false())
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int]
    cancelled: Mapped[bool]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("identities.id", ondelete="RESTRICT"))


class LinkAttempt(Base):
    """A code that was tried in vain."""

    __tablename__ = "link_attempts"
    __table_args__ = (Index(None, "identity_id", "at"), {"sqlite_autoincrement": True})

    id: Mapped[Id]
    identity_id: Mapped[int] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"))
    at: Mapped[datetime]


class Why(StrEnum):
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    TOO_MANY = "too_many"
    OCCUPIED = "occupied"


@dataclass(frozen=True, slots=True)
class Linked:
    person_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Refused:
    """`reason` is for the journal and for tests; say the same to everybody, or the reasons tell which codes exist."""

    reason: Why


def _hash(tx: Tx, code: str) -> str:
    letters = re.sub("[^A-Z2-7]", "", code.upper().translate(_LOOKALIKES))
    return hmac.new(tx.info["keys"].links, letters.encode(), hashlib.sha256).hexdigest()


async def issue(tx: Tx, person_id: int, *, by: int | None, at: datetime) -> str:
    """Return a new code for this person: 128 bits in groups of four, good for a day and one use.

    An older code of theirs ends. It is shown once; the store keeps a keyed hash. Raises NoSuchRecord.
    """
    person = await tx.get(Person, person_id)
    if person is None or person.state is not PersonState.ACTIVE:
        raise NoSuchRecord(f"person {person_id}")
    await cancel(tx, person_id)
    letters = base64.b32encode(secrets.token_bytes(_BYTES)).decode().rstrip("=")
    row = {
        "person_id": person_id,
        "code_hash": _hash(tx, letters),
        "issued_by": by,
        "issued_at": at,
        "expires_at": at + LIFETIME,
        "attempts": 0,
        "cancelled": False,
    }
    link_id = (await tx.execute(insert(Link.table()), row)).inserted_primary_key[0]  # type: ignore[attr-defined]  # an INSERT gives a CursorResult
    content = {"person": person_id}
    await journal.record(tx, actor_id=by, action="issued", kind="link", record_id=link_id, content=content, at=at)
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


async def door(tx: Tx, person_id: int, *, at: datetime) -> int:
    """Return the id of a code by which somebody comes into the web chat as the same person; `door_code` spells it.

    The record of a conversation names it by its id: the code itself comes from a key outside of the store. One that
    was given out within the last hours and not used is given out again.
    """
    waiting = (Link.person_id == person_id, Link.is_door, Link.used_at.is_(None), Link.cancelled.is_(False))
    fresh = select(Link.id).where(*waiting, Link.expires_at > at + LIFETIME / 2).order_by(Link.id.desc()).limit(1)
    if (known := await tx.scalar(fresh)) is not None:
        return known
    row = {
        "person_id": person_id,
        "code_hash": secrets.token_hex(),
        "is_door": True,
        "issued_by": person_id,
        "issued_at": at,
        "expires_at": at + LIFETIME,
        "attempts": 0,
        "cancelled": False,
    }
    link_id: int = (await tx.execute(insert(Link.table()), row)).inserted_primary_key[0]  # type: ignore[attr-defined]  # an INSERT gives a CursorResult
    code_hash = _hash(tx, door_code(tx, link_id))
    await tx.execute(update(Link.table()).where(Link.id == link_id).values(code_hash=code_hash))
    content = {"person": person_id}
    await journal.record(
        tx, actor_id=person_id, action="issued", kind="link", record_id=link_id, content=content, at=at
    )
    return link_id


def door_code(tx: Tx, link_id: int) -> str:
    """Return the letters of the code of a door."""
    made = hmac.new(tx.info["keys"].links, f"door {link_id}".encode(), hashlib.sha256).digest()[:_BYTES]
    return base64.b32encode(made).decode().rstrip("=")


async def cancel(tx: Tx, person_id: int) -> None:
    """End every unused code of a person."""
    await tx.execute(
        update(Link.table()).where(Link.person_id == person_id, Link.used_at.is_(None)).values(cancelled=True)
    )


async def redeem(tx: Tx, code: str, identity_id: int, *, at: datetime) -> Linked | Refused:
    """Make this identity the person of the code. A refusal is counted: let the transaction commit.

    Five vain attempts of one identity within an hour lock it for an hour; five of a code end the code.
    Questions, tickets and consents of the nameless citizen that the identity was until now go over to the person; of
    somebody known nothing does, and what was said in the chat is forgotten. A door is entered by newcomers only
    (OCCUPIED): whoever is sent a stranger's door would hand over to them what this chat holds.
    """
    # Locks the identity's row, so that attempts in parallel are counted one after the other.
    identity = (await tx.scalars(select(Identity).where(Identity.id == identity_id).with_for_update())).one()
    if await _locked(tx, identity_id, at):
        return await _refuse(tx, identity, None, Why.TOO_MANY, at)
    link = await tx.scalar(
        update(Link).where(Link.code_hash == _hash(tx, code)).values(attempts=Link.attempts + 1).returning(Link),
        execution_options={"populate_existing": True},
    )
    reason = await _fault(tx, link, at) or await _occupied(tx, link, identity)
    if link is None or reason is not None:
        return await _refuse(tx, identity, link, reason or Why.UNKNOWN, at)
    person = await tx.get_one(Person, link.person_id)
    link.used_at, link.used_by = at, identity_id
    before = identity.person_id
    identity.person_id = person.id
    await tx.flush()
    if before != person.id:
        await _become(tx, before, person.id, identity, at)
    content = {"link": link.id, "before": before}
    await journal.record(
        tx, actor_id=person.id, action="linked", kind="identity", record_id=identity_id, content=content, at=at
    )
    return Linked(person.id, person.name)


async def _locked(tx: Tx, identity_id: int, at: datetime) -> bool:
    own = select(LinkAttempt.at).where(LinkAttempt.identity_id == identity_id, LinkAttempt.at > at - 2 * LOCK)
    last = list(await tx.scalars(own.order_by(LinkAttempt.at.desc()).limit(ATTEMPTS)))
    return len(last) == ATTEMPTS and last[0] - last[-1] < LOCK and at < last[0] + LOCK


async def _fault(tx: Tx, link: Link | None, at: datetime) -> Why | None:
    match link:
        case None:
            return Why.UNKNOWN
        case Link(attempts=attempts) if attempts > ATTEMPTS:
            return Why.TOO_MANY
        case Link(used_at=used_at) if used_at is not None:
            return Why.USED
        case Link() if link.cancelled or at >= link.expires_at:
            return Why.EXPIRED
    person = await tx.get_one(Person, link.person_id)
    return None if person.state is PersonState.ACTIVE else Why.EXPIRED


async def _occupied(tx: Tx, link: Link | None, identity: Identity) -> Why | None:
    """Tell whether somebody lives here already who must not go through a door to another person."""
    before = identity.person_id
    if link is None or not link.is_door or link.person_id == before:
        return None
    person = await tx.get_one(Person, before)
    if person.name or await roles_of(tx, before) - {Role.CITIZEN}:
        return Why.OCCUPIED
    lived_in = (
        select(Question.id).where(Question.person_id == before),
        select(Ticket.id).where(Ticket.person_id == before),
        select(forms.FormRow.key).where(forms.of_chat(identity.bot_id, identity.number)),
    )
    found = [await tx.scalar(rows.limit(1)) for rows in lived_in]
    return Why.OCCUPIED if any(one is not None for one in found) else None


async def _refuse(tx: Tx, identity: Identity, link: Link | None, reason: Why, at: datetime) -> Refused:
    if reason is not Why.TOO_MANY or link is not None:  # what is tried while locked does not make the lock longer
        await tx.execute(insert(LinkAttempt.table()), {"identity_id": identity.id, "at": at})
    content = {"reason": reason, "link": link.id if link else None}
    await journal.record(
        tx,
        actor_id=identity.person_id,
        action="refused_link",
        kind="identity",
        record_id=identity.id,
        content=content,
        at=at,
    )
    return Refused(reason)


async def _become(tx: Tx, before: int, person_id: int, identity: Identity, at: datetime) -> None:
    """Move what a nameless citizen left behind to the person they turned out to be; of somebody named nothing moves."""
    old = await tx.get_one(Person, before)
    if old.name:
        # Another person's conversation, which names people and their tickets, is none of the newcomer's.
        await messages.forget(tx, identity.bot_id, identity.number, by=person_id, at=at)
        await forms.forget(tx, identity.bot_id, identity.number)
        return
    elsewhere = select(Identity.id).where(Identity.person_id == before).limit(1)
    if await tx.scalar(elsewhere) is not None:
        return
    # The same notice may concern both; what the person has already is enough.
    await deliveries.move(tx, before, person_id)
    await dossier_links.move(tx, before, person_id)
    for record in (Question, Ticket, Consent):
        table = record.table()
        await tx.execute(update(table).where(table.c.person_id == before).values(person_id=person_id))
    await tx.delete(old)
    await tx.flush()
