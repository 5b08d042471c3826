"""Which chats a dossier may be told to: by its numbers or by the PIN of its receipt; and who follows it."""

import base64
import re
import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, and_, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from storage import dossier_numbers, journal
from storage.base import Base, Id, NoSuchRecord, NotAllowed, Tx
from storage.dossier_numbers import DossierNumber, NumberKind
from storage.dossiers import Dossier
from storage.who import Role, Who, roles_of

# A receipt is kept as long as the dossier is; a company's clerk and its director may both use it.
PIN_LIFETIME = timedelta(days=365)
PIN_USES = 5
# How long after the result was handed over somebody still follows.
FOLLOWED_FOR = timedelta(days=90)
# How long its letters can be seen again, on the desk's own screen.
PIN_SHOWN = timedelta(minutes=30)
PIN_MARK = "HS"
# Whose work it is to print receipts.
ISSUES = frozenset({Role.CLERK, Role.ADMINISTRATOR})
_SIGNS = 12  # 60 bits: beyond guessing through a chat
_GROUP = 4
_NOT_ENDED = text("ended_at IS NULL")


class How(StrEnum):
    ENDING = "ending"
    WHOLE = "whole"
    PIN = "pin"


class Why(StrEnum):
    """Why a chat is linked no more."""

    ASKED = "asked"
    PHONE_CHANGED = "phone_changed"
    OVER = "over"
    ERASED = "erased"


def _once(what: str, column: str) -> Index:
    """Return an index that lets nobody be linked twice at a time."""
    name = f"uq_dossier_links_{what}"
    return Index(name, "person_id", column, unique=True, sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED)


class DossierLink(Base):
    """A person to whom one dossier, or every one of an owner (a keyed hash), is told; `follows`: each change too."""

    __tablename__ = "dossier_links"
    __table_args__ = (
        CheckConstraint("(dossier_id IS NULL) <> (owner IS NULL)", name="to_one_dossier_or_to_one_owner"),
        CheckConstraint("(ended_at IS NULL) = (why IS NULL)", name="an_end_has_a_reason"),
        CheckConstraint("ended_at IS NULL OR NOT follows", name="who_is_not_linked_does_not_follow"),
        _once("one", "dossier_id"),
        _once("all", "owner"),
        Index(None, "dossier_id"),
        Index(None, "owner"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    owner: Mapped[str | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    identity_id: Mapped[int] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"))
    how: Mapped[How]
    follows: Mapped[bool]
    linked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    why: Mapped[Why | None]


class DossierPin(Base):
    """A PIN that was printed. Only its keyed hash is stored; `spelled` is what to type, by a key outside the store."""

    __tablename__ = "dossier_pins"
    __table_args__ = (
        CheckConstraint("(dossier_id IS NULL) <> (owner IS NULL)", name="to_one_dossier_or_to_one_owner"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), index=True)
    owner: Mapped[str | None]
    pin: Mapped[str] = mapped_column(unique=True)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    uses: Mapped[int]
    cancelled: Mapped[bool]


async def issue(tx: Tx, dossier: Dossier, *, by: int | None, at: datetime, everything: bool = False) -> DossierPin:
    """Make a new PIN for a dossier, or with `everything` for all of its owner; `spelled` says what to type.

    An older PIN of the dossier ends. `by` must be a clerk or an administrator (None: the program). Raises NotAllowed,
    and NoSuchRecord where there is no number by which the owner's other dossiers could be found.
    """
    if by is not None and not await roles_of(tx, by) & ISSUES:
        raise NotAllowed(f"person {by} prints no receipts")
    owner = await _owner(tx, dossier.id) if everything else None
    if everything and owner is None:
        raise NoSuchRecord(f"owner of dossier {dossier.id}")
    same = DossierPin.owner == owner if everything else DossierPin.dossier_id == dossier.id
    await tx.execute(update(DossierPin.table()).where(same).values(cancelled=True))
    pin = DossierPin(
        dossier_id=None if everything else dossier.id,
        owner=owner,
        pin=secrets.token_hex(),  # until its id is known, from which it is made
        issued_by=by,
        issued_at=at,
        expires_at=at + PIN_LIFETIME,
        uses=0,
        cancelled=False,
    )
    tx.add(pin)
    await tx.flush()
    pin.pin = _hash(tx, spelled(tx, pin))
    await tx.flush()
    content = {"dossier": dossier.id, "everything": everything}
    await journal.record(tx, actor_id=by, action="issued", kind="dossier_pin", record_id=pin.id, content=content, at=at)
    return pin


def spelled(tx: Tx, pin: DossierPin) -> str:
    """Return what to type for a PIN, in groups of four after "HS".

    It is made of everything about its row: after a restored backup another row of the same number is another PIN.
    """
    row = (str(pin.id), str(pin.dossier_id), str(pin.owner), pin.issued_at.astimezone(UTC).isoformat())
    letters = next(letters for tries in count() if re.search("[2-7]", letters := _letters(tx, *row, str(tries))))
    return "-".join([PIN_MARK, *(letters[start : start + _GROUP] for start in range(0, _SIGNS, _GROUP))])


def _letters(tx: Tx, *row: str) -> str:
    """Return twelve letters; those with no digit among them are not told from words, and are not given out."""
    return base64.b32encode(bytes.fromhex(dossier_numbers.keyed(tx, "pin letters", *row))).decode()[:_SIGNS]


async def fresh(tx: Tx, pin_id: int, *, at: datetime, to: int | None = None) -> DossierPin | None:
    """Return a PIN that was issued so lately that it is still shown (`to`: to whoever issued it); None for another."""
    pin = await tx.get(DossierPin, pin_id)
    if pin is None or pin.cancelled or (to is not None and pin.issued_by != to):
        return None
    is_known = pin.pin == _hash(tx, spelled(tx, pin))  # one of an older program was made of nothing
    return pin if is_known and at < pin.issued_at + PIN_SHOWN else None


def _hash(tx: Tx, pin: str) -> str:
    letters = re.sub("[^A-Z0-9]", "", pin.upper()).removeprefix(PIN_MARK)
    return dossier_numbers.keyed(tx, "pin", letters.translate(str.maketrans("018", "OIB")))


async def _owner(tx: Tx, dossier_id: int) -> str | None:
    """Return the hash of the applicant's own number: a tax code before an id; a filer's phone is not the owner's."""
    own = (NumberKind.TAX_CODE, NumberKind.PERSONAL_ID)
    numbers = await tx.scalars(select(DossierNumber).where(DossierNumber.dossier_id == dossier_id))
    held = {row.kind: row.whole for row in numbers}
    return next((held[kind] for kind in own if kind in held), None)


async def redeem(tx: Tx, pin: str, who: Who, *, at: datetime) -> DossierLink | None:
    """Link the speaker by a PIN; None where it is none, is over, or was used too often.

    Whoever is linked by it and types it again, as people do who want to look, spends none of its uses.
    """
    good = (DossierPin.pin == _hash(tx, pin), DossierPin.cancelled.is_(False), DossierPin.expires_at > at)
    to = or_(DossierLink.dossier_id == DossierPin.dossier_id, DossierLink.owner == DossierPin.owner)
    again = select(DossierLink).join(DossierPin, to).where(*good, *live_to(who.person_id))
    if standing := await tx.scalar(again.limit(1)):
        return standing
    used = update(DossierPin).where(*good, DossierPin.uses < PIN_USES).values(uses=DossierPin.uses + 1)
    found = await tx.scalar(used.returning(DossierPin), execution_options={"populate_existing": True})
    if found is None:
        return None
    return await link(tx, who, How.PIN, dossier_id=found.dossier_id, owner=found.owner, at=at)


async def link(
    tx: Tx, who: Who, how: How, *, dossier_id: int | None, owner: str | None = None, at: datetime
) -> DossierLink:
    """Let the speaker be told of a dossier, or of all of an owner. A link that stands already is returned."""
    to = DossierLink.dossier_id == dossier_id if owner is None else DossierLink.owner == owner
    live = select(DossierLink).where(DossierLink.person_id == who.person_id, DossierLink.ended_at.is_(None), to)
    if standing := await tx.scalar(live.with_for_update()):
        return standing
    new = DossierLink(
        dossier_id=dossier_id,
        owner=owner,
        person_id=who.person_id,
        identity_id=who.identity_id,
        how=how,
        follows=False,
        linked_at=at,
    )
    tx.add(new)
    await tx.flush()
    await _journal(tx, new, "linked", by=who.person_id, at=at)
    return new


async def follow(tx: Tx, who: Who, dossier: Dossier, *, on: bool, at: datetime) -> bool:
    """Let the speaker hear of each change from now on, here, or of none; return whether that is new.

    Raises NoSuchRecord for a dossier to which they are not linked.
    """
    rows = list(await tx.scalars(select(DossierLink).where(*live_to(who.person_id), _of(dossier)).with_for_update()))
    if not rows:
        raise NoSuchRecord(f"dossier {dossier.id}")
    own = next((row for row in rows if row.dossier_id == dossier.id), None)
    if own is None:  # linked to all of the owner's: what is followed is this one
        own = await link(tx, who, rows[0].how, dossier_id=dossier.id, at=at)
    was, own.follows, own.identity_id = own.follows, on, who.identity_id
    await tx.flush()
    if was != on:
        await _journal(tx, own, "follows" if on else "follows_no_more", by=who.person_id, at=at)
    return was != on


async def follows(tx: Tx, person_id: int, dossier_id: int) -> bool:
    """Tell whether somebody hears of each change of this dossier."""
    one = (DossierLink.dossier_id == dossier_id, DossierLink.follows)
    return await tx.scalar(select(DossierLink.id).where(*live_to(person_id), *one).limit(1)) is not None


async def followed(tx: Tx, person_id: int, *, limit: int) -> list[Dossier]:
    """Return the dossiers of whose changes somebody hears."""
    rows = select(Dossier).join(DossierLink, DossierLink.dossier_id == Dossier.id)
    own = rows.where(*live_to(person_id), DossierLink.follows).order_by(DossierLink.id)
    return list(await tx.scalars(own.limit(limit)))


async def followers(tx: Tx, dossier_id: int) -> list[DossierLink]:
    """Return who hears of each change of this dossier."""
    live = (DossierLink.dossier_id == dossier_id, DossierLink.ended_at.is_(None), DossierLink.follows)
    return list(await tx.scalars(select(DossierLink).where(*live).order_by(DossierLink.id)))


async def end(tx: Tx, why: Why, *where: ColumnElement[bool], at: datetime, by: int | None = None) -> int:
    """End live links; return how many."""
    over = update(DossierLink).where(DossierLink.ended_at.is_(None), *where)
    gone = await tx.scalars(over.values(ended_at=at, why=why, follows=False).returning(DossierLink))
    rows = list(gone.all())
    for row in rows:
        await _journal(tx, row, "unlinked", by=by, at=at)
    return len(rows)


async def end_old(tx: Tx, *, at: datetime) -> int:
    """End the links to what was handed over, or ended, long ago; return how many. One sweep a day."""
    long_ago = at - FOLLOWED_FOR
    over = or_(Dossier.returned_at < long_ago, and_(Dossier.clock == "ended", Dossier.data_at < long_ago))
    return await end(tx, Why.OVER, DossierLink.dossier_id.in_(select(Dossier.id).where(over)), at=at)


async def move(tx: Tx, before: int, person_id: int) -> None:
    """Let somebody have what was linked to the nameless citizen they turned out to be."""
    own = select(DossierLink).where(*live_to(person_id))
    has = {(link.dossier_id, link.owner) for link in await tx.scalars(own)}
    for link in await tx.scalars(select(DossierLink).where(DossierLink.person_id == before)):
        if link.ended_at is not None or (link.dossier_id, link.owner) not in has:
            link.person_id = person_id
    await tx.flush()


async def held(tx: Tx, person_id: int) -> list[dict[str, Any]]:
    """Return what is kept of somebody's links, for the copy of their data."""
    rows = select(DossierLink, Dossier.code).outerjoin(Dossier, Dossier.id == DossierLink.dossier_id)
    found = await tx.execute(rows.where(*live_to(person_id)).order_by(DossierLink.id))
    return [
        {"dossier": code, "how": link.how, "follows": link.follows, "linked_at": link.linked_at.isoformat()}
        for link, code in found
    ]


def live_to(person_id: int) -> tuple[ColumnElement[bool], ...]:
    return (DossierLink.person_id == person_id, DossierLink.ended_at.is_(None))


def _of(dossier: Dossier) -> ColumnElement[bool]:
    owners = select(DossierNumber.whole).where(DossierNumber.dossier_id == dossier.id)
    return or_(DossierLink.dossier_id == dossier.id, DossierLink.owner.in_(owners))


def linked(person_id: int) -> ColumnElement[bool]:
    """Return the condition under which a dossier may be told to this person."""
    one = select(DossierLink.dossier_id).where(*live_to(person_id), DossierLink.dossier_id.is_not(None))
    owners = select(DossierLink.owner).where(*live_to(person_id), DossierLink.owner.is_not(None))
    theirs = select(DossierNumber.dossier_id).where(DossierNumber.whole.in_(owners))
    return or_(Dossier.id.in_(one), Dossier.id.in_(theirs))


async def _journal(tx: Tx, row: DossierLink, action: str, *, by: int | None, at: datetime) -> None:
    content = {"dossier": row.dossier_id, "how": row.how}
    await journal.record(tx, actor_id=by, action=action, kind="dossier_link", record_id=row.id, content=content, at=at)
