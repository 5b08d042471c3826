"""The generation of the controlled texts: it moves whenever what may answer changes."""

from sqlalchemy import CheckConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Tx
from storage.types import ID_COLUMN


class Generation(Base):
    """One row; the migration puts it there."""

    __tablename__ = "generations"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one"),)

    id: Mapped[int] = mapped_column(ID_COLUMN, primary_key=True, autoincrement=False)
    number: Mapped[int]


_T = Generation.table()


async def current(tx: Tx) -> int:
    number: int = (await tx.execute(select(_T.c.number))).scalar_one()
    return number


async def bump(tx: Tx) -> None:
    """Move it. Until this transaction ends, no other can: approvals happen one after the other."""
    await tx.execute(update(_T).values(number=_T.c.number + 1))
