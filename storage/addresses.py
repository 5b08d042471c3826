"""Where a person can be told something: their chats and their mailbox, in the order that they chose.

A mailbox is personal data (Law 91/2025/QH15): whoever shows it shows `masked`, and it goes with the person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, and_, case, delete, exists, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect, journal
from storage.base import Base, Tx
from storage.identities import Identity
from storage.sessions import open_session
from storage.unreachable import Unreachable
from storage.who import Person, PersonState

EMAIL = "email"
# How a mailbox was confirmed: by typing back what was sent there.
CODE = "code"
# Until somebody chooses: what rings comes first; the web chat, where a message waits to be looked at, comes last.
USUAL = ("telegram", EMAIL, "web")
# What mail servers take (RFC 5321, 4.5.3.1), short of quoted local parts, which nobody has.
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_LONGEST = 254


@dataclass(frozen=True, slots=True)
class Address:
    """One place of one person. `channel`: "web", "telegram", "email" …; a mailbox has no bot and no chat (0, 0).

    A mailbox that is yet to be confirmed has the number of its code for a chat (storage/mailbox_codes).
    """

    channel: str
    bot_id: int = 0
    chat_id: int = 0
    mailbox: str = field(default="", repr=False)

    @property
    def key(self) -> str:
        """Return how a delivery notes that it has been here; it tells no mailbox."""
        return f"{self.channel}:{self.bot_id}:{self.chat_id}"

    @property
    def unconfirmed(self) -> bool:
        """Tell whether nothing but a code goes there, and the code nowhere else."""
        return self.channel == EMAIL and self.chat_id != 0


class Preferred(Base):
    """The place of a channel in somebody's order, and their mailbox, which was confirmed.

    `gone_at`: the mailbox turned out to be none.
    """

    __tablename__ = "addresses"
    __table_args__ = (
        CheckConstraint("(channel = 'email') = (mailbox IS NOT NULL)", name="only_mail_has_a_mailbox"),
        CheckConstraint("channel = 'email' OR gone_at IS NULL", name="only_a_mailbox_is_gone"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]
    mailbox: Mapped[str | None]
    gone_at: Mapped[datetime | None]
    set_at: Mapped[datetime]


class BadMailbox(ValueError):  # noqa: N818  named after what it tells the person
    """No mail can be sent there as it is written."""


_T = Preferred.table()
_SET = dialect.replacing(Preferred)


async def of(tx: Tx, person_id: int) -> list[Address]:
    """Return where this person can be reached, the dearest first; nothing for somebody who left.

    A chat that blocked us and a mailbox that is none are left out. Of two chats of one channel the newer comes first.
    """
    gone = exists().where(Unreachable.bot_id == Identity.bot_id, Unreachable.chat_id == Identity.number)
    active = and_(Person.id == person_id, Person.state == PersonState.ACTIVE)
    chats = (
        select(Identity.channel, Identity.bot_id, Identity.number)
        .join(Person, Person.id == Identity.person_id)
        .where(active, Identity.revoked_at.is_(None), ~gone)
        # A page whose session has ended is one to which nobody comes back.
        .order_by(case((open_session(), 0), else_=1), Identity.id.desc())
    )
    found = [Address(*row) for row in await tx.execute(chats)]
    chosen = await preferred(tx, person_id)
    found += [Address(EMAIL, mailbox=one.mailbox) for one in chosen if one.mailbox and one.gone_at is None]
    ranks = {channel: rank for rank, channel in enumerate(USUAL)} | {one.channel: one.rank for one in chosen}
    return sorted(found, key=lambda address: ranks.get(address.channel, len(ranks)))


async def preferred(tx: Tx, person_id: int) -> list[Preferred]:
    """Return what somebody chose, in their order; nothing for somebody who left."""
    own = select(Preferred).join(Person, Person.id == Preferred.person_id).order_by(Preferred.rank, Preferred.channel)
    theirs = own.where(Person.id == person_id, Person.state == PersonState.ACTIVE)
    return list(await tx.scalars(theirs, execution_options={"populate_existing": True}))


async def mailbox_of(tx: Tx, person_id: int) -> str:
    """Return the mailbox of somebody; "" if they have none that does."""
    own = select(_T.c.mailbox).where(_T.c.person_id == person_id, _T.c.channel == EMAIL, _T.c.gone_at.is_(None))
    return await tx.scalar(own) or ""


async def order(tx: Tx, person_id: int, channels: Sequence[str], *, by: int | None, at: datetime) -> None:
    """Put these channels first, in this order; the others follow as they did. A mailbox stays what it is."""
    chosen = {one.channel: one for one in await preferred(tx, person_id)}
    rest = [name for name in (*chosen, *USUAL) if name not in channels]
    for rank, channel in enumerate(dict.fromkeys((*channels, *rest))):
        known = chosen.get(channel)
        if channel == EMAIL and known is None:
            continue
        mailbox, gone_at = (known.mailbox, known.gone_at) if known else (None, None)
        row = {"person_id": person_id, "channel": channel, "rank": rank, "mailbox": mailbox, "gone_at": gone_at}
        await tx.execute(_SET.of(tx), {**row, "set_at": at})
    await _journalled(tx, person_id, "ordered", {"channels": list(channels)}, by=by, at=at)


def spelled(mailbox: str) -> str:
    """Return a mailbox as it is kept. Raises BadMailbox."""
    mailbox = mailbox.strip().removeprefix("mailto:")
    if len(mailbox) > _LONGEST or not _MAILBOX.fullmatch(mailbox) or ".." in mailbox:
        raise BadMailbox
    return mailbox


async def write_to(tx: Tx, person_id: int, mailbox: str, *, how: str, by: int | None, at: datetime) -> str:
    """Record somebody's confirmed mailbox, in place of the one before; return it masked. Raises BadMailbox.

    `how` it was confirmed: by `CODE`, or the remark of whoever vouched for it; the journal keeps a digest of that.
    """
    mailbox = spelled(mailbox)
    chosen = {one.channel: one.rank for one in await preferred(tx, person_id)}
    rank = chosen.get(EMAIL, USUAL.index(EMAIL) if not chosen else max(chosen.values()) + 1)
    row = {"person_id": person_id, "channel": EMAIL, "rank": rank, "mailbox": mailbox, "gone_at": None, "set_at": at}
    await tx.execute(_SET.of(tx), row)
    act = "mailbox_confirmed" if how == CODE else "mailbox_vouched"
    await _journalled(tx, person_id, act, {"mailbox": mailbox, "how": how}, by=by, at=at)
    return masked(mailbox)


async def write_no_more(tx: Tx, person_id: int, *, by: int | None, at: datetime) -> bool:
    """Forget somebody's mailbox; return whether there was one."""
    own = delete(_T).where(_T.c.person_id == person_id, _T.c.channel == EMAIL).returning(_T.c.person_id)
    if await tx.scalar(own) is None:
        return False
    await _journalled(tx, person_id, "mailbox_forgotten", {}, by=by, at=at)
    return True


async def forget(tx: Tx, person_id: int) -> None:
    """Forget the order and the mailbox: the person is erased, or has left."""
    await tx.execute(delete(_T).where(_T.c.person_id == person_id))


async def gone(tx: Tx, person_id: int, mailbox: str, at: datetime) -> None:
    """Record that no mail reaches this mailbox, unless the person has named another meanwhile."""
    this = update(_T).where(_T.c.person_id == person_id, _T.c.channel == EMAIL, _T.c.mailbox == mailbox)
    await tx.execute(this.values(gone_at=at))


def masked(mailbox: str) -> str:
    """Return enough of a mailbox for its owner to know it: h•••@khanhhoa.gov.vn."""
    name, _, domain = mailbox.partition("@")
    return f"{name[:1]}•••@{domain}" if domain else ""


async def _journalled(
    tx: Tx, person_id: int, action: str, content: dict[str, object], *, by: int | None, at: datetime
) -> None:
    await journal.record(tx, actor_id=by, action=action, kind="addresses", record_id=person_id, content=content, at=at)
