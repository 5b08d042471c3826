"""Proving whose dossier it is, and how often somebody may try.

A code can be guessed (a day and a running number), four digits too. So endings are tried a few times a code, a chat,
an address and in all; after that only a whole number or the PIN opens, so that a stranger locks nobody out. A code that
does not exist has the same budget and costs the same queries and hashes as one that does.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, ScalarSelect, delete, func, insert, select, text
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
    code = dossier_numbers.keyed(tx, "guess", key)
    await _alone(tx, code)
    whole = len(digits) >= FEWEST_WHOLE
    verdict = await _spent(tx, who, code, address, budgets, whole=whole, at=at)
    dossier, good = await _matched(tx, key, digits, whole=whole)
    if verdict is not None:
        return verdict, None
    if dossier is None or not good:
        await tx.execute(insert(DossierGuess.table()), _row(tx, who, code, address, whole=whole, at=at))
        return Verdict.WRONG, None
    if not who.is_staff:  # at the desk it is the citizen's, not the clerk's
        await dossier_links.link(tx, who, How.WHOLE if whole else How.ENDING, dossier_id=dossier.id, at=at)
    await journal.record(
        tx, actor_id=who.person_id, action="proved", kind="dossier", record_id=dossier.id, content={}, at=at
    )
    return Verdict.PROVEN, dossier


async def redeem(tx: Tx, pin: str, who: Who, *, address: str, budgets: Budgets, at: datetime) -> Dossier | bool | None:
    """Link the speaker by the PIN of a receipt: return its dossier, True for all of an owner, None if it is wrong.

    A wrong one is counted for the chat; one that has tried too often waits, whatever it types.
    """
    code = dossier_numbers.keyed(tx, "guess", "pin")
    if await _spent(tx, who, code, address, budgets, whole=True, at=at) is Verdict.WAIT:
        return None
    link = await dossier_links.redeem(tx, pin, who, at=at)
    if link is None:
        await tx.execute(insert(DossierGuess.table()), _row(tx, who, code, address, whole=True, at=at))
        return None
    return True if link.dossier_id is None else await tx.get_one(Dossier, link.dossier_id)


async def forget(tx: Tx, before: datetime, *, at: datetime) -> int:
    """Delete the tries of before a moment, but for those that a budget still counts; return how many."""
    over = DossierGuess.at < min(before, at - _MONTH)
    ended = await tx.execute(delete(DossierGuess.table()).where(over).returning(DossierGuess.id))
    return len(ended.all())


def _row(tx: Tx, who: Who, code: str, address: str, *, whole: bool, at: datetime) -> dict[str, object]:
    return {"code": code, "identity_id": who.identity_id, "address": _address(tx, address), "whole": whole, "at": at}


def _address(tx: Tx, address: str) -> str:
    return dossier_numbers.keyed(tx, "address", address) if address else ""


async def _alone(tx: Tx, code: str) -> None:
    """Let tries of one code wait for each other, or many at once are each the first. SQLite has one writer anyway."""
    if not dialect.is_sqlite(tx):
        number = int.from_bytes(bytes.fromhex(code)[:8], signed=True)
        await tx.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


async def _spent(
    tx: Tx, who: Who, code: str, address: str, budgets: Budgets, *, whole: bool, at: datetime
) -> Verdict | None:
    guess = DossierGuess.table()

    def tried(*where: ColumnElement[bool], since: timedelta) -> ScalarSelect[int]:
        return select(func.count()).select_from(guess).where(guess.c.at > at - since, *where).scalar_subquery()

    endings = guess.c.whole.is_(False)
    there = guess.c.address == (_address(tx, address) or "-")
    counts = (
        await tx.execute(
            select(
                tried(guess.c.identity_id == who.identity_id, since=_HOUR),
                tried(guess.c.code == code, endings, since=_DAY),
                tried(guess.c.code == code, endings, since=_MONTH),
                tried(there, endings, since=_HOUR),
                tried(there, guess.c.whole, since=_HOUR),
                tried(endings, since=_HOUR),
                tried(endings, since=_DAY),
            )
        )
    ).one()
    chat, code_day, code_month, near, near_whole, all_hour, all_day = counts
    if chat >= budgets.chat_hour or (whole and near_whole >= budgets.address_whole):
        return Verdict.WAIT
    spent = code_day >= budgets.code_day or code_month >= budgets.code_month or near >= budgets.address_hour
    if not whole and (spent or all_hour >= budgets.all_hour or all_day >= budgets.all_day):
        return Verdict.WHOLE_NEEDED
    return None


async def _matched(tx: Tx, key: str, digits: str, *, whole: bool) -> tuple[Dossier | None, bool]:
    """Compare with every number on the dossier; where there is none, with nothing, as often."""
    found = select(Dossier, DossierNumber).outerjoin(DossierNumber, DossierNumber.dossier_id == Dossier.id)
    rows = (await tx.execute(found.where(Dossier.key == key))).all()
    typed = dossier_numbers.whole(tx, digits) if whole else dossier_numbers.ending(tx, key, digits)
    held = [(row[1].whole if whole else row[1].ending) for row in rows if row[1] is not None]
    held += [_NOTHING] * (len(NumberKind) - len(held))
    good = [hmac.compare_digest(typed, one) for one in held]  # all of them: the first right one must not be sooner
    exact = whole or len(digits) == ENDING
    return (rows[0][0] if rows else None), any(good) and exact
