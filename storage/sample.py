"""The mark of a store that holds sample data: what only plays with time may run on it, and on no other."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect
from storage.base import Base, Tx


class Sample(Base):
    """At most one row."""

    __tablename__ = "sample"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]


_MARKED = dialect.once(Sample)


async def mark(tx: Tx, at: datetime) -> None:
    """Record that everything in this store is invented."""
    await tx.execute(_MARKED.of(tx), {"id": 1, "since": at})


async def is_one(tx: Tx) -> bool:
    return await tx.get(Sample, 1) is not None
