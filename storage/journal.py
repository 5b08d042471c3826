"""The journal: who did what to which record, when. Append-only, sealed by a chain of HMACs.

An entry holds ids and keyed digests only, no personal text, so that erasing somebody's data leaves the journal whole.
It tells what people did to records; messages, forms, sessions, notices and vectors bear their own moments.

Entries are inserted without a lock: a chain kept at every insert breaks, or cuts PostgreSQL to a third of its speed.
A sealing step chains the committed ones into a second insert-only table. Triggers refuse UPDATE, DELETE and TRUNCATE of
both; whoever gets around the triggers is found by `verify`, short of the unsealed tail, which it counts.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Row, RowMapping, func, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect
from storage.base import Base, Id, Tx
from storage.straight import Straight
from storage.types import ID_COLUMN, canonical

_SEALING = 7_201_002
_AT_A_TIME = 2_000
# How many ids behind the last sealed one an entry may still turn up: a transaction is cut off after a minute of idling.
_LATE = 200_000


class Entry(Base):
    """One act. `digest`: keyed digest of what it was about; `mac`: keyed digest of the row, its id excepted."""

    __tablename__ = "journal"
    __table_args__ = (Index(None, "kind", "record_id"), {"sqlite_autoincrement": True})

    id: Mapped[Id]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]  # no foreign key: an entry outlives the person's row
    action: Mapped[str]
    kind: Mapped[str]
    record_id: Mapped[int]
    digest: Mapped[str]
    mac: Mapped[str]


class Seal(Base):
    """A link of the chain: `mac` is keyed over the seal before, this one's number, and the entry."""

    __tablename__ = "seals"

    seq: Mapped[int] = mapped_column(ID_COLUMN, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal.id", ondelete="RESTRICT"), unique=True)
    mac: Mapped[str]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain, to be written where the database's owner cannot write. `seq` 0: nothing is sealed."""

    seq: int
    mac: str


@dataclass(slots=True)
class Verdict:
    """What `verify` found; the lists hold ids of entries.

    `changed`: not as it was written, or not written by this program. `missing`: sealed and gone. `reordered`: sealed in
    another place than it stands now, or put in the place of another. `lost_seals`: numbers missing in the chain.
    `cut_off`: the chain no longer holds a head that was written outside. `unsealed`: the tail that nothing protects.
    """

    sealed: int = 0
    unsealed: int = 0
    cut_off: bool = False
    changed: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    reordered: list[int] = field(default_factory=list)
    lost_seals: list[int] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not (self.cut_off or self.changed or self.missing or self.reordered or self.lost_seals)


_E, _S = Entry.table(), Seal.table()
_INSERT = Straight(insert(_E).inline(), [column.name for column in _E.c if column.name != "id"])


def _keyed(tx: Tx, content: bytes) -> str:
    return hmac.new(tx.info["keys"].journal, content, hashlib.sha256).hexdigest()


def _mac(tx: Tx, row: Mapping[str, Any] | RowMapping) -> str:
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return _keyed(tx, canonical([at, row["actor_id"], row["action"], row["kind"], row["record_id"], row["digest"]]))


def _link(tx: Tx, before: str, seq: int, entry_id: int, entry_mac: str) -> str:
    return _keyed(tx, canonical([before, seq, entry_id, entry_mac]))


async def record(
    tx: Tx, *, actor_id: int | None, action: str, kind: str, record_id: int, content: Mapping[str, Any], at: datetime
) -> None:
    """Write who did what to which record; of `content` a keyed digest is kept. `actor_id` None: the program itself."""
    if at.utcoffset() is None:
        raise ValueError("a journal entry needs an instant with a timezone")
    row = {
        "at": at,
        "actor_id": actor_id,
        "action": str(action),
        "kind": kind,
        "record_id": record_id,
        "digest": _keyed(tx, canonical(content)),
    }
    await _INSERT.rows(tx, {**row, "mac": _mac(tx, row)})


async def head(tx: Tx) -> Head:
    """Return the end of the chain."""
    last = (await tx.execute(select(_S.c.seq, _S.c.mac).order_by(_S.c.seq.desc()).limit(1))).one_or_none()
    return Head(0, "") if last is None else Head(last.seq, last.mac)


async def seal(tx: Tx) -> Head:
    """Chain the committed entries that are not sealed yet; return the new end of the chain.

    One sealer at a time. An entry that commits later than another with a larger id is sealed later: the order of the
    chain is the order in which entries became visible.
    """
    if not dialect.is_sqlite(tx):  # SQLite has one writer anyway
        await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEALING})
    end = await head(tx)
    newest = await tx.scalar(select(func.max(_S.c.entry_id))) or 0
    loose = select(_E.c.id, _E.c.mac).outerjoin(_S, _S.c.entry_id == _E.c.id).where(_S.c.seq.is_(None))
    rows: list[dict[str, Any]] = []
    for entry in await tx.execute(loose.where(_E.c.id > newest - _LATE).order_by(_E.c.id)):
        end = Head(end.seq + 1, _link(tx, end.mac, end.seq + 1, entry.id, entry.mac))
        rows.append({"seq": end.seq, "entry_id": entry.id, "mac": end.mac})
    for start in range(0, len(rows), _AT_A_TIME):
        await tx.execute(insert(_S), rows[start : start + _AT_A_TIME])
    return end


async def holds(tx: Tx, outside: Head) -> bool:
    """Tell whether a head that was written outside is still part of the chain."""
    return outside.seq == 0 or outside.mac == await tx.scalar(select(_S.c.mac).where(_S.c.seq == outside.seq))


async def verify(tx: Tx, *outside: Head) -> Verdict:
    """Compare the journal with its chain, and the chain with every head that was written outside the database.

    The last head alone would not do: a chain that was cut off grows on, and its next head is written outside too.
    """
    verdict = Verdict()
    before, unseen = Head(0, ""), {head for head in outside if head.seq}
    async for row in _sealed(tx):
        verdict.sealed += 1
        _judge(tx, row, before, verdict)
        before = Head(row.seq, row.chained)
        unseen.discard(before)
    verdict.cut_off = bool(unseen)
    async for row in _unsealed(tx):
        verdict.unsealed += 1
        if row.mac != _mac(tx, row._mapping):  # noqa: SLF001 SQLAlchemy's public name for it
            verdict.changed.append(row.id)
    return verdict


def _judge(tx: Tx, row: Row[Any], before: Head, verdict: Verdict) -> None:
    verdict.lost_seals.extend(range(before.seq + 1, row.seq))
    if row.id is None:
        verdict.missing.append(row.entry_id)
    elif row.mac != _mac(tx, row._mapping):  # noqa: SLF001 SQLAlchemy's public name for it
        verdict.changed.append(row.entry_id)
    elif row.seq == before.seq + 1 and row.chained != _link(tx, before.mac, row.seq, row.entry_id, row.mac):
        verdict.reordered.append(row.entry_id)


async def _sealed(tx: Tx) -> AsyncIterator[Row[Any]]:
    chain = select(_S.c.seq, _S.c.entry_id, _S.c.mac.label("chained"), *_E.c).outerjoin(_E, _E.c.id == _S.c.entry_id)
    last = 0
    while rows := (await tx.execute(chain.where(_S.c.seq > last).order_by(_S.c.seq).limit(_AT_A_TIME))).all():
        for row in rows:
            yield row
        last = rows[-1].seq


async def _unsealed(tx: Tx) -> AsyncIterator[Row[Any]]:
    tail = select(*_E.c).outerjoin(_S, _S.c.entry_id == _E.c.id).where(_S.c.seq.is_(None))
    last = 0
    while rows := (await tx.execute(tail.where(_E.c.id > last).order_by(_E.c.id).limit(_AT_A_TIME))).all():
        for row in rows:
            yield row
        last = rows[-1].id
