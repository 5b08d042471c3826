"""What the catalogue says of terms, version by version: which one stood on the day a dossier was received.

A dossier keeps the version and the rule of its receipt; a later decree changes nothing of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from storage.base import Tx
from storage.procedure_rows import AspectRow, CatalogueEntry, CatalogueVersion

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_TERM = "thoi-han"
_E, _V, _A = CatalogueEntry.table(), CatalogueVersion.table(), AspectRow.table()


@dataclass(frozen=True, slots=True)
class VersionTerm:
    """A version of a procedure and its term. It begins on a day (None: nobody said; `taken_in`: then it was known).

    `value`: of the term, `unit` and `rule` as words of knowledge.procedures; None: it names none. `mark`: how sure.
    """

    procedure: int
    name: str
    version: str
    begins: date | None
    ends: date | None
    taken_in: date
    value: str | None
    unit: str | None
    rule: str | None
    mark: str


async def read(tx: Tx) -> Mapping[str, Sequence[VersionTerm]]:
    """Return the versions of every procedure, the newest first, by national code and by the office's own id."""
    rows = (
        select(
            *(_E.c.id, _E.c.key, _E.c.code, _V.c.version, _V.c.effective_from, _V.c.effective_to, _V.c.imported_at),
            *(_V.c.content, _A.c.content.label("said"), _A.c.given, _A.c.confirmed_at),
        )
        .join(_V, _V.c.procedure_id == _E.c.id)
        .outerjoin(_A, and_(_A.c.version_id == _V.c.id, _A.c.aspect == _TERM))
        .order_by(_E.c.id, _V.c.rank.desc())
    )
    found: dict[str, list[VersionTerm]] = {}
    for row in await tx.execute(rows):
        term = _of(row)
        for name in {row.key.lower(), (row.code or row.key).lower()}:
            found.setdefault(name, []).append(term)
    return found


def standing(versions: Sequence[VersionTerm], day: date) -> VersionTerm | None:
    """Return the version that stood on this day (Viet Nam's) of one procedure's, the newest first; None for none.

    One whose beginning nobody said stands from the day it was taken in; the oldest, which nothing went before, always.
    """
    for place, each in enumerate(versions, 1):
        begins = each.begins or (None if place == len(versions) else each.taken_in)
        if begins is None or begins <= day:
            return each if each.ends is None or each.ends > day else None
    return None


def _of(row: Any) -> VersionTerm:
    value = (row.said or {}).get("value") or {}
    mark = "confirmed" if row.confirmed_at is not None else str(row.given or "unconfirmed")
    number = value.get("value")
    return VersionTerm(
        procedure=row.id,
        name=str(row.content.get("name", "")),
        version=row.version,
        begins=row.effective_from,
        ends=row.effective_to,
        taken_in=row.imported_at.astimezone(_VIETNAM).date(),
        value=None if number is None else str(number),
        unit=value.get("unit"),
        rule=value.get("rule"),
        mark=mark,
    )
