"""Taking procedures into the catalogue: once, never backwards, and without touching what was confirmed."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, or_, select, text

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


async def take(
    tx: Tx, records: Sequence[Mapping[str, Any]], *, by: int | None, at: datetime, dry: bool = False
) -> list[Taken]:
    """Take in plain data of procedures in this order; return what became of each. A few hundred at a time.

    A record without a "version" comes from a source that numbers none: the day of `at` (Viet Nam's) is its version, and
    it is UNCHANGED if it says what the catalogue says; it replaces no version that somebody numbered. Confirmations go
    over to a new version for each aspect that still says the same. `dry`: only tell. Raises Unordered for a version
    that cannot be compared.
    """
    if not dry and not dialect.is_sqlite(tx):
        await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORTING})
    known = await _known(tx, records)
    taken = [await _take(tx, record, known, by=by, at=at, dry=dry) for record in records]
    if not dry and any(one.fate in {Fate.ADDED, Fate.UPDATED} for one in taken):
        await generations.bump(tx)
    return taken


async def _take(
    tx: Tx, record: Mapping[str, Any], known: "_Index", *, by: int | None, at: datetime, dry: bool
) -> Taken:
    key, code = str(record["id"]), record.get("code")
    digest = _digest({name: said for name, said in record.items() if name not in {"version", "id", "code"}})
    entry, in_the_way = known.of(key, code)
    if in_the_way is not None:
        return Taken(Fate.TAKEN, in_the_way)
    numbered = bool(record.get("version"))
    version = str(record["version"]) if numbered else _unnumbered(entry, at)
    fate = _fate(entry, version, digest, numbered=numbered)
    against = entry.version if entry else None
    if fate not in {Fate.ADDED, Fate.UPDATED}:
        return Taken(fate, against)
    kept = 0
    before = entry.version_id if entry else 0
    if dry:
        entry = entry or known.add(_Known(0, key, code))
    else:
        entry = entry or known.add(await _entry(tx, key, code))
        await _names(tx, entry, key, code)
        entry.version_id = await _version(tx, entry.id, record, version, digest, by=by, at=at)
        kept = await _aspects(tx, entry.version_id, before, record["aspects"])
        content = {"key": key, "code": code, "version": version, "digest": digest}
        await journal.record(tx, actor_id=by, action=fate, kind="procedure", record_id=entry.id, content=content, at=at)
    entry.code = entry.code or code
    known.add(entry)
    entry.version, entry.rank, entry.digest = version, rank(version), digest
    return Taken(fate, against, kept)


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
    keys = [str(record["id"]) for record in records]
    codes = [record["code"] for record in records if record.get("code")]
    entry, version = CatalogueEntry, CatalogueVersion
    rows = (
        select(
            entry.id,
            entry.key,
            entry.code,
            version.id.label("version_id"),
            version.version,
            version.rank,
            version.digest,
        )
        .outerjoin(version, version.procedure_id == entry.id)
        .where(or_(entry.key.in_(keys), entry.code.in_(codes)))
        .order_by(version.rank)
    )
    newest = {row.id: row for row in await tx.execute(rows)}
    return _Index(
        [
            _Known(row.id, row.key, row.code, row.version_id or 0, row.version or "", row.rank or "", row.digest or "")
            for row in newest.values()
        ]
    )


async def _entry(tx: Tx, key: str, code: str | None) -> _Known:
    row = CatalogueEntry(key=key, code=code)
    tx.add(row)
    await tx.flush()
    return _Known(row.id, key, code)


async def _names(tx: Tx, entry: _Known, key: str, code: str | None) -> None:
    """Give a procedure the code that it has got since, and the office's own id that it had not had before."""
    own = key if entry.key == entry.code and key != code else entry.key
    if (own, entry.code or code) != (entry.key, entry.code):
        row = await tx.get_one(CatalogueEntry, entry.id)
        row.key, row.code = own, entry.code or code
        await tx.flush()
    entry.key = own


async def _version(
    tx: Tx, procedure_id: int, record: Mapping[str, Any], version: str, digest: str, *, by: int | None, at: datetime
) -> int:
    content = {name: said for name, said in record.items() if name not in {"aspects", "id", "code", "version"}}
    row = CatalogueVersion(
        procedure_id=procedure_id,
        version=version,
        rank=rank(version),
        digest=digest,
        content=content,
        owner_unit=record.get("owner_unit") or None,
        effective_from=_day(record.get("effective_from")),
        effective_to=_day(record.get("effective_to")),
        imported_at=at,
        imported_by=by,
    )
    tx.add(row)
    await tx.flush()
    return row.id


async def _aspects(tx: Tx, version_id: int, before: int, aspects: Mapping[str, Mapping[str, Any]]) -> int:
    """Write the aspects; return how many bring the confirmation of the version before along."""
    confirmed = {}
    if before:
        old = select(AspectRow).where(AspectRow.version_id == before, AspectRow.confirmed_by.is_not(None))
        confirmed = {(row.aspect, row.digest): row for row in await tx.scalars(old)}
    rows = [_aspect(version_id, name, said, confirmed) for name, said in aspects.items()]
    if rows:
        await tx.execute(insert(AspectRow.table()), rows)
    return sum(1 for row in rows if row["confirmed_by"] is not None)


def _aspect(
    version_id: int, name: str, said: Mapping[str, Any], confirmed: Mapping[tuple[str, str], AspectRow]
) -> dict[str, Any]:
    content = {key: said.get(key) for key in ("lines", "source", "value", "until")}
    digest = _digest({key: said.get(key) for key in ("lines", "value", "until")})
    by = confirmed.get((name, digest))
    return {
        "version_id": version_id,
        "aspect": name,
        "given": GivenMark.UNCONFIRMED if said.get("mark") == GivenMark.UNCONFIRMED else GivenMark.SEEN,
        "digest": digest,
        "content": content,
        "until": _day(said.get("until")),
        "confirmed_by": by.confirmed_by if by else None,
        "confirmed_at": by.confirmed_at if by else None,
        "decision": by.decision if by else None,
    }


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
