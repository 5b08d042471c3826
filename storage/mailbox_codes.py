"""Codes that were sent to a mailbox which somebody named: whoever types one back has shown that its letters reach them.

Until then nothing else goes there: a slip of the keyboard would tell a stranger about somebody's affairs. A code is six
digits, good for half an hour, five tries and one use; how many are sent is limited by person, by mailbox and for the
whole office, so that nobody fills a stranger's mailbox through us. No record holds the digits: they come from a key
outside of the store, and the number of the row.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, func, insert, select, true, update
from sqlalchemy.orm import Mapped, mapped_column

from storage import addresses, journal, notices
from storage.base import Base, Id, NotAllowed, Tx
from storage.who import Person, PersonState, Role, roles_of

KIND = "mailbox_code"
LIFETIME = timedelta(minutes=30)
ATTEMPTS = 5
DIGITS = 6
# How many codes are sent within a time: to one person, to one mailbox, and in all.
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_OF_PERSON, _OF_MAILBOX, _OF_ALL = ((_HOUR, 3), (_DAY, 6)), ((_DAY, 3),), ((_HOUR, 100),)


class MailboxCode(Base):
    """`mailbox` and `person_id` go when the person is erased; `mailbox_hash`, keyed, stays for the limits.

    `gone_at`: the mail server knew no such mailbox.
    """

    __tablename__ = "mailbox_codes"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) = (mailbox IS NULL)", name="a_mailbox_is_somebodys"),
        CheckConstraint("expires_at > asked_at", name="a_code_lives_a_while"),
        CheckConstraint("used_at IS NULL OR NOT cancelled", name="what_was_used_was_not_cancelled"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    mailbox: Mapped[str | None]
    mailbox_hash: Mapped[str] = mapped_column(index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    attempts: Mapped[int]
    cancelled: Mapped[bool]
    used_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]


class Answer(StrEnum):
    CONFIRMED = "confirmed"
    WRONG = "wrong"
    # There is no code any more that could be right: used, expired, tried too often, or never asked for.
    NONE = "none"


class TooManyCodes(Exception):  # noqa: N818  named after what it tells the person
    """So many codes were sent lately that no other is."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A mailbox that waits to be confirmed. `alive`: its code can still be typed. `gone`: there is no such mailbox."""

    id: int
    mailbox: str
    alive: bool
    gone: bool


_T = MailboxCode.table()
_OPEN = (
    _T.c.used_at.is_(None),
    _T.c.gone_at.is_(None),
    _T.c.cancelled.is_(False),
    _T.c.attempts < ATTEMPTS,
    select(Person.id).where(Person.id == _T.c.person_id, Person.state == PersonState.ACTIVE).exists(),
)
_NAMED = (
    select(_T).where(_T.c.person_id == bindparam("person"), _T.c.cancelled.is_(False)).order_by(_T.c.id.desc()).limit(1)
)


async def ask(tx: Tx, person_id: int, mailbox: str, *, by: int | None, at: datetime) -> str:
    """Send a code to this mailbox, in place of any before; return the mailbox masked.

    Raises BadMailbox, and TooManyCodes.
    """
    mailbox = addresses.spelled(mailbox)
    # Of two at once the second waits here, and finds the first one counted.
    await tx.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    digest = _hash(tx, mailbox)
    whose = (_T.c.person_id == person_id, _OF_PERSON), (_T.c.mailbox_hash == digest, _OF_MAILBOX), (true(), _OF_ALL)
    for theirs, limits in whose:
        for span, most in limits:
            sent = select(func.count(_T.c.id)).where(theirs, _T.c.asked_at > at - span)
            if (await tx.scalar(sent) or 0) >= most:
                raise TooManyCodes
    await cancel(tx, person_id)
    row = {
        "person_id": person_id,
        "mailbox": mailbox,
        "mailbox_hash": digest,
        "asked_at": at,
        "expires_at": at + LIFETIME,
        "attempts": 0,
        "cancelled": False,
    }
    code_id = (await tx.execute(insert(_T), row)).inserted_primary_key[0]  # type: ignore[attr-defined]  # an INSERT gives a CursorResult
    content = {"mailbox": mailbox, "code": code_id}
    await journal.record(
        tx, actor_id=by, action="mailbox_asked", kind="addresses", record_id=person_id, content=content, at=at
    )
    await notices.post(tx, KIND, code_id, at=at)
    return addresses.masked(mailbox)


async def confirm(tx: Tx, person_id: int, typed: str, *, at: datetime) -> Answer:
    """Hold what was typed against the code that waits. A wrong one is counted: let the transaction commit."""
    waits = select(_T).where(_T.c.person_id == person_id, *_OPEN, _T.c.expires_at > at)
    row = (await tx.execute(waits.order_by(_T.c.id.desc()).limit(1).with_for_update())).first()
    if row is None:
        return Answer.NONE
    if not hmac.compare_digest(code(tx, row.id).encode(), typed.encode()):
        await tx.execute(update(_T).where(_T.c.id == row.id).values(attempts=_T.c.attempts + 1))
        return Answer.WRONG if row.attempts + 1 < ATTEMPTS else Answer.NONE
    await tx.execute(update(_T).where(_T.c.id == row.id).values(used_at=at))
    await addresses.write_to(tx, person_id, row.mailbox, how=addresses.CODE, by=person_id, at=at)
    return Answer.CONFIRMED


async def vouch(tx: Tx, person_id: int, mailbox: str, *, remark: str, by: int | None, at: datetime) -> str:
    """Take a mailbox as confirmed at an administrator's word; return it masked.

    `remark`: how they know; the journal keeps its digest. Raises NotAllowed for anybody else, ValueError without a
    remark, BadMailbox.
    """
    if by is None or Role.ADMINISTRATOR not in await roles_of(tx, by):
        raise NotAllowed(f"person {by} is no administrator")
    remark, mailbox = " ".join(remark.split()), addresses.spelled(mailbox)
    if not remark:
        raise ValueError("how it is known must be said")
    await cancel(tx, person_id)
    return await addresses.write_to(tx, person_id, mailbox, how=remark, by=by, at=at)


async def pending(tx: Tx, person_id: int, at: datetime) -> Pending | None:
    """Return the mailbox that somebody named and has not confirmed, also when its code is over."""
    row = (await tx.execute(_NAMED, {"person": person_id})).first()
    if row is None or row.used_at is not None:
        return None
    alive = row.expires_at > at and row.attempts < ATTEMPTS and row.gone_at is None
    return Pending(row.id, row.mailbox, alive, row.gone_at is not None)


async def named(tx: Tx, person_id: int) -> str:
    """Return the mailbox that somebody named and has not confirmed; "" if there is none."""
    row = (await tx.execute(_NAMED, {"person": person_id})).first()
    return row.mailbox if row and row.used_at is None else ""


async def whose(tx: Tx, code_id: int) -> tuple[int, str] | None:
    """Return who is to be sent this code, and to which mailbox; None when nobody can type it any more.

    How old it is tells the delivery, which expires with it.
    """
    row = (await tx.execute(select(_T).where(_T.c.id == code_id, *_OPEN))).first()
    return (row.person_id, row.mailbox) if row else None


def code(tx: Tx, code_id: int) -> str:
    """Return the digits of a code."""
    made = hmac.new(tx.info["keys"].links, f"mailbox code {code_id}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(made, 'big') % 10**DIGITS:0{DIGITS}}"


async def gone(tx: Tx, code_id: int, at: datetime) -> None:
    """Record that the mail server knows no such mailbox: the code is over."""
    await tx.execute(update(_T).where(_T.c.id == code_id, _T.c.used_at.is_(None)).values(gone_at=at))


async def cancel(tx: Tx, person_id: int) -> bool:
    """End what waits to be confirmed; return whether anything did."""
    waits = update(_T).where(_T.c.person_id == person_id, _T.c.used_at.is_(None), _T.c.cancelled.is_(False))
    return bool(list(await tx.scalars(waits.values(cancelled=True).returning(_T.c.id))))


async def forget(tx: Tx, person_id: int) -> None:
    """Forget which mailboxes somebody named; that codes were sent counts on for the limits."""
    await cancel(tx, person_id)
    await tx.execute(update(_T).where(_T.c.person_id == person_id).values(person_id=None, mailbox=None))


async def sweep(tx: Tx, before: datetime) -> int:
    """Delete what was asked before: a mailbox that nobody confirmed may be a stranger's. Return how many."""
    return len((await tx.execute(_T.delete().where(_T.c.asked_at < before).returning(_T.c.id))).all())


def _hash(tx: Tx, mailbox: str) -> str:
    return hmac.new(tx.info["keys"].links, f"mailbox {mailbox.lower()}".encode(), hashlib.sha256).hexdigest()
