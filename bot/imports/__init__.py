"""What can be imported from files of the office: one module a kind, and its line in this list.

A module has `add(parser)` for the options of its own beside FILE, `run(args) -> int`, and `template(path)`, which
writes an empty workbook to fill in. What is heavy it imports where it runs: the options of every kind are read at once.
"""

import argparse
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

KINDS = {
    "dossiers": "Hồ sơ từ hệ thống Một cửa: XLSX, CSV, JSON, với tệp ánh xạ cột",
    "procedures": "Danh mục thủ tục: XLSX theo mẫu, JSON/JSONL, hoặc bản xuất của Cổng Dịch vụ công quốc gia",
}


class Kind(Protocol):
    """A module of this package. `run` returns 0, or 1 where rows were left out; raises Complaint for a bad file."""

    def add(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...

    def template(self, path: Path) -> None: ...


def kind(name: str) -> Kind:
    return cast("Kind", import_module(f"bot.imports.{name}"))
