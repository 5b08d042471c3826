"""Proving whose dossier it is, and how often somebody may try.

A code can be guessed (a day and a running number), four digits too. So endings are tried a few times a code, a chat,
an address and in all; after that only a whole number or the PIN opens, so that a stranger locks nobody out. A code that
does not exist has the same budget and costs the same queries and hashes as one that does.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Index, ScalarSelect, Select, bindparam, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect, dossier_links, dossier_numbers, journal
from storage.base import Base, Id, Tx
from storage.dossier_links import How
from storage.dossier_numbers import ENDING, DossierNumber, NumberKind
from storage.dossiers import Dossier
from storage.who import Who

_HOUR, _DAY, _MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
# A number typed in part, or with its tail missing, is neither an ending nor whole.
FEWEST_WHOLE = 9
_NOTHING = "0" * 32


@dataclass(frozen=True, slots=True)
class Budgets:
    """How many wrong endings may be tried for one code, from one address, in all; and how many of either from a chat.

    `address_whole`: wrong whole numbers an hour from one address.
    """

    code_day: int = 5
    code_month: int = 20
    chat_hour: int = 8
    address_hour: int = 20
    address_whole: int = 60
    all_hour: int = 60
    all_day: int = 240


class DossierGuess(Base):
    """A proof that was tried in vain. `code` and `address`: keyed hashes. Neither says whether the dossier exists."""

    __tablename__ = "dossier_guesses"
    __table_args__ = (
        Index(None, "code", "at"),
        Index(None, "identity_id", "at"),
        Index(None, "address", "at"),
        Index(None, "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    code: Mapped[str]
    identity_id: Mapped[int] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"))
    address: Mapped[str]
    whole: Mapped[bool]
    at: Mapped[datetime]


class Verdict(StrEnum):
    PROVEN = "proven"
    WRONG = "wrong"
    WHOLE_NEEDED = "whole_needed"
    WAIT = "wait"


async def prove(
    tx: Tx, who: Who, *, key: str, digits: str, address: str, budgets: Budgets, at: datetime
) -> tuple[Verdict, Dossier | None]:
    """Link the speaker to the dossier of this key if the digits stand on it: its last four, or all of a number.

    `key`: as knowledge.dossier_codes.key gives it. `address`: where the chat comes from, "" if unknown. A wrong try is
    counted: let the transaction commit. Never says why it is wrong: no such dossier, none of its numbers, none on file.
    """
    whole = len(digits) >= FEWEST_WHOLE
    tried = _Try(dossier_numbers.keyed(tx, "guess", key), who.identity_id, _address(tx, address), whole, at)
    verdict = await _verdict(tx, tried, budgets)
    dossier_id, good = await _matched(tx, key, digits, whole=whole)
    if verdict is not None:
        return verdict, None
    if dossier_id is None or not good:
        await tx.execute(insert(DossierGuess.table()), tried._asdict())
        return Verdict.WRONG, None
    if not who.is_staff:  # at the desk it is the citizen's, not the clerk's
        await dossier_links.link(tx, who, How.WHOLE if whole else How.ENDING, dossier_id=dossier_id, at=at)
    await journal.record(
        tx, actor_id=who.person_id, action="proved", kind="dossier", record_id=dossier_id, content={}, at=at
    )
    return Verdict.PROVEN, await tx.get_one(Dossier, dossier_id)


async def redeem(tx: Tx, pin: str, who: Who, *, budgets: Budgets, at: datetime) -> Dossier | bool | Verdict:
    """Link the speaker by the PIN of a receipt: return its dossier, True for all of an owner, else why not.

    Nobody guesses sixty bits: only wrong PINs of this chat are counted against it. So a receipt opens where its owner
    has mistaken their digits too often, and where a neighbour has spent what may be tried from an address.
    """
    tried = _Try(dossier_numbers.keyed(tx, "guess", "pin"), who.identity_id, "", whole=True, at=at)
    if not dialect.is_sqlite(tx):
        await _alone(tx, tried)
    given = {"code": tried.code, "identity_id": tried.identity_id, "hour": at - _HOUR}
    if (await tx.scalar(_PINS, given) or 0) >= budgets.chat_hour:
        return Verdict.WAIT
    link = await dossier_links.redeem(tx, pin, who, at=at)
    if link is None:
        await tx.execute(insert(DossierGuess.table()), tried._asdict())
        return Verdict.WRONG
    return True if link.dossier_id is None else await tx.get_one(Dossier, link.dossier_id)


async def forget(tx: Tx, before: datetime, *, at: datetime) -> int:
    """Delete the tries of before a moment, but for those that a budget still counts; return how many."""
    over = DossierGuess.at < min(before, at - _MONTH)
    ended = await tx.execute(delete(DossierGuess.table()).where(over).returning(DossierGuess.id))
    return len(ended.all())


class _Try(NamedTuple):
    """A row of `DossierGuess`, should it be in vain."""

    code: str
    identity_id: int
    address: str
    whole: bool
    at: datetime


def _address(tx: Tx, address: str) -> str:
    return dossier_numbers.keyed(tx, "address", address) if address else ""


async def _verdict(tx: Tx, tried: _Try, budgets: Budgets) -> Verdict | None:
    """Return why this is not compared at all; None: it is, and nobody else's try comes in between.

    What is spent stays spent: then nobody waits for anybody, however many guess. SQLite has one writer anyway.
    """
    spent = await _spent(tx, tried, budgets)
    if spent is None and not dialect.is_sqlite(tx):
        await _alone(tx, tried)
        spent = await _spent(tx, tried, budgets)
    return spent


async def _alone(tx: Tx, tried: _Try) -> None:
    """Let tries that share a budget wait for each other until the commit, or many at once are each the first.

    Endings share one in all, whole numbers only those of their address and chat: so a storm of endings holds up nobody
    who has the number. Everybody takes what is wider before what is narrower, or two wait for each other.
    """
    wide = "endings" if not tried.whole else tried.address
    names = [*([("wide", wide)] if wide else []), ("chat", str(tried.identity_id))]
    locks = [dossier_numbers.keyed(tx, "lock", *name) for name in names]
    numbers = [int.from_bytes(bytes.fromhex(lock)[:8], signed=True) for lock in locks]
    await tx.execute(select(*[func.pg_advisory_xact_lock(number) for number in numbers]))


_PINS = select(func.count()).where(
    DossierGuess.identity_id == bindparam("identity_id"),
    DossierGuess.code == bindparam("code"),
    DossierGuess.at > bindparam("hour", type_=DossierGuess.table().c.at.type),
)


def _counted() -> Select[*tuple[int, ...]]:
    """Return what counts the tries that share a budget with a new one. Built once: it is sent at every try."""
    guess = DossierGuess.table().c
    endings, here = guess.whole.is_(False), guess.address == bindparam("address")
    chat, code = guess.identity_id == bindparam("identity_id"), guess.code == bindparam("code")

    def tried(since: str, *where: ColumnElement[bool]) -> ScalarSelect[int]:
        within = guess.at > bindparam(since, type_=guess.at.type)
        return select(func.count()).select_from(DossierGuess.table()).where(within, *where).scalar_subquery()

    return select(
        tried("hour", chat),
        tried("day", code, endings),
        tried("month", code, endings),
        tried("hour", here, endings),
        tried("hour", here, guess.whole),
        tried("hour", endings),
        tried("day", endings),
    )


_COUNTED = _counted()


async def _spent(tx: Tx, tried: _Try, budgets: Budgets) -> Verdict | None:
    given = {"code": tried.code, "identity_id": tried.identity_id, "address": tried.address or "-"}
    since = {"hour": tried.at - _HOUR, "day": tried.at - _DAY, "month": tried.at - _MONTH}
    counts = (await tx.execute(_COUNTED, given | since)).one()
    chat, code_day, code_month, near, near_whole, all_hour, all_day = counts
    if chat >= budgets.chat_hour or (tried.whole and near_whole >= budgets.address_whole):
        return Verdict.WAIT
    spent = code_day >= budgets.code_day or code_month >= budgets.code_month or near >= budgets.address_hour
    if not tried.whole and (spent or all_hour >= budgets.all_hour or all_day >= budgets.all_day):
        return Verdict.WHOLE_NEEDED
    return None


_NUMBERS = (
    select(Dossier.id, DossierNumber.whole, DossierNumber.ending)
    .outerjoin(DossierNumber, DossierNumber.dossier_id == Dossier.id)
    .where(Dossier.key == bindparam("key"))
)


async def _matched(tx: Tx, key: str, digits: str, *, whole: bool) -> tuple[int | None, bool]:
    """Compare with every number on the dossier; where there is none, with nothing, as often."""
    rows = (await tx.execute(_NUMBERS, {"key": key})).all()
    typed = dossier_numbers.whole(tx, digits) if whole else dossier_numbers.ending(tx, key, digits)
    held = [(row.whole if whole else row.ending) for row in rows if row.whole is not None]
    held += [_NOTHING] * (len(NumberKind) - len(held))
    good = [hmac.compare_digest(typed, one) for one in held]  # all of them: the first right one must not be sooner
    exact = whole or len(digits) == ENDING
    return (rows[0].id if rows else None), any(good) and exact
