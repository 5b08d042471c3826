"""Write an empty workbook to fill in and import: `troly template KIND FILE.xlsx`. Kinds are listed in bot/imports."""

import argparse
from pathlib import Path

from bot.commands import Complaint, say
from bot.imports import KINDS, kind


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("file", type=Path, metavar="FILE.xlsx")
    parser.add_argument("--force", action="store_true", help="ghi đè tệp đã có")


def run(args: argparse.Namespace) -> int:
    path: Path = args.file
    if path.suffix.lower() != ".xlsx":
        raise Complaint(say.not_xlsx(path.name))
    if path.exists() and not args.force:
        raise Complaint(say.file_exists(path.name))
    kind(args.kind).template(path)
    print(say.template_written(path.name, args.kind))
    return 0
