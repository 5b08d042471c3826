"""The catalogue of procedures from a file: read, reported row by row, taken in by small transactions."""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import clock
from bot.commands import Complaint, Say, say
from bot.commands.opened import opened
from bot.commands.people import person_named
from bot.imports import workbooks
from bot.imports.procedure_template import write_template
from knowledge import procedure_files
from knowledge.procedure_records import OddRecord, plain
from knowledge.procedure_sheet import Row
from knowledge.readers import Unreadable
from storage import Store, procedure_imports, procedures, who
from storage.procedure_imports import Fate, Taken

# One transaction: small enough that somebody who asks meanwhile waits no longer than for another question.
BATCH = 40
TOLD = Say("bot/imports/procedures")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="by", metavar="PERSON", help="ai nhập (ghi vào nhật ký)")
    parser.add_argument("--version", help="phiên bản cho những dòng mà tệp không ghi, ví dụ ngày xuất: 2026-11-22")


def template(path: Path) -> None:
    write_template(path)


@dataclass(frozen=True, slots=True)
class Told:
    """What the report says of one row. `fate`: a value of Fate, or "odd"."""

    sheet: str
    line: int
    code: str
    version: str
    fate: str
    name: str
    remarks: tuple[str, ...]


def run(args: argparse.Namespace) -> int:
    begun = time.monotonic()
    rows = _versioned(list(_rows(args.file)), args.version)
    told = asyncio.run(_take(rows, by=args.by, dry=args.dry_run))
    for each in told:
        print(TOLD.row(each))
    if args.report:
        _report(args.report, told)
    counts = Counter(each.fate for each in told)
    order = [*(fate.value for fate in Fate), "odd"]
    print(TOLD.summary({name: counts[name] for name in order if counts[name]}, args.dry_run, time.monotonic() - begun))
    return 1 if any(counts[name] for name in ("odd", Fate.DIFFERS, Fate.TAKEN)) else 0


def _rows(path: Path) -> Iterator[Row]:
    try:
        source = path.read_bytes()
    except OSError:
        raise Complaint(say.no_file(path.name)) from None
    try:
        yield from procedure_files.read(source)
    except (Unreadable, OddRecord) as reason:
        raise Complaint(say.unreadable(path.name, reason)) from None


def _versioned(rows: list[Row], given: str | None) -> list[Row]:
    """Give a version to the rows that have none; set aside those whose version cannot be compared."""
    return [_with_version(row, given or "") for row in rows]


def _with_version(row: Row, given: str) -> Row:
    if row.procedure is None:
        return row
    version = row.procedure.version or given
    try:
        if version:
            procedures.rank(version)
    except procedures.Unordered:
        return replace(row, procedure=None, problem=OddRecord("bad_version", given=version[:40]))
    return replace(row, procedure=replace(row.procedure, version=version))


async def _take(rows: Sequence[Row], *, by: str | None, dry: bool) -> list[Told]:
    told: dict[int, Told] = {at: _odd(row) for at, row in enumerate(rows) if row.procedure is None}
    good = [at for at, row in enumerate(rows) if row.procedure is not None]
    async with opened() as here:
        person = await _person(here.store, by)
        # A trial run reads one moment of the catalogue, and knows of every row before.
        batch = max(len(good), 1) if dry else BATCH
        for start in range(0, len(good), batch):
            some = good[start : start + batch]
            records = [plain(found) for at in some if (found := rows[at].procedure) is not None]
            taken = await _batch(here.store, records, by=person, at=clock.now(), dry=dry)
            told |= {at: _told(rows[at], one) for at, one in zip(some, taken, strict=True)}
            _progress(min(start + batch, len(good)), len(good))
    return [told[at] for at in range(len(rows))]


async def _batch(
    store: Store, records: list[dict[str, Any]], *, by: int | None, at: datetime, dry: bool
) -> list[Taken]:
    if dry:
        async with store.reading() as tx:
            return await procedure_imports.take(tx, records, by=by, at=at, dry=True)
    async with store.begin() as tx:
        return await procedure_imports.take(tx, records, by=by, at=at)


async def _person(store: Store, name: str | None) -> int | None:
    if name is None:
        return None
    async with store.reading() as tx:
        person = await person_named(tx, name)
        if not await who.roles_of(tx, person.id) - {who.Role.CITIZEN}:
            raise Complaint(TOLD.not_staff(person.name))
        return person.id


def _odd(row: Row) -> Told:
    problem = row.problem.told() if row.problem else ""
    return Told(row.sheet, row.line, row.name, "", "odd", "", (problem,))


def _told(row: Row, taken: Taken) -> Told:
    found = row.procedure
    assert found is not None  # noqa: S101 for mypy: only such rows are taken in
    against = TOLD.against(taken.fate.value, found.version, taken.against).strip()
    remarks = [against, TOLD.kept(taken.kept_confirmations) if taken.kept_confirmations else ""]
    notes = [note.told() for note in row.notes]
    said = tuple(each for each in (*remarks, *notes) if each)
    return Told(row.sheet, row.line, found.cited, found.version, taken.fate.value, found.name, said)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() or done == total or done % (25 * BATCH) == 0:
        print(TOLD.progress(done, total), end="\r" if sys.stderr.isatty() and done < total else "\n", file=sys.stderr)


def _report(path: Path, told: Sequence[Told]) -> None:
    rows = (
        (each.sheet, each.line, each.code, each.version, TOLD.fate(each.fate), each.name, "\n".join(each.remarks))
        for each in told
    )
    workbooks.report(path, TOLD.report_title(), TOLD.report_head().split("|"), rows)
    print(TOLD.report_written(path.name))
