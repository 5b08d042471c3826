"""Sentence vectors of passages, so that a restart computes none again."""

from collections.abc import Iterable, Mapping
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect
from storage.base import Base, Tx

_AT_A_TIME = 500


class Vector(Base):
    """`key`: what the knowledge room keys a passage by; `vector`: as the model of this name gave it."""

    __tablename__ = "vectors"

    model: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    vector: Mapped[bytes]


_T = Vector.table()
_PUT = dialect.replacing(Vector)


async def of(tx: Tx, model: str, keys: Iterable[str]) -> dict[str, bytes]:
    """Return the vectors that are stored under these keys; the others are left out."""
    found: dict[str, bytes] = {}
    left = iter(keys)
    while some := list(islice(left, _AT_A_TIME)):
        rows = await tx.execute(select(_T.c.key, _T.c.vector).where(_T.c.model == model, _T.c.key.in_(some)))
        found.update((row.key, row.vector) for row in rows)
    return found


async def put(tx: Tx, model: str, vectors: Mapping[str, bytes]) -> None:
    """Store vectors; one that is there already is replaced."""
    if not vectors:
        return
    rows = [{"model": model, "key": key, "vector": vector} for key, vector in vectors.items()]
    await tx.execute(_PUT.of(tx), rows)
