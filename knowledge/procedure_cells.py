"""The cells of a row of the office's workbook, read as what they are meant to be, and the plan of that workbook."""

import json
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.fields import fields
from knowledge.procedure_records import OddRecord
from knowledge.procedure_words import day_of
from knowledge.sheets import CellValue, Formula, Line, label

_DATA = Path(__file__).parent / "data" / "procedure-sheet.json"
_SPLIT = re.compile(r"[;\n]")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


@cache
def plan() -> dict[str, Any]:
    """Return the tables, columns and choices of the workbook."""
    said: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    said["choices"]["fields"] = {f"{each.no}. {each.name}": str(each.no) for each in fields()}
    return said


class Cells:
    """The cells of one row, read as what they are meant to be. Raises OddRecord naming the column."""

    def __init__(self, line: Line, kind: str) -> None:
        self._values = line.values
        self._number = line.number
        self._kind = kind

    @property
    def number(self) -> int:
        """The number of the row as the person counts."""
        return self._number

    def _label(self, key: str) -> str:
        return next(str(each["label"]) for each in plan()["tables"][self._kind]["columns"] if each["key"] == key)

    def value(self, key: str) -> CellValue | None:
        value = self._values.get(key)
        if isinstance(value, Formula):
            raise OddRecord("formula", name=self._label(key))
        return value

    def text(self, key: str) -> str:
        match self.value(key):
            case None:
                return ""
            case bool() as flag:
                return "Có" if flag else "Không"
            case datetime() | date() as day:
                return f"{day:%Y-%m-%d}"
            case float() as number:
                return f"{number:.12g}"
            case other:
                return str(other).strip()

    def code(self, key: str) -> str:
        """Return a code; Excel takes 1.010690 for a number and drops the zero at its end."""
        value = self._values.get(key)
        if isinstance(value, float) and key in {"code", "ref"}:
            return f"{value:.6f}"
        return "" if isinstance(value, Formula) else self.text(key)

    def lines(self, key: str) -> list[str]:
        return [said for raw in self.text(key).split("\n") if (said := raw.strip().lstrip("-•+* ").strip())]

    def several(self, key: str) -> list[str]:
        return [said for raw in _SPLIT.split(self.text(key)) if (said := raw.strip())]

    def day(self, key: str) -> str | None:
        value = self.value(key)
        if value is None:
            return None
        day = value if isinstance(value, date) else day_of(str(value))
        if day is None:
            raise OddRecord("not_a_day", name=self._label(key), given=str(value)[:40])
        return f"{day:%Y-%m-%d}"

    def count(self, key: str) -> int:
        value = self.value(key)
        if value is None:
            return 0
        said = self.text(key)
        if isinstance(value, bool) or not said.isascii() or not said.isdigit():
            raise OddRecord("not_a_number", name=self._label(key), given=said[:40])
        return int(said)

    def money(self, key: str) -> int | None:
        said = self.text(key)
        if not said:
            return None
        plain = re.sub(r"\s*(?:đồng|đ|vnđ|vnd)\.?$", "", said, flags=re.IGNORECASE)
        plain = re.sub(r"[.,\s]", "", plain) if _GROUPED.fullmatch(plain.replace(" ", ".")) else plain
        if not plain.isascii() or not plain.isdigit():
            raise OddRecord("not_a_number", name=self._label(key), given=said[:40])
        return int(plain)

    def choice(self, key: str, choices: str) -> str | None:
        said = self.text(key)
        if not said:
            return None
        known: dict[str, str] = plan()["choices"][choices]
        for name, value in known.items():
            if label(name) == label(said) or value == said:
                return value
        raise OddRecord("unknown_word", name=self._label(key), given=said[:40], known=list(known))
