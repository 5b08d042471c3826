"""Consents (Law 91/2025/QH15, article 9): to which purpose, to which version of the text, from when until when."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import journal
from storage.base import Base, Id, Tx


class Consent(Base):
    """One consent. What was once consented to stays known after it is withdrawn."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("withdrawn_at IS NULL OR withdrawn_at >= given_at", name="given_before_withdrawn"),
        Index(None, "person_id", "purpose"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    version: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


async def give(tx: Tx, person_id: int, purpose: str, version: str, *, at: datetime) -> Consent:
    """Record a consent to this version of the text; an older one to the same purpose ends. The same again is one."""
    for standing in await _standing(tx, person_id, purpose):
        if standing.version == version:
            return standing
        standing.withdrawn_at = at
    consent = Consent(person_id=person_id, purpose=purpose, version=version, given_at=at)
    tx.add(consent)
    await tx.flush()
    content = {"purpose": purpose, "version": version}
    await journal.record(
        tx, actor_id=person_id, action="consented", kind="consent", record_id=consent.id, content=content, at=at
    )
    return consent


async def withdraw(tx: Tx, person_id: int, purpose: str, *, at: datetime) -> bool:
    """Record that the consent is withdrawn; return whether there was one."""
    standing = await _standing(tx, person_id, purpose)
    for consent in standing:
        consent.withdrawn_at = at
        await tx.flush()
        await journal.record(
            tx,
            actor_id=person_id,
            action="withdrew",
            kind="consent",
            record_id=consent.id,
            content={"purpose": purpose},
            at=at,
        )
    return bool(standing)


async def of(tx: Tx, person_id: int) -> list[Consent]:
    """Return every consent of a person, the withdrawn ones too, the oldest first."""
    return list(await tx.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id)))


async def _standing(tx: Tx, person_id: int, purpose: str) -> list[Consent]:
    own = select(Consent).where(Consent.person_id == person_id, Consent.purpose == purpose)
    return list(await tx.scalars(own.where(Consent.withdrawn_at.is_(None)).with_for_update()))
