"""Deliveries: one person who must hear of one notice, where and how urgently, and what has become of it.

waiting → claimed → sent, or later, unknown, unreachable, expired, cancelled. One (notice, person) is one row, whatever
crashes; facts that were gathered into one message are settled together, and name the row that was spoken (`told_with`).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect
from storage.base import Base, Id, Json, JsonList, Tx


class Lane(StrEnum):
    URGENT = "urgent"
    NORMAL = "normal"
    BULK = "bulk"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    UNKNOWN = "unknown"
    LATER = "later"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


_S = DeliveryState
STEPS: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    _S.WAITING: frozenset({_S.CLAIMED, _S.UNREACHABLE, _S.EXPIRED, _S.CANCELLED}),
    # Back to waiting: for the next address, or because its holder stopped before it began to speak.
    _S.CLAIMED: frozenset(set(_S) - {_S.CLAIMED}),
    _S.LATER: frozenset({_S.CLAIMED, _S.UNKNOWN, _S.UNREACHABLE, _S.EXPIRED, _S.CANCELLED, _S.WAITING}),
    # What somebody of the office decides, or for the unreachable that an address came back.
    _S.UNKNOWN: frozenset({_S.WAITING, _S.CANCELLED}),
    _S.UNREACHABLE: frozenset({_S.WAITING, _S.CANCELLED}),
    _S.EXPIRED: frozenset({_S.WAITING, _S.CANCELLED}),
    _S.SENT: frozenset(),
    _S.CANCELLED: frozenset(),
}

# Stands before an address of `tried` at which nothing was wrong but the line.
AWAY = "away "
# Still to be spoken.
OPEN = frozenset({_S.WAITING, _S.CLAIMED, _S.LATER})
# Ended without anybody having surely heard: what the office looks at.
FAILED = frozenset({_S.UNKNOWN, _S.UNREACHABLE, _S.EXPIRED})

# Word for word in the statements too: SQLite uses a partial index for nothing else.
DUE = text("deliveries.state IN ('waiting', 'later')")
_DUE_INDEX, _OPEN_INDEX = text("state IN ('waiting', 'later')"), text("state IN ('waiting', 'later', 'claimed')")
_CLAIMED = text("state = 'claimed'")


class Delivery(Base):
    """`tries`: how often it was claimed for this address. `doubts`: how often nobody knew whether it had been heard.

    `tried`: addresses that will not do, or (marked `AWAY`) whose line was away for long. `body`: what was said, where
    no other record keeps it. `message_id`: the row of the conversation's record that shows it. `words`: which words
    were used.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("notice_id", "person_id"),
        CheckConstraint(
            "(state = 'claimed') = (claimed_by IS NOT NULL) AND (state = 'claimed') = (claimed_until IS NOT NULL)",
            name="what_is_claimed_has_a_holder",
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="what_is_sent_has_a_moment"),
        CheckConstraint(
            "state = 'sent' OR (message_id IS NULL AND outside_id IS NULL AND body IS NULL AND told_with IS NULL)",
            name="only_what_is_sent_was_said",
        ),
        CheckConstraint(
            "state NOT IN ('unknown', 'later', 'unreachable', 'cancelled') OR why IS NOT NULL",
            name="what_went_wrong_has_a_reason",
        ),
        CheckConstraint("state <> 'unknown' OR doubts > 0", name="what_is_unknown_was_in_doubt"),
        CheckConstraint("expires_at > due_at OR state NOT IN ('waiting', 'later')", name="it_is_due_before_it_expires"),
        Index(
            "ix_deliveries_due", "channel", "lane", "due_at", "id", sqlite_where=_DUE_INDEX, postgresql_where=_DUE_INDEX
        ),
        Index(
            "ix_deliveries_open",
            "person_id",
            "channel",
            "lane",
            "id",
            sqlite_where=_OPEN_INDEX,
            postgresql_where=_OPEN_INDEX,
        ),
        Index("ix_deliveries_claimed", "claimed_until", sqlite_where=_CLAIMED, postgresql_where=_CLAIMED),
        Index(None, "state", "sent_at"),
        Index(None, "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    lane: Mapped[Lane]
    state: Mapped[DeliveryState]
    channel: Mapped[str]
    bot_id: Mapped[int]
    chat_id: Mapped[int]
    posted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    doubts: Mapped[int]
    tried: Mapped[JsonList]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    told_with: Mapped[int | None]
    outside_id: Mapped[str | None]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    body: Mapped[Json | None]
    words: Mapped[str | None]
    why: Mapped[str | None]


_T = Delivery.table()
_ADDED = dialect.Either(lambda insert: insert(_T).on_conflict_do_nothing())
_SETTLED = ("state", "due_at", "tries", "doubts", "tried", "channel", "bot_id", "chat_id", "sent_at", "told_with")
_SAID = ("outside_id", "message_id", "body", "words", "why")
_SETTLE = (
    update(_T)
    .where(_T.c.id == bindparam("this"), _T.c.state == DeliveryState.CLAIMED)
    .values(
        {name: bindparam(f"to_{name}") for name in (*_SETTLED, *_SAID)}
        | {"due_at": func.coalesce(bindparam("to_due_at", type_=_T.c.due_at.type), _T.c.due_at)}
        | {"claimed_by": None, "claimed_until": None}
    )
)


async def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write who must hear of what; a (notice, person) that is there already stays as it is."""
    if rows:
        same = {"tries": 0, "doubts": 0, "tried": []}
        await tx.execute(_ADDED.of(tx), [{**same, **row} for row in rows])


async def due(tx: Tx, channels: Collection[str], kinds: Collection[str], now: datetime) -> list[tuple[str, Lane]]:
    """Return in which of these channels, and in which lanes, something of these kinds is due. A look, no promise."""
    lanes = [(channel, lane) for channel in sorted(channels) for lane in Lane]
    if not lanes:
        return []
    here = (DUE, _T.c.due_at <= now, _T.c.kind.in_(kinds))
    # One probe of the index a lane: a hundred thousand that wait are not counted every second.
    looks = [select(_T.c.id).where(*here, _T.c.channel == name, _T.c.lane == lane).exists() for name, lane in lanes]
    found = (await tx.execute(select(*[look.label(f"lane_{at}") for at, look in enumerate(looks)]))).one()
    return [lane for lane, is_due in zip(lanes, found, strict=True) if is_due]


async def settle(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what became of claimed deliveries, all of `_SETTLED` and `_SAID` of each; `due_at` None: as it was.

    The steps out of `claimed` are all allowed; what is no longer claimed is left alone.
    """
    if rows:
        given = [{f"to_{name}": row.get(name) for name in (*_SETTLED, *_SAID)} | {"this": row["id"]} for row in rows]
        await tx.execute(_SETTLE, given)


async def move(tx: Tx, before: int, person_id: int) -> None:
    """Give what one person was told, or is to be told, to whom they turned out to be."""
    twice = _T.alias("twice")
    has = select(twice.c.id).where(twice.c.notice_id == _T.c.notice_id, twice.c.person_id == person_id).exists()
    await tx.execute(delete(_T).where(_T.c.person_id == before, has))
    await tx.execute(update(_T).where(_T.c.person_id == before).values(person_id=person_id))
