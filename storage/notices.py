"""Facts that somebody must hear of. Written in the transaction of the fact; addressed and spoken afterwards.

The rows stay: that there was something to tell, and when, is a record; and a fact that is found again has its key.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect
from storage.base import Base, Id, Json, Tx

_UNADDRESSED = text("addressed_at IS NULL")
# Who posts and who addresses may be two machines.
CLOCKS_DIFFER = timedelta(minutes=5)


class Notice(Base):
    """`about`: the id of the record that `kind` speaks of. `key`: one fact has one key, however often it is found.

    `facts`: what the record will not tell any more when the words are found (which day, which stage): numbers and
    dates, nothing personal. `tries`, `again_at`, `why`: an addressing that failed, and when it is tried again.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_unaddressed", "kind", "id", sqlite_where=_UNADDRESSED, postgresql_where=_UNADDRESSED),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    about: Mapped[int]
    facts: Mapped[Json | None]
    posted_at: Mapped[datetime]
    addressed_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    again_at: Mapped[datetime | None]
    why: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Stuck:
    """Notices of one kind that nobody could be told of: how many, since when, and why (None: not tried yet)."""

    kind: str
    count: int
    since: datetime
    why: str | None


_T = Notice.table()
_POST = dialect.once(Notice)


async def post(
    tx: Tx, kind: str, about: int, *, at: datetime, once: str = "", facts: Mapping[str, Any] | None = None
) -> bool:
    """Record the fact; return whether it is new. The same fact (kind, about, once) posted twice is one fact.

    A new one leaves `posted` in `tx.info`, so that whoever commits can wake the delivery.
    """
    row = {"key": f"{kind}:{about}:{once}", "kind": kind, "about": about, "posted_at": at, "facts": facts, "tries": 0}
    new = await tx.scalar(_POST.of(tx), row) is not None
    if new:
        tx.info["posted"] = True
    return new


async def post_many(
    tx: Tx, kind: str, facts: Sequence[tuple[int, str, Mapping[str, Any]]], *, at: datetime
) -> set[tuple[int, str]]:
    """Record facts of a kind (about, once, facts) in one statement; return (about, once) of those that are new."""
    if not facts:
        return set()
    rows = [
        {"key": f"{kind}:{about}:{once}", "kind": kind, "about": about, "posted_at": at, "facts": noted, "tries": 0}
        for about, once, noted in facts
    ]
    new = {row.key for row in await tx.execute(_POST.of(tx).returning(_T.c.key), rows)}
    if new:
        tx.info["posted"] = True
    return {(about, once) for about, once, _ in facts if f"{kind}:{about}:{once}" in new}


async def is_any(tx: Tx, kinds: Collection[str], now: datetime) -> bool:
    """Tell whether anything of these kinds is to be addressed: a look that locks nothing."""
    waiting = select(_T.c.id).where(_UNADDRESSED, _T.c.kind.in_(kinds))
    return await tx.scalar(waiting.where(*_due(now)).limit(1)) is not None


async def unaddressed(tx: Tx, kinds: Collection[str], now: datetime, limit: int) -> list[Notice]:
    """Return the oldest notices of these kinds for which nobody has been looked up, but for those that rest."""
    waiting = select(Notice).where(_UNADDRESSED, Notice.kind.in_(kinds)).order_by(Notice.id).limit(limit)
    # Who comes second waits for these and takes the next: side by side, two would address one person's out of order.
    return list(await tx.scalars(waiting.where(*_due(now)).with_for_update()))


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what is to be addressed now: not what rests, nor what a simulation here knows of next week."""
    return (_T.c.again_at.is_(None) | (_T.c.again_at <= now), _T.c.posted_at <= now + CLOCKS_DIFFER)


async def addressed(tx: Tx, ids: Sequence[int], at: datetime) -> list[int]:
    """Settle what was addressed: whoever must hear of it has a delivery. Return which of these this call settled."""
    done = update(_T).where(_T.c.id.in_(ids), _T.c.addressed_at.is_(None))
    return list(await tx.scalars(done.values(addressed_at=at, why=None, again_at=None).returning(_T.c.id)))


async def failed(tx: Tx, notice_id: int, why: str, again_at: datetime) -> None:
    """Record that nobody could be looked up. `why`: the name of an error, no text of anybody's."""
    still = update(_T).where(_T.c.id == notice_id, _T.c.addressed_at.is_(None))
    await tx.execute(still.values(why=why, again_at=again_at, tries=_T.c.tries + 1))


async def stuck(tx: Tx, listed: Collection[str]) -> list[Stuck]:
    """Return, by kind, what failed to be addressed, and what no kind of `listed` will ever address."""
    lost = select(_T.c.kind, func.count(), func.min(_T.c.posted_at), func.max(_T.c.why)).where(_UNADDRESSED)
    either = _T.c.why.is_not(None) | _T.c.kind.not_in(listed)
    return [Stuck(*row) for row in await tx.execute(lost.where(either).group_by(_T.c.kind).order_by(_T.c.kind))]
