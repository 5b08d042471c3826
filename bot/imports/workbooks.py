"""Workbooks that the office is given: reports of imports and templates to fill in. Nothing in them is a formula."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_WIDEST = 80
_LONGEST = 32_000  # a cell holds 32,767


def report(path: Path, title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table to look through in Excel. Raises OSError."""
    from openpyxl import Workbook  # noqa: PLC0415 a light start

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 a new workbook has a sheet
    sheet.title = title
    write(sheet, 1, head)
    widths = [len(said) for said in head]
    for number, row in enumerate(rows, 2):
        write(sheet, number, row)
        widths = [max(width, min(len(str(said)), _WIDEST)) for width, said in zip(widths, row, strict=True)]
    dress(sheet, widths)
    book.save(path)


def write(sheet: "Worksheet | Any", number: int, row: Sequence[object]) -> None:
    """Write a row. A text that begins like a formula stays a text: it came from a file somebody sent."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 a light start

    for column, said in enumerate(row, 1):
        cell = sheet.cell(number, column)
        if isinstance(said, str):
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", said)[:_LONGEST]
            if cell.data_type == "f":
                cell.data_type = "s"
        else:
            cell.value = said


def dress(sheet: "Worksheet | Any", widths: Sequence[int]) -> None:
    """Make the head stand out and stay, and the columns wide enough."""
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 a light start
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 a light start

    for column, width in enumerate(widths, 1):
        cell = sheet.cell(1, column)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE8F5")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(column)].width = width + 2
    sheet.freeze_panes = "A2"
