"""Facts that somebody must hear of. Written in the transaction of the fact; addressed and spoken afterwards."""

from datetime import datetime

from sqlalchemy import Index, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect
from storage.base import Base, Id, Tx

_UNTOLD = text("told_at IS NULL")


class Notice(Base):
    """`about`: the id of the record that `kind` speaks of. `key`: one fact has one key, however often it is found."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_untold", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    about: Mapped[int]
    posted_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


_POST = dialect.once(Notice)


async def post(tx: Tx, kind: str, about: int, *, at: datetime, once: str = "") -> bool:
    """Record the fact; return whether it is new. The same fact (kind, about, once) posted twice is one fact.

    A new one leaves `posted` in `tx.info`, so that whoever commits can wake the delivery.
    """
    row = {"key": f"{kind}:{about}:{once}", "kind": kind, "about": about, "posted_at": at}
    new = await tx.scalar(_POST.of(tx), row) is not None
    if new:
        tx.info["posted"] = True
    return new


async def untold(tx: Tx, limit: int) -> list[Notice]:
    """Return the oldest notices that nobody was told of."""
    return list(await tx.scalars(select(Notice).where(Notice.told_at.is_(None)).order_by(Notice.id).limit(limit)))


async def told(tx: Tx, notice_id: int, at: datetime) -> bool:
    """Settle a notice; return whether this call did: of two processes that deliver it, one tells the person."""
    table = Notice.table()
    untold_one = update(table).where(table.c.id == notice_id, table.c.told_at.is_(None))
    return await tx.scalar(untold_one.values(told_at=at).returning(table.c.id)) is not None
