"""Read documents and draft them; somebody else checks, a third person approves."""

import argparse
import asyncio
from pathlib import Path

from bot import clock
from bot.commands import Complaint, say
from bot.commands.opened import opened
from bot.commands.people import person_named
from knowledge import readers
from knowledge.readers import Unreadable
from storage import documents
from storage.base import NotAllowed
from storage.controlled import Origin


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--as", dest="by", metavar="PERSON", help="người viết (hoặc người đăng ký)")
    parser.add_argument("--show", action="store_true", help="chỉ xem sẽ đọc được gì, không lập dự thảo")
    parser.add_argument("--code", help="mã hiệu; mặc định lấy trong tài liệu")
    parser.add_argument("--title", help="tên; mặc định lấy trong tài liệu")
    parser.add_argument("--version", default="1", help="lần ban hành (mặc định: 1)")
    parser.add_argument("--audience", choices=["public", "staff"], default="staff", help="ai được đọc")
    parser.add_argument("--external", action="store_true", help="tài liệu bên ngoài: người đăng ký và người xác nhận")


def run(args: argparse.Namespace) -> int:
    if args.show:
        for path in args.files:
            print(say.read(path.name, _read(path)[1]))
        return 0
    if not args.by:
        raise Complaint(say.needs_writer())
    return asyncio.run(_learn(args))


async def _learn(args: argparse.Namespace) -> int:
    async with opened() as here:
        for path in args.files:
            source, reading = _read(path)
            code = args.code or reading.code
            if not code:
                raise Complaint(say.needs_code(path.name))
            if any(not part.strip() or "@" in part for part in (code, args.version)):
                raise Complaint(say.bad_code())
            async with here.store.begin() as tx:
                by = await person_named(tx, args.by)
                try:
                    await documents.draft(
                        tx,
                        code=code,
                        title=args.title or reading.title or code,
                        version=args.version,
                        audience=args.audience,
                        origin=Origin.EXTERNAL if args.external else Origin.INTERNAL,
                        source_name=path.name,
                        source=source,
                        places=reading.places,
                        warnings=reading.warnings,
                        writer_id=by.id,
                        at=clock.now(),
                    )
                except NotAllowed:
                    raise Complaint(say.refused_draft(code, args.version)) from None
            print(say.drafted(code, args.version, reading))
    return 0


def _read(path: Path) -> tuple[bytes, readers.Reading]:
    try:
        source = path.read_bytes()
    except OSError:
        raise Complaint(say.no_file(path.name)) from None
    try:
        return source, readers.read(path.name, source)
    except Unreadable as reason:
        raise Complaint(say.unreadable(path.name, reason)) from None
