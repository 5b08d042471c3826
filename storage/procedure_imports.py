"""Taking procedures into the catalogue: once, never backwards, and without touching what was confirmed."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import insert, or_, select, text, update

from storage import dialect, generations, journal
from storage.base import Tx
from storage.procedure_rows import AspectRow, CatalogueEntry, CatalogueVersion, GivenMark
from storage.procedures import rank
from storage.types import canonical

# Any number nobody else takes: two imports at once follow each other batch by batch.
_IMPORTING = 7_201_004
_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:\.\d+)?")

# The version of the sample catalogue: whatever an office brings is newer.
SAMPLE = "0"


class Fate(StrEnum):
    """What became of one row of a file."""

    ADDED = "added"
    UPDATED = "updated"  # a newer version of a procedure that is known
    UNCHANGED = "unchanged"
    OLDER = "older"  # a newer version is in the catalogue; this one is left out
    DIFFERS = "differs"  # the same version with another text: which one is right, nobody can say
    TAKEN = "taken"  # its code or its own id belongs to another procedure


@dataclass(frozen=True, slots=True)
class Taken:
    """`against`: the version that the catalogue has (for ADDED none), or the key of the procedure in the way."""

    fate: Fate
    against: str | None = None
    kept_confirmations: int = 0


@dataclass(slots=True)
class _Known:
    id: int
    key: str
    code: str | None
    # Of the newest version, None while there is none.
    version_id: int = 0
    version: str = ""
    rank: str = ""
    digest: str = ""
    names: tuple[str, str | None] = ("", None)  # as the store has them


_AT_ONCE = 500  # names in one statement
# Of a version these stand in columns or rows of their own.
_ELSEWHERE = frozenset({"aspects", "id", "code", "version"})
_E, _V = CatalogueEntry.table(), CatalogueVersion.table()
_NEWEST = (
    select(_E.c.id, _E.c.key, _E.c.code, _V.c.id.label("version_id"), _V.c.version, _V.c.rank, _V.c.digest)
    .outerjoin(_V, _V.c.procedure_id == _E.c.id)
    .order_by(_V.c.rank)
)
_NEW_ENTRIES = insert(_E).returning(_E.c.id, sort_by_parameter_order=True)
_NEW_VERSIONS = insert(_V).returning(_V.c.id, sort_by_parameter_order=True)


async def take(
    tx: Tx, records: Sequence[Mapping[str, Any]], *, by: int | None, at: datetime, dry: bool = False
) -> list[Taken]:
    """Take in plain data of procedures in this order; return what became of each. Some dozens at a time.

    A record without a "version" comes from a source that numbers none: the day of `at` (Viet Nam's) is its version, and
    it is UNCHANGED if it says what the catalogue says; it replaces no version that somebody numbered. Confirmations go
    over to a new version for each aspect that still says the same. `dry`: only tell. Raises Unordered for a version
    that cannot be compared.
    """
    if not dry and not dialect.is_sqlite(tx):
        await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORTING})
    known = await _known(tx, records)
    plans = [_planned(record, known, at) for record in records]
    fresh = [plan for plan in plans if plan.fate in {Fate.ADDED, Fate.UPDATED}]
    if fresh and not dry:
        await _entries(tx, fresh)
        await _versions(tx, fresh, by=by, at=at)
        await _aspects(tx, fresh)
        for plan in fresh:
            content = {"key": plan.key, "code": plan.code, "version": plan.version, "digest": plan.digest}
            about: dict[str, Any] = {
                "action": plan.fate,
                "kind": "procedure",
                "record_id": plan.entry.id,
                "content": content,
            }
            await journal.record(tx, actor_id=by, at=at, **about)
        await generations.bump(tx)
    return [Taken(plan.fate, plan.against, plan.kept) for plan in plans]


@dataclass(slots=True)
class _Plan:
    """What is to be done with one record; `entry` is shared by all that mean the same procedure."""

    record: Mapping[str, Any]
    key: str
    code: str | None
    entry: _Known
    fate: Fate
    against: str | None
    version: str = ""
    digest: str = ""
    version_id: int = 0
    kept: int = 0


def _planned(record: Mapping[str, Any], known: "_Index", at: datetime) -> _Plan:
    """Decide about one record, and let the next ones know of it."""
    key, code = str(record["id"]), record.get("code")
    digest = _digest({name: said for name, said in record.items() if name not in {"version", "id", "code"}})
    found, in_the_way = known.of(key, code)
    entry = found or _Known(0, key, code)
    if in_the_way is not None:
        return _Plan(record, key, code, entry, Fate.TAKEN, in_the_way)
    numbered = bool(record.get("version"))
    version = str(record["version"]) if numbered else _unnumbered(found, at)
    fate = _fate(found, version, digest, numbered=numbered)
    against = entry.version or None
    if fate in {Fate.ADDED, Fate.UPDATED}:
        # Whoever has only the code for a name gets the office's own id when it comes, and the other way round.
        entry.key = key if entry.key == entry.code and key != code else entry.key
        entry.code = entry.code or code
        entry.version, entry.rank, entry.digest = version, rank(version), digest
        known.add(entry)
    return _Plan(record, key, code, entry, fate, against, version, digest)


def _fate(entry: _Known | None, version: str, digest: str, *, numbered: bool) -> Fate:
    ranked = rank(version)
    if entry is None or not entry.rank:
        return Fate.ADDED
    if entry.digest == digest and (entry.rank == ranked or not numbered):
        return Fate.UNCHANGED
    if entry.rank == ranked or not (numbered or _DAY.fullmatch(entry.version) or entry.version == SAMPLE):
        return Fate.DIFFERS
    return Fate.UPDATED if ranked > entry.rank else Fate.OLDER


def _unnumbered(entry: _Known | None, at: datetime) -> str:
    """Return the day as a version; on a day that brought one already, "2026-11-22.2"."""
    day = at.astimezone(_VIETNAM).date().isoformat()
    if entry is None or not entry.version.startswith(day):
        return day
    _, _, count = entry.version.partition(".")
    return f"{day}.{int(count or 1) + 1}"


class _Index:
    """What the catalogue has of the procedures of a batch, by either name."""

    def __init__(self, entries: Sequence[_Known]) -> None:
        self._by_key = {entry.key: entry for entry in entries}
        self._by_code = {entry.code: entry for entry in entries if entry.code}

    def of(self, key: str, code: str | None) -> tuple[_Known | None, str | None]:
        """Return (the procedure meant, None), or (None, the name of the one in the way)."""
        by_code = self._by_code.get(code) if code else None
        by_key = self._by_key.get(key)
        if by_code is not None and by_key in (None, by_code):
            # A source that knows only the code has it for an id as well; the office's own id may come before or after.
            same = key in {code, by_code.key} or by_code.key == by_code.code
            return (by_code, None) if same else (None, by_code.key)
        if by_code is not None:
            return (by_code, None) if key == code else (None, by_code.key)
        if by_key is not None and code and by_key.code and by_key.code != code:
            return None, by_key.code
        return by_key, None

    def add(self, entry: _Known) -> _Known:
        self._by_key[entry.key] = entry
        if entry.code:
            self._by_code[entry.code] = entry
        return entry


async def _known(tx: Tx, records: Sequence[Mapping[str, Any]]) -> _Index:
    found: dict[int, _Known] = {}
    for start in range(0, len(records), _AT_ONCE):
        some = records[start : start + _AT_ONCE]
        keys = [str(record["id"]) for record in some]
        codes = [record["code"] for record in some if record.get("code")]
        for row in await tx.execute(_NEWEST.where(or_(_E.c.key.in_(keys), _E.c.code.in_(codes)))):
            said = (row.version_id or 0, row.version or "", row.rank or "", row.digest or "")
            found[row.id] = _Known(row.id, row.key, row.code, *said, names=(row.key, row.code))
    return _Index(list(found.values()))


async def _entries(tx: Tx, plans: Sequence[_Plan]) -> None:
    """Write what is new of the procedures themselves: rows, and names that came later."""
    entries = list({id(plan.entry): plan.entry for plan in plans}.values())
    new = [entry for entry in entries if not entry.id]
    if new:
        ids = await tx.scalars(_NEW_ENTRIES, [{"key": entry.key, "code": entry.code} for entry in new])
        for entry, entry_id in zip(new, ids, strict=True):
            entry.id = entry_id
    for entry in entries:
        if entry.names != (entry.key, entry.code) and entry not in new:
            await tx.execute(update(_E).where(_E.c.id == entry.id).values(key=entry.key, code=entry.code))


async def _versions(tx: Tx, plans: Sequence[_Plan], *, by: int | None, at: datetime) -> None:
    rows = [
        {
            "procedure_id": plan.entry.id,
            "version": plan.version,
            "rank": rank(plan.version),
            "digest": plan.digest,
            "content": {name: said for name, said in plan.record.items() if name not in _ELSEWHERE},
            "owner_unit": plan.record.get("owner_unit") or None,
            "effective_from": _day(plan.record.get("effective_from")),
            "effective_to": _day(plan.record.get("effective_to")),
            "imported_at": at,
            "imported_by": by,
        }
        for plan in plans
    ]
    for plan, version_id in zip(plans, await tx.scalars(_NEW_VERSIONS, rows), strict=True):
        plan.version_id = version_id


async def _aspects(tx: Tx, plans: Sequence[_Plan]) -> None:
    """Write the aspects; the confirmation of the version before goes with those that still say the same."""
    before = [plan.entry.version_id for plan in plans if plan.entry.version_id]
    old = await tx.scalars(
        select(AspectRow).where(AspectRow.version_id.in_(before), AspectRow.confirmed_by.is_not(None))
    )
    confirmed: dict[int, dict[tuple[str, str], _Confirmation]] = {}
    for row in old:
        said = _Confirmation(row.confirmed_by, row.confirmed_at, row.decision)
        confirmed.setdefault(row.version_id, {})[row.aspect, row.digest] = said
    rows: list[dict[str, Any]] = []
    for plan in plans:
        given = confirmed.get(plan.entry.version_id, {})
        own = [_aspect(plan.version_id, name, said, given) for name, said in plan.record["aspects"].items()]
        kept = {key: given[key] for row in own if (key := (row["aspect"], row["digest"])) in given}
        plan.kept, plan.entry.version_id = len(kept), plan.version_id
        confirmed[plan.version_id] = kept
        rows += own
    if rows:
        await tx.execute(insert(AspectRow.table()), rows)


class _Confirmation(NamedTuple):
    confirmed_by: int | None
    confirmed_at: datetime | None
    decision: str | None


_UNCONFIRMED = _Confirmation(None, None, None)


def _aspect(
    version_id: int, name: str, said: Mapping[str, Any], confirmed: Mapping[tuple[str, str], _Confirmation]
) -> dict[str, Any]:
    digest = _digest({key: said.get(key) for key in ("lines", "value", "until")})
    return {
        "version_id": version_id,
        "aspect": name,
        "given": GivenMark.UNCONFIRMED if said.get("mark") == GivenMark.UNCONFIRMED else GivenMark.SEEN,
        "digest": digest,
        "content": {key: said.get(key) for key in ("lines", "source", "value", "until")},
        "until": _day(said.get("until")),
        **confirmed.get((name, digest), _UNCONFIRMED)._asdict(),
    }


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
