"""The journal: who did what to which record, when. Append-only, sealed by a chain of HMACs.

An entry holds ids and keyed digests only, no personal text, so that erasing somebody's data leaves the journal whole.
Entries are inserted without a lock; `storage.seals` chains the committed ones into a second insert-only table.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, insert
from sqlalchemy.orm import Mapped

from storage.base import Base, Id, Tx
from storage.types import canonical


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


_INSERT = insert(Entry.table())


def keyed(tx: Tx, content: bytes) -> str:
    """Return HMAC-SHA256 in hex under the key of the journal, which is never in the database."""
    return hmac.new(tx.info["keys"].journal, content, hashlib.sha256).hexdigest()


def mac_of(tx: Tx, row: Mapping[str, Any]) -> str:
    """Return the MAC that an entry with these columns must bear: a row made without the key cannot have it."""
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    facts = [at, row["actor_id"], row["action"], row["kind"], row["record_id"], row["digest"]]
    return keyed(tx, canonical(facts))


async def record(
    tx: Tx, *, actor_id: int | None, action: str, kind: str, record_id: int, content: Mapping[str, Any], at: datetime
) -> None:
    """Write who did what to which record; of `content` a keyed digest is kept. `actor_id` None: the program itself."""
    if at.utcoffset() is None:
        raise ValueError("a journal entry needs an instant with a timezone")
    row = {
        "at": at,
        "actor_id": actor_id,
        "action": action,
        "kind": kind,
        "record_id": record_id,
        "digest": keyed(tx, canonical(content)),
    }
    await tx.execute(_INSERT, {**row, "mac": mac_of(tx, row)})
