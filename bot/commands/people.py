"""The people of the office: who they are, their roles, and the codes that link their chats to them."""

import argparse
import asyncio

from bot import clock
from bot.commands import Complaint, say
from bot.commands.opened import opened
from bot.transports import configured
from storage import Tx, addresses, links, mailbox_codes, people
from storage.addresses import EMAIL, USUAL, BadMailbox
from storage.base import NotAllowed
from storage.mailbox_codes import TooManyCodes
from storage.people import Ambiguous, NoSuchPerson, Role


def add(parser: argparse.ArgumentParser) -> None:
    todo = parser.add_subparsers(dest="todo", required=True)
    new = todo.add_parser("add", help="thêm một người và in mã liên kết")
    new.add_argument("name")
    new.add_argument("--role", action="append", required=True, help="có thể nêu nhiều lần")
    new.add_argument("--unit", help="tên đơn vị; chưa có thì được tạo")
    new.add_argument("--field", action="append", default=[], help="lĩnh vực phụ trách (phó giám đốc)")
    todo.add_parser("list", help="danh sách")
    link = todo.add_parser("link", help="in mã liên kết mới")
    link.add_argument("name")
    leave = todo.add_parser("leave", help="người này đã nghỉ")
    leave.add_argument("name")
    leave.add_argument("--hand-over-to", metavar="NAME")
    reach = todo.add_parser("reach", help="nơi nhận thông báo của một người, thứ tự, địa chỉ thư")
    reach.add_argument("name")
    reach.add_argument("--email", metavar="ADDRESS", help="đặt địa chỉ thư; một mã được gửi tới đó để xác nhận")
    reach.add_argument("--confirmed", metavar="REMARK", help="người quản trị xác nhận thay mã: đã kiểm tra thế nào")
    reach.add_argument("--no-email", action="store_true", help="xóa địa chỉ thư")
    reach.add_argument("--first", nargs="+", choices=USUAL, metavar="CHANNEL", help="telegram, email, web: theo thứ tự")
    for act in (new, link, leave, reach):
        act.add_argument("--as", dest="by", metavar="PERSON", help="ai thực hiện")


def run(args: argparse.Namespace) -> int:
    acts = {"add": _add, "list": _list, "link": _link, "leave": _leave, "reach": _reach}
    return asyncio.run(acts[args.todo](args))


async def person_named(tx: Tx, name: str) -> people.Person:
    """Find one person by name or number, or complain in words."""
    try:
        return await people.find(tx, name)
    except NoSuchPerson:
        raise Complaint(say.no_person(name)) from None
    except Ambiguous:
        raise Complaint(say.many_people(name)) from None


async def _by(tx: Tx, args: argparse.Namespace) -> int | None:
    return (await person_named(tx, args.by)).id if args.by else None


def _roles(names: list[str]) -> list[Role]:
    known = {role.value: role for role in Role}
    for name in names:
        if name not in known:
            raise Complaint(say.bad_role(name, sorted(known)))
    return [known[name] for name in names]


async def _add(args: argparse.Namespace) -> int:
    at, roles = clock.now(), _roles(args.role)
    async with opened() as ground, ground.store.begin() as tx:
        by = await _by(tx, args)
        try:
            person = await people.add(tx, name=args.name, roles=roles, unit=args.unit, fields=args.field, at=at, by=by)
        except ValueError:
            raise Complaint(say.bad_person()) from None
        code = await links.issue(tx, person.id, by=by, at=at)
    print(say.code(args.name, code))
    return 0


async def _list(_: argparse.Namespace) -> int:
    async with opened() as ground, ground.store.reading() as tx:
        for person in await people.everybody(tx):
            print(say.person(person, person.unit, sorted(role.value for role in person.roles)))
    return 0


async def _link(args: argparse.Namespace) -> int:
    async with opened() as ground, ground.store.begin() as tx:
        person = await person_named(tx, args.name)
        code = await links.issue(tx, person.id, by=await _by(tx, args), at=clock.now())
    print(say.code(person.name, code))
    return 0


async def _leave(args: argparse.Namespace) -> int:
    async with opened() as ground, ground.store.begin() as tx:
        person = await person_named(tx, args.name)
        heir = (await person_named(tx, args.hand_over_to)).id if args.hand_over_to else None
        by = await _by(tx, args)
        try:
            left = await people.leave(tx, person.id, hand_over_to=heir, by=by, at=clock.now())
        except NotAllowed:
            raise Complaint(say.not_an_heir(args.hand_over_to)) from None
    print(say.left(person.name, left.tickets + left.questions))
    return 0


async def _reach(args: argparse.Namespace) -> int:
    at = clock.now()
    async with opened() as ground, ground.store.begin() as tx:
        person = await person_named(tx, args.name)
        by = await _by(tx, args)
        if args.no_email:
            await addresses.write_no_more(tx, person.id, by=by, at=at)
            await mailbox_codes.forget(tx, person.id)
        if args.email or args.confirmed is not None:
            await _write_to(tx, person.id, args, writes=EMAIL in configured(ground.settings))
        if args.first:
            await addresses.order(tx, person.id, args.first, by=by, at=at)
        places = await addresses.of(tx, person.id)
        mailbox = addresses.masked(await addresses.mailbox_of(tx, person.id))
        waits = await mailbox_codes.pending(tx, person.id, at)
    print(say.reached(person.name, list(dict.fromkeys(place.channel for place in places)), mailbox))
    if waits:
        print(say.mailbox_waits(addresses.masked(waits.mailbox), waits))
    return 0


async def _write_to(tx: Tx, person_id: int, args: argparse.Namespace, *, writes: bool) -> None:
    """Send a code to the mailbox; or take it, or the one that waits, at an administrator's word."""
    by, at = await _by(tx, args), clock.now()
    mailbox = args.email or await mailbox_codes.named(tx, person_id)
    try:
        if args.confirmed is None and not writes:
            raise Complaint(say.no_mail_server())
        if args.confirmed is None:
            await mailbox_codes.ask(tx, person_id, mailbox, by=by, at=at)
            return
        await mailbox_codes.vouch(tx, person_id, mailbox, remark=args.confirmed, by=by, at=at)
    except BadMailbox:
        raise Complaint(say.bad_mailbox()) from None
    except TooManyCodes:
        raise Complaint(say.too_many_codes()) from None
    except NotAllowed:
        raise Complaint(say.administrator_vouches()) from None
    except ValueError:
        raise Complaint(say.needs_remark()) from None
