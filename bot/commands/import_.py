"""Take in a file of the office: `troly import KIND FILE`. The kinds are listed in bot/imports."""

import argparse
from pathlib import Path

from bot.imports import KINDS, kind


def add(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for name, what in KINDS.items():
        own = kinds.add_parser(name, help=what, description=what)
        own.add_argument("file", type=Path, metavar="FILE")
        own.add_argument("--dry-run", action="store_true", help="chỉ đọc và báo cáo từng dòng, không ghi gì")
        own.add_argument("--report", type=Path, metavar="FILE.xlsx", help="ghi báo cáo từng dòng ra tệp Excel")
        kind(name).add(own)


def run(args: argparse.Namespace) -> int:
    return kind(args.kind).run(args)
