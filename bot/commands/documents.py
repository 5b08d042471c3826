"""The controlled documents (manual 7.5): who wrote, checked and approved which version, and what answers now."""

import argparse
import asyncio
from datetime import date

from bot import clock
from bot.commands import Complaint, say
from bot.commands.opened import opened
from bot.commands.people import person_named
from knowledge.workdays import today
from storage import Tx, documents
from storage.base import NotAllowed
from storage.controlled import VersionState as State
from storage.documents import VersionLine

# From which states each act can start; the store has the last word.
FROM = {
    "check": {State.DRAFT},
    "approve": {State.DRAFT, State.CHECKED},
    "suspend": {State.APPROVED},
    "resume": {State.SUSPENDED},
    "withdraw": set(State) - {State.OBSOLETE},
}


def add(parser: argparse.ArgumentParser) -> None:
    todo = parser.add_subparsers(dest="todo", required=True)
    todo.add_parser("list", help="mọi tài liệu, mọi phiên bản")
    show = todo.add_parser("show", help="các mục của một phiên bản")
    show.add_argument("document", metavar="CODE[@VERSION]")
    for name in FROM:
        act = todo.add_parser(name)
        act.add_argument("document", metavar="CODE[@VERSION]")
        act.add_argument("--as", dest="by", required=True, metavar="PERSON")
        if name == "approve":
            act.add_argument("--effective-from", metavar="YYYY-MM-DD", help="mặc định: hôm nay")
        if name in {"suspend", "withdraw"}:
            act.add_argument("--reason", default="")


def run(args: argparse.Namespace) -> int:
    acts = {"list": _list, "show": _show}
    return asyncio.run(acts.get(args.todo, _act)(args))


async def _list(_: argparse.Namespace) -> int:
    async with opened() as here, here.store.reading() as tx:
        for line in await documents.listed(tx):
            print(say.document(line))
    return 0


async def _show(args: argparse.Namespace) -> int:
    async with opened() as here, here.store.reading() as tx:
        line = await _version(tx, args.document, set(State))
        print(say.document(line))
        for place in await documents.places(tx, line.id):
            print("\n" + say.place(place))
    return 0


async def _act(args: argparse.Namespace) -> int:
    async with opened() as here, here.store.begin() as tx:
        line = await _version(tx, args.document, FROM[args.todo])
        by = (await person_named(tx, args.by)).id
        try:
            await _do(tx, args, line, by)
        except NotAllowed:
            raise Complaint(say.refused_act(args.todo, line)) from None
    print(say.done(args.todo, line.document, line.version))
    return 0


async def _do(tx: Tx, args: argparse.Namespace, line: VersionLine, by: int) -> None:
    at = clock.now()
    match args.todo:
        case "check":
            await documents.check(tx, line.id, by=by, at=at)
        case "approve":
            day = _day(args.effective_from) if args.effective_from else today(at)
            await documents.approve(tx, line.id, by=by, effective_from=day, effective_from_confirmed=True, at=at)
        case "resume":
            await documents.resume(tx, line.id, by=by, at=at)
        case _ if not args.reason.strip():
            raise Complaint(say.needs_reason())
        case "suspend":
            await documents.suspend(tx, line.id, by=by, reason=args.reason, at=at)
        case _:
            await documents.withdraw(tx, line.id, by=by, reason=args.reason, at=at)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Complaint(say.bad_day(text)) from None


async def _version(tx: Tx, name: str, states: set[State]) -> VersionLine:
    """Find the version meant by CODE or CODE@VERSION; without a version, the only one that the act could apply to."""
    code, _, version = name.partition("@")
    lines = [line for line in await documents.listed(tx) if line.document == code and version in {"", line.version}]
    if not lines:
        raise Complaint(say.no_document(name))
    fitting = [line for line in lines if line.state in states] or lines
    if len(fitting) > 1:
        raise Complaint(say.which_version(code, [line.version for line in fitting]))
    return fitting[0]
