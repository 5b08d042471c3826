"""Identities: which outside account of which channel is which person.

A revoked identity is history: its account is met again as a new, nameless citizen.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Row, func, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect, journal
from storage.base import Base, Id, Tx
from storage.who import Person, PersonRole, PersonState, Role, Who

_LIVE = text("revoked_at IS NULL")

# JavaScript and JSON readers keep integers exactly up to 2^53, and aiogram wants ids that are positive integers.
_NUMBER_BITS = 52


class Identity(Base):
    """An account of a channel. `outside_id`: as the channel spells it; `number`: the integer it is addressed by."""

    __tablename__ = "identities"
    __table_args__ = (
        Index(
            "uq_identities_account",
            "channel",
            "bot_id",
            "outside_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("uq_identities_number", "bot_id", "number", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    channel: Mapped[str]
    bot_id: Mapped[int]
    outside_id: Mapped[str]
    number: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    notice_version: Mapped[str | None]
    notice_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    # When the page of this account last showed its chat.
    seen_at: Mapped[datetime | None]


_NEW = dialect.once(Identity)
# Who speaks: one row for each of their roles, or one without a role.
WHO = (
    select(
        Identity.id,
        Identity.person_id,
        Person.name,
        Person.state,
        Person.unit_id,
        Identity.channel,
        Identity.bot_id,
        Identity.number,
        Person.language,
        Identity.notice_version,
        PersonRole.role,
    )
    .join(Person, Person.id == Identity.person_id)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .where(Identity.revoked_at.is_(None))
)


async def _one(tx: Tx, *where: ColumnElement[bool]) -> Who | None:
    rows = (await tx.execute(WHO.where(*where))).all()
    return of_rows(rows) if rows else None


def of_rows(rows: Sequence[Row[*tuple[Any, ...]]]) -> Who:
    """Return who these rows of `WHO` are about; there is at least one."""
    row = rows[0]
    active = row.state is PersonState.ACTIVE
    roles = frozenset(r.role for r in rows if r.role is not None) if active else frozenset[Role]()
    return Who(
        identity_id=row.id,
        person_id=row.person_id,
        name=row.name,
        roles=roles or frozenset({Role.CITIZEN}),
        unit_id=row.unit_id if active else None,
        channel=row.channel,
        bot_id=row.bot_id,
        number=row.number,
        language=row.language,
        notice_version=row.notice_version,
    )


async def who(tx: Tx, *, bot_id: int, number: int) -> Who | None:
    """Return who is addressed by this number of this bot; None: never met, or revoked."""
    return await _one(tx, Identity.bot_id == bot_id, Identity.number == number)


async def known(tx: Tx, identity_id: int) -> Who | None:
    """Return who this identity is; None: no such identity, or revoked."""
    return await _one(tx, Identity.id == identity_id)


async def of(tx: Tx, person_id: int) -> list[Who]:
    """Return every live address of a person, the oldest first: where a reply or a notice can reach them."""
    ids = (
        select(Identity.id).where(Identity.person_id == person_id, Identity.revoked_at.is_(None)).order_by(Identity.id)
    )
    found = [await known(tx, identity_id) for identity_id in await tx.scalars(ids)]
    return [one for one in found if one is not None]


async def meet(tx: Tx, *, channel: str, bot_id: int, outside_id: str, number: int | None = None, at: datetime) -> Who:
    """Return who this account is; an account never met becomes a nameless citizen.

    `number` None: a random one of 53 bits is given. Raises ValueError if the number is another account's.
    """
    account = (Identity.channel == channel, Identity.bot_id == bot_id, Identity.outside_id == outside_id)
    return await _one(tx, *account) or await _add(tx, channel, bot_id, outside_id, number=number, at=at)


async def _add(tx: Tx, channel: str, bot_id: int, outside_id: str, *, number: int | None, at: datetime) -> Who:
    person = {"name": "", "state": PersonState.ACTIVE, "created_at": at}
    person_id = (await tx.execute(insert(Person.table()), person)).inserted_primary_key[0]  # type: ignore[attr-defined]  # an INSERT gives a CursorResult
    await tx.execute(insert(PersonRole.table()), {"person_id": person_id, "role": Role.CITIZEN})
    row: dict[str, Any] = {
        "channel": channel,
        "bot_id": bot_id,
        "outside_id": outside_id,
        "number": number if number is not None else secrets.randbits(_NUMBER_BITS) | 1 << _NUMBER_BITS,
        "person_id": person_id,
        "created_at": at,
    }
    # Two first updates of one person may race on PostgreSQL: the second finds what the first made.
    identity_id = await tx.scalar(_NEW.of(tx), row)
    if identity_id is not None:
        await journal.record(
            tx, actor_id=person_id, action="met", kind="identity", record_id=identity_id, content=row, at=at
        )
    else:
        await tx.execute(Person.table().delete().where(Person.id == person_id))
    account = (Identity.channel == channel, Identity.bot_id == bot_id, Identity.outside_id == outside_id)
    found = await _one(tx, *account)
    if found is None:
        raise ValueError(f"number {number} of bot {bot_id} belongs to another account")
    return found


async def notice_given(tx: Tx, identity_id: int, version: str, at: datetime) -> None:
    """Record that the notice about personal data (Law 91/2025) was shown here, in this version of its text."""
    person_id = await tx.scalar(
        update(Identity)
        .where(Identity.id == identity_id)
        .values(notice_version=version, notice_at=at)
        .returning(Identity.person_id)
    )
    await journal.record(
        tx,
        actor_id=person_id,
        action="notice_given",
        kind="identity",
        record_id=identity_id,
        content={"version": version},
        at=at,
    )


async def seen(tx: Tx, identity_id: int, at: datetime) -> None:
    """Record that the page of this account shows its chat: what was told there is no longer unread."""
    await tx.execute(update(Identity).where(Identity.id == identity_id).values(seen_at=at))


async def revoke(tx: Tx, person_id: int, *, by: int | None, at: datetime) -> int:
    """End every identity of a person; return how many. They cannot speak as this person any more, on any channel."""
    live = (Identity.person_id == person_id, Identity.revoked_at.is_(None))
    ended = (await tx.scalars(update(Identity).where(*live).values(revoked_at=at).returning(Identity.id))).all()
    for identity_id in ended:
        await journal.record(
            tx, actor_id=by, action="revoked", kind="identity", record_id=identity_id, content={}, at=at
        )
    return len(ended)


async def counts(tx: Tx) -> dict[int, int]:
    """Return how many live identities each person has; who has none is left out."""
    live = select(Identity.person_id, func.count()).where(Identity.revoked_at.is_(None)).group_by(Identity.person_id)
    return {person_id: number for person_id, number in await tx.execute(live)}  # noqa: C416 a Row is no pair to dict()
