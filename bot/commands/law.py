"""The list of legal texts: which hold, which were replaced or suspended, and who looked that up."""

import argparse
import asyncio
from datetime import date

from bot import clock
from bot.commands import Complaint, Say, say
from bot.commands.opened import opened
from bot.commands.people import person_named
from knowledge.procedure_words import day_of, legal_numbers
from knowledge.workdays import today
from storage import legal_texts
from storage.base import NotAllowed
from storage.legal_texts import Standing

_TOLD = Say("bot/commands/law")


def add(parser: argparse.ArgumentParser) -> None:
    todo = parser.add_subparsers(dest="todo", required=True)
    listing = todo.add_parser("list", help="danh mục văn bản pháp luật và tình trạng")
    listing.add_argument("--stale", action="store_true", help="chỉ văn bản đã bị thay thế hoặc tạm ngưng")
    new = todo.add_parser("set", help="ghi tình trạng của một văn bản, sau khi đã tra cứu")
    new.add_argument("number", help="số, ký hiệu, ví dụ 61/2018/NĐ-CP")
    new.add_argument("--standing", required=True, choices=[each.value for each in Standing])
    new.add_argument("--source", required=True, help="tra cứu ở đâu")
    new.add_argument("--since", metavar="YYYY-MM-DD", help="từ ngày nào")
    new.add_argument("--until", metavar="YYYY-MM-DD", help="văn bản tạm thời: ngày cuối cùng áp dụng")
    new.add_argument("--replaced-by", action="append", default=[], metavar="SỐ", help="có thể nêu nhiều lần")
    new.add_argument("--title", default="", help="loại và tên, ví dụ Nghị định")
    new.add_argument("--note", default="")
    new.add_argument("--as", dest="by", required=True, metavar="PERSON")


def run(args: argparse.Namespace) -> int:
    return asyncio.run(_list(stale=args.stale) if args.todo == "list" else _set(args))


async def _list(*, stale: bool) -> int:
    gone = {Standing.REPLACED, Standing.SUSPENDED}
    async with opened() as here, here.store.reading() as tx:
        for line in await legal_texts.listed(tx):
            if not stale or line.standing in gone:
                print(_TOLD.line(line))
    return 0


async def _set(args: argparse.Namespace) -> int:
    number = " ".join(args.number.split())
    if number not in legal_numbers(number):
        raise Complaint(_TOLD.bad_number(number))
    standing, at = Standing(args.standing), clock.now()
    async with opened() as here, here.store.begin() as tx:
        by = await person_named(tx, args.by)
        try:
            await legal_texts.state(
                tx,
                number,
                standing=standing,
                since=_day(args.since),
                until=_day(args.until),
                replaced_by=tuple(args.replaced_by),
                source=args.source,
                title=args.title,
                note=args.note,
                by=by.id,
                on=today(at),
                at=at,
            )
        except NotAllowed:
            raise Complaint(_TOLD.refused(by.name)) from None
        except ValueError:
            raise Complaint(_TOLD.needs_more()) from None
    print(_TOLD.stated(number, standing.value))
    return 0


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    day = day_of(text)
    if day is None:
        raise Complaint(say.bad_day(text))
    return day
