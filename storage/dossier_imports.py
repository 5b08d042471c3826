"""One import of dossiers: when it began, as of when its data are, what it no longer names."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import journal
from storage.base import Base, Id, Json, Tx
from storage.dossiers import OPEN, Dossier, DossierEvent, EventKind

_KEYS = 500


class DossierBatch(Base):
    """One import. `exported_at`: as of when its data are. `whole`: what it does not name, its source has no more."""

    __tablename__ = "dossier_batches"
    __table_args__ = (
        CheckConstraint("(finished_at IS NULL) = (counts IS NULL)", name="a_finished_import_was_counted"),
        Index(None, "source", "exported_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    source: Mapped[str]
    name: Mapped[str]
    exported_at: Mapped[datetime]
    whole: Mapped[bool]
    baseline: Mapped[bool]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    counts: Mapped[Json | None]


async def begin(
    tx: Tx, *, source: str, name: str, exported_at: datetime, whole: bool, by: int | None, at: datetime
) -> tuple[DossierBatch, bool]:
    """Record that an import begins; return it, and whether a newer one of the same source was taken before.

    The first of a source is its baseline: it alerts nobody. One that was cut off is none: it is the baseline again.
    """
    finished = (DossierBatch.source == source, DossierBatch.finished_at.is_not(None))
    newest = await tx.scalar(select(func.max(DossierBatch.exported_at)).where(*finished))
    batch = DossierBatch(
        source=source,
        name=name,
        exported_at=exported_at,
        whole=whole,
        baseline=newest is None,
        started_at=at,
        by=by,
    )
    tx.add(batch)
    await tx.flush()
    return batch, newest is not None and exported_at < newest


async def one_at_a_time(tx: Tx) -> None:
    """Wait until no other import has a batch under way, until the commit: in another order they would block each other.

    PostgreSQL ends such a knot by refusing rows, and those of the newer export might be the ones.
    """
    await tx.execute(select(DossierBatch.id).order_by(DossierBatch.id).limit(1).with_for_update())


def history_row(batch: DossierBatch, dossier_id: int, event: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return a row of a dossier's history as an import writes it."""
    own = {"dossier_id": dossier_id, "source": batch.source, "recorded_at": at, "by": None, "note": None}
    return {"before": None, "backwards": False} | own | dict(event)


async def missing(tx: Tx, batch: DossierBatch, named: frozenset[str]) -> tuple[list[tuple[int, str]], int]:
    """Return (id, code) of what is open, of this source, and not in a whole export; and how many are open at all.

    What a newer export has brought meanwhile, this one cannot know of.
    """
    of_it = (OPEN, Dossier.source == batch.source, Dossier.vanished_at.is_(None), Dossier.seen_at <= batch.exported_at)
    # In one text: row by row a hundred thousand of them would keep the chat waiting. A key is letters and digits.
    together = select(func.aggregate_strings(Dossier.key, ",")).where(*of_it)
    keys = (await tx.scalar(together) or "").split(",")
    gone = [key for key in keys if key and key not in named]
    found: list[tuple[int, str]] = []
    for start in range(0, len(gone), _KEYS):
        rows = select(Dossier.id, Dossier.code).where(Dossier.key.in_(gone[start : start + _KEYS])).order_by(Dossier.id)
        found += [(row.id, row.code) for row in await tx.execute(rows)]
    return found, len(keys) - keys.count("")


async def vanish(tx: Tx, batch: DossierBatch, ids: Sequence[int], *, at: datetime) -> None:
    """Record that the source has these no more. They keep their last status, and alert nobody."""
    gone = select(Dossier).where(Dossier.id.in_(ids), Dossier.vanished_at.is_(None)).with_for_update()
    rows = []
    for dossier in await tx.scalars(gone):
        dossier.vanished_at = batch.exported_at
        event = {"kind": EventKind.VANISHED, "status": dossier.status, "at": batch.exported_at, "detail": {}}
        rows.append(history_row(batch, dossier.id, event, at))
    await tx.flush()
    if rows:
        await tx.execute(insert(DossierEvent.table()), rows)


async def finish(tx: Tx, batch_id: int, counts: Mapping[str, int], *, whole: bool, at: datetime) -> None:
    """Record that everything of a file was taken. `whole`: whether it turned out to be all that its source has."""
    batch = await tx.get_one(DossierBatch, batch_id)
    batch.finished_at, batch.counts, batch.whole = at, dict(counts), whole
    await tx.flush()
    await journal.record(
        tx, actor_id=batch.by, action="imported", kind="dossier_batch", record_id=batch.id, content=counts, at=at
    )


async def as_of(tx: Tx, dossier: Dossier) -> datetime:
    """Return as of when the data on a dossier are: a whole export named it, however long nothing changed."""
    if dossier.vanished_at is not None:
        return max(dossier.data_at, dossier.seen_at)
    whole = (DossierBatch.source == dossier.source, DossierBatch.whole, DossierBatch.finished_at.is_not(None))
    newest = await tx.scalar(select(func.max(DossierBatch.exported_at)).where(*whole))
    return max(moment for moment in (dossier.data_at, dossier.seen_at, newest) if moment is not None)


async def oldest(tx: Tx) -> str | None:
    """Return the code of the dossier that was taken first: the demonstration begins with it."""
    return await tx.scalar(select(Dossier.code).order_by(Dossier.id).limit(1))


async def latest(tx: Tx, *, limit: int) -> list[DossierBatch]:
    """Return the newest imports, the last one first; one without `finished_at` was cut off."""
    return list(await tx.scalars(select(DossierBatch).order_by(DossierBatch.id.desc()).limit(limit)))
