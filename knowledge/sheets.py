"""Workbooks that people fill in (.xlsx): tables under a head of known labels. Formulas are seen, never computed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from knowledge.readers.reading import Unreadable, spoken
from knowledge.readers.zipped import checked, is_locked, package
from knowledge.vietnamese import fold

MOST_ROWS = 60_000
_MOST_CELLS = 3_000_000  # looked at in all sheets; a format may go down a million empty rows
_MOST_COLUMNS = 200
_HEAD_WITHIN = 15  # rows
_LONGEST = 32_767  # what a cell of Excel holds
_LEAST = 2  # labels that make a head


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that holds a formula: what it would give is not ours to compute."""

    text: str


CellValue = str | int | float | date | datetime | bool | Formula


@dataclass(frozen=True, slots=True)
class Line:
    """A row under the head. `number`: what Excel shows beside it; `values` by the key of their column."""

    number: int
    values: Mapping[str, CellValue]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with a known head. `unknown`: labels of its head that mean nothing here."""

    title: str
    lines: tuple[Line, ...]
    unknown: tuple[str, ...]


def tables(source: bytes, heads: Mapping[str, Mapping[str, str]]) -> dict[str, Table]:
    """Read the tables of a workbook. `heads`: for each kind of table its columns, folded label to key.

    A sheet is of the kind with which it shares most labels, two at least; of two sheets of one kind the first counts.
    Raises Unreadable for what is no workbook, too large, damaged, locked or carries macros.
    """
    if is_locked(source):
        raise Unreadable("locked")
    with package(source) as opened:
        for _ in checked(opened, "xl/"):
            pass
    try:
        return _tables(source, heads)
    except Unreadable:
        raise
    except Exception as error:  # damage has as many names in openpyxl as in the format
        raise Unreadable("broken", format="Excel (.xlsx)") from error


def label(text: str) -> str:
    """Return a label as heads are compared: no marks, no case, no star, nothing in brackets."""
    said = fold(text).partition("(")[0]
    return " ".join("".join(letter if letter.isalnum() else " " for letter in said).split())


def _tables(source: bytes, heads: Mapping[str, Mapping[str, str]]) -> dict[str, Table]:
    from openpyxl import load_workbook  # noqa: PLC0415 - only who reads a workbook waits for it

    book = load_workbook(BytesIO(source), read_only=True, data_only=False, keep_links=False)
    found: dict[str, Table] = {}
    left = _MOST_CELLS
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                rows, left = _rows(sheet, left)
                kind, table = _table(sheet.title, rows, heads)
                if table is not None and kind not in found:
                    found[kind] = table
    finally:
        book.close()
    return found


def _rows(sheet: Any, left: int) -> tuple[list[tuple[int, list[CellValue | None]]], int]:
    sheet.reset_dimensions()  # what the file says of its size may be a million rows
    rows: list[tuple[int, list[CellValue | None]]] = []
    for number, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), start=1):
        left -= len(row) + 1
        values = [_value(cell) for cell in row]
        if any(value is not None for value in values):
            rows.append((number, values))
        if len(rows) > MOST_ROWS or left < 0:
            raise Unreadable("too_many_rows", most=MOST_ROWS)
    return rows, left


def _value(cell: Any) -> CellValue | None:
    value = cell.value
    if cell.data_type == "f":
        return Formula(str(value)[:200])
    if isinstance(value, str):
        return spoken(value[:_LONGEST]).strip() or None
    if cell.data_type == "e":
        return Formula(str(value))
    if value is None or isinstance(value, int | float | date):  # a datetime is a date, a bool an int
        return value
    return str(value)


def _table(
    title: str, rows: Sequence[tuple[int, list[CellValue | None]]], heads: Mapping[str, Mapping[str, str]]
) -> tuple[str, Table | None]:
    best, kind, at = _LEAST - 1, "", -1
    for index, (_, values) in enumerate(rows[:_HEAD_WITHIN]):
        said = {label(value) for value in values if isinstance(value, str)}
        for name, columns in heads.items():
            if len(said & columns.keys()) > best:
                best, kind, at = len(said & columns.keys()), name, index
    if at < 0:
        return "", None
    columns = heads[kind]
    head = [label(value) if isinstance(value, str) else "" for value in rows[at][1]]
    keys = [columns.get(said, "") for said in head]
    lines = tuple(line for number, values in rows[at + 1 :] for line in _line(number, keys, values))
    unknown = tuple(str(value) for value, key in zip(rows[at][1], keys, strict=True) if value is not None and not key)
    return kind, Table(title, lines, unknown)


def _line(number: int, keys: Sequence[str], values: Sequence[CellValue | None]) -> Iterator[Line]:
    said = {key: value for key, value in zip(keys, values, strict=False) if key and value is not None}
    if said:
        yield Line(number, said)
