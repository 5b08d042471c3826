"""The list of legal texts: which are in force, suspended, replaced, by what, and how sure that is (manual 7.5)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect, generations, journal
from storage.base import Base, Id, JsonList, NotAllowed, Tx
from storage.who import SEES_ALL, Role, roles_of

# Who may say that a text was looked up: the officers, as for a procedure.
CHECKS = SEES_ALL | {Role.OFFICER, Role.HEAD_OF_UNIT}


class Standing(StrEnum):
    IN_FORCE = "in_force"
    PARTLY = "partly"
    SUSPENDED = "suspended"
    REPLACED = "replaced"


class Sureness(StrEnum):
    SEEN = "seen"  # in the text of a law
    SECONDARY = "secondary"  # in what somebody else wrote about it
    UNCONFIRMED = "unconfirmed"


class LegalText(Base):
    """One text. `number`: "61/2018/NĐ-CP". `since`: the day (Viet Nam's) from which `standing` holds, if known.

    `until`: the last day of a text that applies for a time only.
    """

    __tablename__ = "legal_texts"
    __table_args__ = (
        CheckConstraint("(checked_by IS NULL) = (checked_on IS NULL)", name="a_check_has_a_day"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    standing: Mapped[Standing]
    since: Mapped[date | None]
    until: Mapped[date | None]
    replaced_by: Mapped[JsonList]
    sure: Mapped[Sureness]
    source: Mapped[str]
    note: Mapped[str]
    checked_on: Mapped[date | None]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))

    def facts(self) -> dict[str, Any]:
        """Return the columns as plain data, as whoever knows of law reads them."""
        return {column.name: getattr(self, column.name) for column in self.table().c}


_NEW = dialect.once(LegalText)


async def listed(tx: Tx) -> list[LegalText]:
    """Return every text of the list, by number."""
    return list(await tx.scalars(select(LegalText).order_by(LegalText.number)))


async def add_missing(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> int:
    """Add the texts that the list does not have yet; what the office has changed stays. Return how many.

    A row has "number" and "standing", and may have the other columns but who checked it.
    """
    added = 0
    for row in rows:
        days = {name: date.fromisoformat(row[name]) if row.get(name) else None for name in ("since", "until")}
        said = {name: row.get(name, "") for name in ("number", "title", "standing", "source", "note")}
        sure = row.get("sure", Sureness.UNCONFIRMED.value)
        new = {**said, **days, "replaced_by": list(row.get("replaced_by", ())), "sure": sure}
        added += await tx.scalar(_NEW.of(tx), new) is not None
    if added:
        await generations.bump(tx)
    return added


async def state(
    tx: Tx,
    number: str,
    *,
    standing: Standing,
    since: date | None,
    until: date | None = None,
    replaced_by: tuple[str, ...] = (),
    source: str,
    by: int,
    on: date,
    at: datetime,
    title: str = "",
    note: str = "",
) -> LegalText:
    """Record what somebody of the office has looked up about a text on the day `on`; a new number is added.

    Raises NotAllowed for who is not in charge, ValueError without a number, or a source, or what replaces it.
    """
    if not await roles_of(tx, by) & CHECKS:
        raise NotAllowed(f"person {by} does not keep the list of legal texts")
    if not number.strip() or not source.strip() or (standing is Standing.REPLACED and not replaced_by):
        raise ValueError("a number, a source, and what replaces a text that was replaced")
    await generations.bump(tx)
    row = await tx.scalar(select(LegalText).where(LegalText.number == number.strip()).with_for_update())
    if row is None:
        row = LegalText(number=number.strip(), title=title, note=note)
        tx.add(row)
    row.standing, row.since, row.until, row.replaced_by = standing, since, until, list(replaced_by)
    row.sure, row.source, row.checked_on, row.checked_by = Sureness.SEEN, source.strip(), on, by
    row.title, row.note = title or row.title, note
    await tx.flush()
    content = {
        "number": row.number,
        "standing": standing,
        "since": since,
        "until": until,
        "replaced_by": list(replaced_by),
    }
    await journal.record(tx, actor_id=by, action="stated", kind="legal_text", record_id=row.id, content=content, at=at)
    return row
