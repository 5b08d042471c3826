"""Sessions of the web chat: which browser is which identity, as long as it lasts."""

from datetime import datetime

from sqlalchemy import Exists, ForeignKey, delete, exists, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, Tx
from storage.identities import Identity


class Session(Base):
    """`token_hash`: what the browser keeps, hashed: a stolen copy of the store opens no session.

    `shared`: a computer that several people use; nothing is to be kept in the browser.
    """

    __tablename__ = "sessions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Id]
    identity_id: Mapped[int] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    shared: Mapped[bool]
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]


async def open_(tx: Tx, identity_id: int, token_hash: str, shared: bool, expires_at: datetime, at: datetime) -> int:  # noqa: PLR0917 the contract of the web room
    """Record a session; return its id."""
    row = {
        "identity_id": identity_id,
        "token_hash": token_hash,
        "shared": shared,
        "expires_at": expires_at,
        "opened_at": at,
    }
    session_id: int = (await tx.execute(insert(Session.table()), row)).inserted_primary_key[0]  # type: ignore[attr-defined]  # an INSERT gives a CursorResult
    return session_id


async def find(tx: Tx, token_hash: str, at: datetime) -> Session | None:
    """Return the session of this token if it is neither over nor revoked, nor its identity."""
    live = select(Session).join(Identity, Identity.id == Session.identity_id).where(Identity.revoked_at.is_(None))
    return await tx.scalar(
        live.where(Session.token_hash == token_hash, Session.expires_at > at, Session.revoked_at.is_(None))
    )


async def extend(tx: Tx, session_id: int, expires_at: datetime) -> None:
    await tx.execute(update(Session.table()).where(Session.id == session_id).values(expires_at=expires_at))


async def lapsed(tx: Tx, at: datetime) -> list[Session]:
    """Return the shared sessions that are over and were never ended: what was said in them is still to be forgotten."""
    over = select(Session).where(Session.shared, Session.expires_at <= at, Session.revoked_at.is_(None))
    return list(await tx.scalars(over.order_by(Session.id)))


def open_session() -> Exists:
    """Return whether an identity has a session that nobody ended: somebody may come back to its chat."""
    return exists().where(Session.identity_id == Identity.id, Session.revoked_at.is_(None))


async def revoke(tx: Tx, session_id: int, at: datetime) -> None:
    """End one session: its browser is nobody from now on."""
    ended = update(Session.table()).where(Session.id == session_id, Session.revoked_at.is_(None))
    await tx.execute(ended.values(revoked_at=at))


async def revoke_all(tx: Tx, person_id: int, *, at: datetime) -> int:
    """End every session of a person, on every channel and bot; return how many."""
    own = select(Identity.id).where(Identity.person_id == person_id)
    ended = update(Session.table()).where(Session.identity_id.in_(own), Session.revoked_at.is_(None))
    return len((await tx.execute(ended.values(revoked_at=at).returning(Session.id))).all())


async def sweep(tx: Tx, before: datetime) -> int:
    """Delete sessions that were over by then; return how many. A shared one stays until its texts are forgotten."""
    over = delete(Session.table()).where(Session.expires_at < before)
    done = over.where(~Session.shared | Session.revoked_at.is_not(None))
    return len((await tx.execute(done.returning(Session.id))).all())
