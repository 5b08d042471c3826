"""When somebody wants the one message of the day about their work (`nhắc việc 08:00`). No row: the office's time."""

from collections.abc import Mapping
from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect
from storage.base import Base, Tx


class DigestTime(Base):
    """`at`: a time of day in Viet Nam, "07:30"."""

    __tablename__ = "digest_times"
    __table_args__ = (CheckConstraint("length(at) = 5", name="a_time_is_written_as_0730"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[str]
    chosen_at: Mapped[datetime]


_CHOOSE = dialect.replacing(DigestTime)


async def choose(tx: Tx, person_id: int, at: time, *, now: datetime) -> None:
    """Record when somebody wants to hear of their work."""
    row = {"person_id": person_id, "at": f"{at:%H:%M}", "chosen_at": now}
    await tx.execute(_CHOOSE.of(tx), row)


async def chosen(tx: Tx) -> Mapping[int, time]:
    """Return the times that people chose, by person."""
    table = DigestTime.table()
    return {row.person_id: time.fromisoformat(row.at) for row in await tx.execute(select(table))}
