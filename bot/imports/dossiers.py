"""Dossiers from an export of the One-Stop system: `troly import dossiers FILE`, `troly template dossiers FILE.xlsx`."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bot import clock
from bot.commands import Complaint, Say
from bot.commands.opened import Opened, opened
from bot.commands.people import person_named
from bot.intake import Export, Intake, Report
from knowledge.dossier_rows import READY, BadMapping, Columns
from knowledge.dossier_tables import MOST_BYTES, UnreadableTable
from knowledge.dossier_values import moment
from knowledge.workdays import Calendar, Hours
from storage import days

say = Say("bot/imports/dossiers")

_SHOWN = 12
# Into a log there is a line for as many rows.
_LOGGED = 5000
# A clock that is a little ahead is no reason to refuse an export.
_AHEAD = timedelta(minutes=10)


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mapping", type=Path, metavar="FILE.toml", help="cột nào là gì; mặc định: bản có sẵn")
    parser.add_argument(
        "--exported-at", metavar="MOMENT", help='dữ liệu lúc nào, "2026-11-20 16:30"; mặc định: giờ tệp'
    )
    parser.add_argument("--partial", action="store_true", help="tệp chỉ có một phần hồ sơ: không báo hồ sơ biến mất")
    parser.add_argument("--as", dest="by", metavar="PERSON", help="ai nhập (ghi vào nhật ký)")


def run(args: argparse.Namespace) -> int:
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    now = clock.now()
    content = _content(args.file)
    exported_at = _exported_at(args, now)
    async with opened() as ground:
        intake = Intake(ground.store, _columns(args.mapping, ground), await _calendar(ground), now)
        intake.dry_run, intake.progress = args.dry_run, _progress
        by = await _by(ground, args.by)
        try:
            report = await intake.take(Export(args.file.name, content, exported_at, whole=not args.partial, by=by))
        except UnreadableTable as why:
            raise Complaint(say.unreadable(args.file.name, str(why))) from None
        finally:
            if sys.stderr.isatty():
                print(file=sys.stderr, flush=True)
    print(say.summary(args.file.name, report, exported_at, args.dry_run, _SHOWN))
    if args.report:
        written(report, args.report)
        print(say.reported(args.report))
    return 1 if report.failed else 0


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Complaint(say.unreadable(path.name, "too_large"))
        return path.read_bytes()
    except OSError:
        raise Complaint(say.no_file(path)) from None


def _exported_at(args: argparse.Namespace, now: datetime) -> datetime:
    if args.exported_at is None:
        return min(datetime.fromtimestamp(args.file.stat().st_mtime, UTC), now)
    try:
        at = moment(args.exported_at, at=time(0))
    except ValueError:
        at = None
    if at is None or at > now + _AHEAD:
        raise Complaint(say.bad_moment(args.exported_at))
    return min(at, now)


def _columns(path: Path | None, ground: Opened) -> Columns:
    try:
        return Columns.read((path or READY).read_text(encoding="utf-8"), hours=_hours(ground))
    except OSError:
        raise Complaint(say.no_file(path)) from None
    except (BadMapping, UnicodeDecodeError) as bad:
        raise Complaint(say.bad_mapping(path, str(bad))) from None


def _hours(ground: Opened) -> Hours:
    set_ = ground.settings.calendar
    return Hours(set_.sessions, confirmed=set_.sessions_confirmed)


async def _calendar(ground: Opened) -> Calendar:
    async with ground.store.reading() as tx:
        return Calendar.of(await days.calendar(tx), _hours(ground))


async def _by(ground: Opened, name: str | None) -> int | None:
    if name is None:
        return None
    async with ground.store.reading() as tx:
        return (await person_named(tx, name)).id


def _progress(count: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{say.progress(count)}", end="", file=sys.stderr, flush=True)
    elif count % _LOGGED == 0:
        print(say.progress(count), file=sys.stderr, flush=True)


def written(report: Report, path: Path) -> None:
    """Write the report of every row as a workbook."""
    from openpyxl import Workbook  # noqa: PLC0415  a light start does without

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Báo cáo")
    sheet.append(["Dòng", "Mã hồ sơ", "Kết quả", "Lưu ý", "Giá trị"])
    # As in the file; what it no longer names stands in no line of it, and comes last.
    for line in sorted(report.lines, key=lambda line: (not line.number, line.number)):
        remarks = "; ".join(say.remark(remark.value) for remark in line.remarks)
        row = [line.number or None, line.code, say.outcome(line.outcome), remarks, line.value]
        sheet.append([_harmless(cell) if isinstance(cell, str) else cell for cell in row])
    book.save(path)


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, and no XML for a control."""
    plain = "".join(sign for sign in text if sign.isprintable())
    return f"'{plain}" if plain[:1] in {"=", "+", "-", "@"} else plain


def template(path: Path) -> None:
    from bot.imports import dossier_template  # noqa: PLC0415  it takes openpyxl with it

    dossier_template.write(path)
