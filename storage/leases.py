"""Leases: who may do alone what only one process may do (the timetable, the sender of a token), and until when.

The holder renews it well before its end; one that died loses it by itself. The moments are the callers' clocks: keep
the clocks of the machines within a few seconds of each other.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect
from storage.base import Base, Tx


class Lease(Base):
    """One row a name, kept when it has run out: `since` tells how long its holder has had it."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds a lease, since when, until when."""

    holder: str
    since: datetime
    until: datetime


_T = Lease.table()


def _taking(insert: Any) -> Any:
    row = insert(_T)
    mine, held = row.excluded, _T.c
    since = case((held.holder == mine.holder, held.since), else_=mine.since)
    return row.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": mine.holder, "until": mine.until, "since": since},
        # `since` comes in as the moment of the asking: what has run out by then, or was given back, is free.
        where=or_(held.until <= mine.since, held.holder == mine.holder),
    ).returning(held.name)


_TAKE = dialect.Either(_taking)


async def take(tx: Tx, name: str, holder: str, until: datetime, now: datetime) -> bool:
    """Take the lease, or renew it; return whether `holder` has it until `until`. False: somebody else does."""
    row = {"name": name, "holder": holder, "since": now, "until": until}
    return await tx.scalar(_TAKE.of(tx), row) is not None


async def release(tx: Tx, name: str, holder: str) -> None:
    """Give the lease back before its time, if `holder` has it: another need not wait for its end."""
    await tx.execute(delete(_T).where(_T.c.name == name, _T.c.holder == holder))


async def of(tx: Tx, name: str, now: datetime) -> Held | None:
    """Return who holds this lease; None when nobody does."""
    row = (await tx.execute(select(_T).where(_T.c.name == name, _T.c.until > now))).first()
    return Held(row.holder, row.since, row.until) if row else None


async def run_out(tx: Tx, prefix: str, now: datetime) -> list[str]:
    """Return who had a lease of a name that begins so, and neither renewed it nor gave it back: they are dead."""
    own = select(_T.c.holder).where(_T.c.name.startswith(prefix, autoescape=True), _T.c.until <= now)
    return list(await tx.scalars(own))


async def forget(tx: Tx, prefix: str, before: datetime) -> None:
    """Delete leases of names that begin so and ran out before."""
    await tx.execute(delete(_T).where(_T.c.name.startswith(prefix, autoescape=True), _T.c.until < before))
