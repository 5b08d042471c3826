"""Senders that were told to be silent for a while (Telegram's 429): one row a sender, obeyed by every process."""

from datetime import datetime
from typing import Any

from sqlalchemy import Insert, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect
from storage.base import Base, Tx


class Halt(Base):
    """`sender`: whom the other side counts as one, "telegram:<bot id>"."""

    __tablename__ = "halts"

    sender: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]


_T = Halt.table()


def _later(insert: Any) -> Insert:
    row = insert(_T)
    later: Insert = row.on_conflict_do_update(
        index_elements=["sender"], set_={"until": row.excluded["until"]}, where=_T.c.until < row.excluded["until"]
    )
    return later


_HALTED = dialect.Either(_later)


async def halt(tx: Tx, sender: str, until: datetime) -> None:
    """Let nobody send for `sender` before `until`; of two halts the one that lasts longer stands."""
    await tx.execute(_HALTED.of(tx), {"sender": sender, "until": until})


async def of(tx: Tx, sender: str) -> datetime | None:
    """Return until when `sender` is silent, also when that is past; None if it was never halted."""
    return await tx.scalar(select(_T.c.until).where(_T.c.sender == sender))
