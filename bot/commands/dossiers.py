"""Dossiers at the desk: print the PIN and QR code of a receipt, sample some for an audit, see the imports."""

import argparse
import asyncio
from pathlib import Path

from bot import clock
from bot.commands import Complaint, Say
from bot.commands.opened import Opened, opened
from bot.commands.people import person_named
from knowledge import dossier_codes
from storage import Tx, dossier_imports, dossier_links, dossier_work
from storage.base import NoSuchRecord, NotAllowed
from storage.dossiers import Dossier

say = Say("bot/commands/dossiers")
_PICTURES = {".svg", ".png"}


def add(parser: argparse.ArgumentParser) -> None:
    todo = parser.add_subparsers(dest="todo", required=True)
    pin = todo.add_parser("pin", help="in mã PIN và mã QR của giấy tiếp nhận; mã PIN cũ hết hiệu lực")
    pin.add_argument("code")
    pin.add_argument("--all", action="store_true", help="mở mọi hồ sơ của cùng chủ (người được ủy quyền)")
    pin.add_argument("--qr", type=Path, metavar="FILE.svg|FILE.png", help="ghi mã QR ra tệp")
    sample = todo.add_parser("sample", help="chọn hồ sơ cho đánh giá nội bộ: đánh giá viên xem được")
    sample.add_argument("code", nargs="+")
    sample.add_argument("--undo", action="store_true", help="thôi chọn")
    for act in (pin, sample):
        act.add_argument("--as", dest="by", metavar="PERSON", required=True, help="ai thực hiện")
    todo.add_parser("imports", help="các lần nhập gần đây")


def run(args: argparse.Namespace) -> int:
    acts = {"pin": _pin, "sample": _sample, "imports": _imports}
    return asyncio.run(acts[args.todo](args))


async def _dossier(tx: Tx, code: str) -> Dossier:
    try:
        return await dossier_work.named(tx, dossier_codes.key(code))
    except NoSuchRecord:
        raise Complaint(say.no_dossier(code)) from None


async def _pin(args: argparse.Namespace) -> int:
    if args.qr and args.qr.suffix.lower() not in _PICTURES:
        raise Complaint(say.bad_picture(args.qr))
    async with opened() as ground:
        async with ground.store.begin() as tx:
            dossier = await _dossier(tx, args.code)
            by = (await person_named(tx, args.by)).id
            try:
                issued = await dossier_links.issue(tx, dossier, by=by, at=clock.now(), everything=args.all)
                pin = dossier_links.spelled(tx, issued)
            except NotAllowed:
                raise Complaint(say.not_a_clerk(args.by)) from None
            except NoSuchRecord:
                raise Complaint(say.no_owner(args.code)) from None
        _shown(ground, dossier.code, pin, args.qr)
    return 0


def _shown(ground: Opened, code: str, pin: str, file: Path | None) -> None:
    import segno  # noqa: PLC0415  a light start does without

    page = ground.settings.web.public_url.rstrip("/")
    # The page takes it out of its address at once; it is sent to nobody but us.
    content = f"{page}/#ma={pin}" if page else pin
    print(say.pin(code, pin, content, dossier_links.PIN_LIFETIME.days, dossier_links.PIN_USES))
    picture = segno.make(content, error="m", micro=False)
    if file is None:
        picture.terminal(compact=True)
    else:
        picture.save(str(file), scale=8)
        print(say.picture(file))


async def _sample(args: argparse.Namespace) -> int:
    async with opened() as ground, ground.store.begin() as tx:
        by = (await person_named(tx, args.by)).id
        for code in args.code:
            dossier = await _dossier(tx, code)
            try:
                await dossier_work.sample(tx, dossier, on=not args.undo, by=by, at=clock.now())
            except NotAllowed:
                raise Complaint(say.not_an_auditor(args.by)) from None
            print(say.sampled(dossier.code, args.undo))
    return 0


async def _imports(_: argparse.Namespace) -> int:
    async with opened() as ground, ground.store.reading() as tx:
        for batch in await dossier_imports.latest(tx, limit=20):
            print(say.batch(batch))
    return 0
