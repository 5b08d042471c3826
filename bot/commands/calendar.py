"""The work calendar: which days are off or worked, by which document, and when a term ends by it."""

import argparse
import asyncio
import json
from collections.abc import Iterator
from datetime import date, datetime

from bot import clock
from bot.commands import Complaint, Say
from bot.commands.opened import Opened, opened
from bot.commands.people import person_named
from bot.recounting import recount
from knowledge.day_questions import time_of
from knowledge.day_words import day_meant, term_meant
from knowledge.marked_days import SATURDAY
from knowledge.tet_days import tet_day, tet_day_meant
from knowledge.vietnamese import fold
from knowledge.workdays import VIETNAM, Calendar, Due, Hours, Term, today
from storage import Tx, days
from storage.base import NoSuchRecord, NotAllowed
from storage.days import CalendarDay, DayKind
from storage.dossier_recounts import Counted

say = Say("bot/commands/calendar")
_NAMED = 10


def add(parser: argparse.ArgumentParser) -> None:
    todo = parser.add_subparsers(dest="todo", required=True)
    listed = todo.add_parser("list", help="các ngày nghỉ, ngày làm bù của một năm (mặc định: năm nay và năm sau)")
    listed.add_argument("year", nargs="?", type=int, metavar="YEAR")
    show = todo.add_parser("show", help="một ngày có làm việc không")
    show.add_argument("day", metavar="DAY", help="2026-11-24, 24/11, mai, thứ bảy")
    due = todo.add_parser("due", help="hạn của một thời hạn kể từ lúc tiếp nhận")
    due.add_argument("received", metavar="RECEIVED", help='"2026-11-20 16:30" theo giờ Việt Nam')
    due.add_argument("term", metavar="TERM", help='"5 ngày làm việc", "30 ngày", "8 giờ", "nửa ngày"')
    for read in (listed, show, due):
        read.add_argument("--json", action="store_true", help="mỗi dòng một đối tượng JSON")
    propose = todo.add_parser("propose", help="đề xuất ngày nghỉ của một năm chưa có lịch; chưa được xác nhận")
    propose.add_argument("year", type=int, metavar="YEAR")
    propose.add_argument("--as", dest="by", metavar="PERSON")
    mark = todo.add_parser("set", help="ghi một ngày nghỉ hoặc ngày làm bù; cần xác nhận sau đó")
    mark.add_argument("day", metavar="DAY")
    mark.add_argument("kind", choices=[kind.value for kind in DayKind])
    mark.add_argument("--name", default="", help="tên ngày nghỉ, lý do làm bù")
    confirm = todo.add_parser("confirm", help="xác nhận theo văn bản; nêu ngày, hoặc cả năm")
    confirm.add_argument("days", nargs="+", metavar="DAY|YEAR")
    for documented in (mark, confirm):
        documented.add_argument("--source", default="", metavar="DOCUMENT", help="số văn bản")
    remove = todo.add_parser("remove", help="bỏ một ngày đã ghi")
    remove.add_argument("day", metavar="DAY")
    for act in (mark, confirm, remove):
        act.add_argument("--as", dest="by", required=True, metavar="PERSON", help="người quản trị")


def run(args: argparse.Namespace) -> int:
    acts = {"list": _list, "show": _show, "due": _due, "propose": _propose}
    return asyncio.run(acts.get(args.todo, _change)(args))


async def _read(here: Opened) -> tuple[Calendar, list[CalendarDay]]:
    async with here.store.reading() as tx:
        marked = await days.calendar(tx)
    return Calendar.of(marked, _hours(here)), marked


async def _list(args: argparse.Namespace) -> int:
    async with opened() as here:
        calendar, marked = await _read(here)
    year = today(clock.now()).year
    years = [args.year] if args.year else [year, year + 1]
    for each in marked:
        if each.day.year in years:
            print(_json(each) if args.json else say.day(each))
    if not args.json:
        for bare in (year for year in years if not calendar.charted(year)):
            print(say.uncharted(bare))
        print(say.hours(calendar.hours))
    return 0


def _json(each: CalendarDay) -> str:
    row = {"day": each.day.isoformat(), "kind": each.kind, "name": each.name, "confirmed": each.confirmed}
    return json.dumps(row | {"source": each.source, "basis": each.basis}, ensure_ascii=False)


async def _show(args: argparse.Namespace) -> int:
    day = _day(args.day)
    async with opened() as here:
        calendar, _ = await _read(here)
    mark, charted = calendar.mark(day), calendar.charted(day.year)
    if args.json:
        found = {"day": day.isoformat(), "working": calendar.is_working(day), "name": mark.name if mark else None}
        doubt = {"confirmed": mark.confirmed if mark else charted, "charted": charted}
        print(json.dumps(found | doubt, ensure_ascii=False))
    else:
        in_tet = None if charted or mark else tet_day(day)
        print(say.one(day, calendar.is_working(day), mark, calendar.announced(day.year), in_tet))
    return 0


async def _due(args: argparse.Namespace) -> int:
    received, term = _received(args.received), _term(args.term)
    async with opened() as here:
        calendar, _ = await _read(here)
    due = calendar.due(received, term)
    hours_matter = not calendar.hours.confirmed
    print(_due_json(due, term) if args.json else say.due(received, term, due, hours_matter))
    return 0


def _due_json(due: Due, term: Term) -> str:
    return json.dumps(
        {
            "due": due.moment.astimezone(VIETNAM).isoformat(),
            "day": due.day.isoformat(),
            "value": str(term.value),
            "unit": term.unit,
            "unconfirmed": [day.isoformat() for day in due.unconfirmed],
            "uncharted": list(due.uncharted),
        }
    )


async def _propose(args: argparse.Namespace) -> int:
    from knowledge.proposed_days import BASIS, NothingToPropose, proposed  # noqa: PLC0415 its package is slow to import

    try:
        found = proposed(args.year)
    except NothingToPropose:
        raise Complaint(say.nothing_to_propose(args.year)) from None
    async with opened() as here, here.store.begin() as tx:
        by = (await person_named(tx, args.by)).id if args.by else None
        before, at = await days.calendar(tx), clock.now()
        if Calendar.of(before).charted(args.year):
            # Its Tết is known: only working days that are still missing, not the names of its week-ends.
            found = [each for each in found if each.day.weekday() < SATURDAY]
        new = await days.propose(tx, found, basis=BASIS, by=by, at=at)
        marked = await days.calendar(tx)
        moved = await recount(tx, before, marked, _hours(here), by=by, at=at)
    for each in marked:
        if each.day in set(new):
            print(say.day(each))
    print(say.proposed(args.year, len(new)))
    _tell(moved)
    return 0


async def _change(args: argparse.Namespace) -> int:
    acts = {"set": _set, "confirm": _confirm, "remove": _remove}
    async with opened() as here, here.store.begin() as tx:
        by = (await person_named(tx, args.by)).id
        before = await days.calendar(tx)
        try:
            lines = await acts[args.todo](tx, args, by)
        except NotAllowed:
            raise Complaint(say.not_an_administrator(args.by)) from None
        except NoSuchRecord:
            raise Complaint(say.not_marked()) from None
        moved = await recount(tx, before, await days.calendar(tx), _hours(here), by=by, at=clock.now())
    print("\n".join(lines))
    _tell(moved)
    return 0


def _tell(moved: list[Counted]) -> None:
    if moved:
        print(say.recounted(moved[:_NAMED], len(moved)))


def _hours(here: Opened) -> Hours:
    return Hours(here.settings.calendar.sessions, confirmed=here.settings.calendar.sessions_confirmed)


async def _set(tx: Tx, args: argparse.Namespace, by: int) -> list[str]:
    if not args.name.strip():
        raise Complaint(say.needs_name())
    kind, source = DayKind(args.kind), args.source or None
    put = await days.put(tx, _day(args.day), kind=kind, name=args.name, source=source, by=by, at=clock.now())
    return [say.day(put), say.wait(put.day)]


async def _remove(tx: Tx, args: argparse.Namespace, by: int) -> list[str]:
    return [say.removed(await days.remove(tx, _day(args.day), by=by, at=clock.now()))]


async def _confirm(tx: Tx, args: argparse.Namespace, by: int) -> list[str]:
    marked = {each.day: each for each in await days.calendar(tx)}
    lines = []
    for day in [day for said in args.days for day in _meant(said, marked)]:
        try:
            new = await days.confirm(tx, day, source=args.source or None, by=by, at=clock.now())
        except ValueError:
            raise Complaint(say.needs_source(marked[day])) from None
        lines.append(say.confirmed(day, new))
    return lines or [say.all_confirmed()]


def _meant(said: str, marked: dict[date, CalendarDay]) -> Iterator[date]:
    if said.isascii() and said.isdigit() and len(said) == 4:  # noqa: PLR2004 a year
        yield from (day for day, each in marked.items() if day.year == int(said) and not each.confirmed)
    else:
        yield _day(said)


def _day(said: str) -> date:
    now = today(clock.now())
    named = tet_day_meant(fold(said), now)
    day = named.day if named else day_meant(said, now)
    if day is None:
        raise Complaint(say.bad_day(said))
    return day


def _received(said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said.strip())
    except ValueError:
        at, rest = time_of(fold(said))
        day = day_meant(rest, today(clock.now()))
        if at is None or day is None:
            raise Complaint(say.bad_moment(said)) from None
        moment = datetime.combine(day, at)
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _term(said: str) -> Term:
    try:
        found = term_meant(said)
    except ValueError:
        found = None
    if found is None:
        raise Complaint(say.bad_term(said))
    return found[0]
