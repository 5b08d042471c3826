"""The workbook that the office fills in: a guide, four tables, drop-downs, and no example that could be imported."""

from pathlib import Path
from typing import Any

from bot.commands import Say
from bot.imports import workbooks
from knowledge.procedure_cells import plan

_ROWS = 5_000  # rows with drop-downs
_TOLD = Say("bot/imports/procedures")


def write_template(path: Path) -> None:
    """Write the template. Raises OSError."""
    from openpyxl import Workbook  # noqa: PLC0415 a light start
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 a light start

    book = Workbook()
    guide = book.active
    assert guide is not None  # noqa: S101 a new workbook has a sheet
    guide.title = _TOLD.guide_title()
    for number, line in enumerate(plan()["guide"], 1):
        workbooks.write(guide, number, [line])
        guide.cell(number, 1).alignment = Alignment(wrap_text=True)
    guide.cell(1, 1).font = Font(bold=True, size=14)
    guide.column_dimensions["A"].width = 110
    tables = {kind: book.create_sheet(table["title"]) for kind, table in plan()["tables"].items()}
    ranges = _choices(book.create_sheet(_TOLD.choices_title()))
    for kind, sheet in tables.items():
        _table(sheet, plan()["tables"][kind]["columns"], ranges)
    book.save(path)


def _choices(sheet: Any) -> dict[str, str]:
    """Write the lists of the drop-downs; return where each stands. Longer lists than 255 letters need a sheet."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 a light start

    ranges = {}
    for column, (name, known) in enumerate(plan()["choices"].items(), 1):
        letter = get_column_letter(column)
        for number, said in enumerate(known, 1):
            sheet.cell(number, column, said)
        sheet.column_dimensions[letter].width = 30
        ranges[name] = f"'{sheet.title}'!${letter}$1:${letter}${len(known)}"
    sheet.sheet_state = "hidden"
    return ranges


def _table(sheet: Any, columns: list[dict[str, Any]], ranges: dict[str, str]) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415 a light start
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 a light start
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 a light start

    workbooks.write(sheet, 1, [column["label"] for column in columns])
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        if column["help"]:
            sheet.cell(1, number).comment = Comment(column["help"], "troly", width=260, height=90)
        if choices := column.get("choices"):
            rule = DataValidation(type="list", formula1=f"={ranges[choices]}", allow_blank=True)
            # Several fields may stand in one cell, which no drop-down offers: it proposes, it does not refuse.
            rule.showErrorMessage = choices != "fields"
            rule.error = _TOLD.choose()
            rule.add(f"{letter}2:{letter}{_ROWS}")
            sheet.add_data_validation(rule)
        # Text: Excel would take 1.010690 for a number and drop its last zero.
        sheet.column_dimensions[letter].number_format = "dd/mm/yyyy" if column.get("day") else "@"
    workbooks.dress(sheet, [column["width"] for column in columns])
