"""The catalogue of procedures from a file: read, reported row by row, taken in by batches."""

import argparse
from pathlib import Path

from bot.commands import Complaint


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="by", metavar="PERSON", help="ai nhập (ghi vào nhật ký)")


def run(args: argparse.Namespace) -> int:
    raise Complaint(args.file.name)


def template(path: Path) -> None:
    raise Complaint(path.name)
