"""Reads Excel workbooks (.xlsx): a table's rows are the places, with the words of its head before each value.

The head is the first row, of the first 30, with two or more words in it and no number, that is as wide as the table. A
sheet without one is a single place, its rows the lines. The place of row 12 is "dong-12", with the sheet's name before
it where there are several: it is the number that a person sees beside the row.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from knowledge.readers.encodings import by_font
from knowledge.readers.legible import Legible
from knowledge.readers.lines import folded
from knowledge.readers.naming import Names, slug
from knowledge.readers.outline import CODE, LONGEST_TITLE
from knowledge.readers.reading import MOST_PLACES, Reading, Unreadable, spoken, stem
from knowledge.readers.zipped import checked, is_zip, package, part_names
from knowledge.texts import Place
from knowledge.wording import Words, plain

if TYPE_CHECKING:
    from openpyxl.cell import Cell

_MAIN = "xl/workbook.xml"
_NAMES = (".xlsx", ".xlsm", ".xltx")
_MOST_ROWS = 50_000  # of a sheet
_MOST_CELLS = 3_000_000  # looked at in all
_MOST_COLUMNS = 200
_HEAD_WITHIN = 30  # rows
_WIDTH = 0.6  # of the widest row near the head
_LEAST_COLUMNS = 2
_SAY = Words("knowledge/readers/readers")

_Values = tuple[str, ...]


class XlsxReader:
    def reads(self, name: str, source: bytes) -> bool:
        """Know a workbook by what is in it; by its name where that cannot be opened."""
        return is_zip(source) and (_MAIN in part_names(source) or name.lower().endswith(_NAMES))

    def read(self, name: str, source: bytes) -> Reading:
        with package(source) as opened:
            uncomputed = _uncomputed(checked(opened, "xl/"))
        book = _Book(name)
        try:
            book.read(source)
        except Unreadable:
            raise
        except Exception as error:  # damage has as many names in openpyxl as in the format
            raise Unreadable("broken", format="Excel (.xlsx)") from error
        return book.reading(uncomputed)


def _uncomputed(elements: Iterable[Element]) -> int:
    """Count the formulas without a value: whatever wrote them was no spreadsheet program."""
    count, waiting = 0, False
    for element in elements:
        match element.tag.rpartition("}")[2]:
            case "f":
                waiting = True
            case "v":
                waiting = waiting and not element.text
            case "c":
                count += waiting
                waiting = False
    return count


class _Book:
    """A workbook while its sheets go by."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._names = Names()
        self._places: list[Place] = []
        self._above: list[str] = []  # what stands over the heads of tables: titles, codes
        self._warnings: list[str] = []
        self._hidden: list[str] = []
        self._cells = 0
        self._legible = Legible()

    def read(self, source: bytes) -> None:
        from openpyxl import load_workbook  # noqa: PLC0415 - only who reads a workbook waits for it

        book = load_workbook(BytesIO(source), read_only=True, data_only=True, keep_links=False)
        try:
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            self._hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
            for sheet in shown:
                self._sheet(sheet, several=len(shown) > 1)
        finally:
            book.close()

    def reading(self, uncomputed: int) -> Reading:
        if not any(place.text for place in self._places):
            raise Unreadable("no_places")
        warnings = [*self._legible.warnings([place.text for place in self._places]), *self._warnings]
        if uncomputed:
            warnings.append(plain(_SAY.not_computed(count=uncomputed)))
        if self._hidden:
            warnings.append(plain(_SAY.hidden_sheets(names=self._hidden)))
        codes = (found["code"] for line in self._above if (found := CODE.match(line[:LONGEST_TITLE])))
        titles = (line for line in self._above if line.isupper() and " | " not in line and not CODE.match(line))
        title = next(titles, stem(self._name))[:LONGEST_TITLE]
        return Reading(next(codes, None), title, tuple(self._places), tuple(warnings))

    def _sheet(self, sheet: Any, *, several: bool) -> None:
        sheet.reset_dimensions()  # what the file says of its size may be a million rows
        title = spoken(folded(sheet.title))
        rows = list(self._rows(sheet))
        rows = self._unicode(rows)
        at = _head_of(rows)
        above = [_joined(values) for _, values in (rows if at is None else rows[:at])]
        self._above += above
        prefix = slug(title) if several else ""
        if above:
            self._place(prefix or ("toan-van" if at is None else "mo-dau"), title, "\n".join(above))
        if at is None:
            return
        head = rows[at][1]
        for number, values in rows[at + 1 :]:
            if values != head:  # of a table that goes on over printed pages
                self._row(f"{prefix}-dong-{number}".lstrip("-"), head, values)

    def _row(self, name: str, head: _Values, values: _Values) -> None:
        named = [(head[at] if at < len(head) else "", value) for at, value in enumerate(values) if value]
        heading = next((value for _, value in named if not _is_number(value)), named[0][1])
        lines = [f"{label}: {value}" if label else value for label, value in named]
        self._place(name, heading[:LONGEST_TITLE], "\n".join(lines))

    def _place(self, name: str, title: str, text: str) -> None:
        if len(self._places) >= MOST_PLACES:
            raise Unreadable("too_many", most=MOST_PLACES)
        self._places.append(Place(self._names.give(name), title, text))

    def _rows(self, sheet: Any) -> Iterator[tuple[int, _Values]]:
        """Yield the rows that say something, with the numbers that Excel shows beside them."""
        for number, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), start=1):
            self._cells += len(row) + 1
            values = tuple(self._value(cell) for cell in row)
            if not any(values):  # a format may go down a million empty rows
                if self._cells > _MOST_CELLS:
                    return
                continue
            if number > _MOST_ROWS or self._cells > _MOST_CELLS:
                self._warnings.append(plain(_SAY.cut_rows(sheet=sheet.title, most=number - 1)))
                return
            yield number, values

    def _value(self, cell: "Cell") -> str:
        value = cell.value
        if isinstance(value, str):
            text = folded(spoken(value))
            return text if text.isascii() else self._in_font(cell, text)
        return shown(value, cell.number_format or "") if value is not None else ""

    def _in_font(self, cell: "Cell", text: str) -> str:
        font = cell.font.name or "" if cell.font else ""
        return self._legible.text(text, font) if by_font(font) else text

    def _unicode(self, rows: list[tuple[int, _Values]]) -> list[tuple[int, _Values]]:
        """Turn a sheet without telling fonts into Unicode, where its words are in an old encoding."""
        turn = self._legible.turning(value for _, values in rows for value in values)
        return [(number, tuple(map(turn, values))) for number, values in rows] if turn else rows


def _head_of(rows: Sequence[tuple[int, _Values]]) -> int | None:
    """Return where the head of the table stands among the rows; None for a sheet that is no table."""
    near = rows[:_HEAD_WITHIN]
    widest = max((_filled(values) for _, values in near), default=0)
    for at, (_, values) in enumerate(near[:-1] if len(near) == len(rows) else near):
        said = [value for value in values if value]
        wide = len(said) >= max(_LEAST_COLUMNS, _WIDTH * widest)
        if wide and len(set(said)) == len(said) and not any(_is_number(value) for value in said):
            return at
    return None


def _filled(values: _Values) -> int:
    return sum(1 for value in values if value)


def _joined(values: _Values) -> str:
    return " | ".join(value for value in values if value)


def _is_number(value: str) -> bool:
    return value.replace(".", "").replace(",", "").replace("%", "").strip("- ").isdecimal()


def shown(value: Any, format_: str) -> str:
    """Return a value as the office writes it: 28/03/2026, 7:30, 1.5, 20%, Có. `format_` is the cell's format."""
    match value:
        case bool():
            said = "Có" if value else "Không"
        case datetime():
            said = f"{value:%d/%m/%Y}" + (f" {value:%H:%M}" if value.time() != time() else "")
        case date():
            said = f"{value:%d/%m/%Y}"
        case time():
            said = f"{value:%H:%M}"
        case int() | float() if format_.endswith("%"):
            said = f"{value * 100:.10g}%"
        case float():
            said = f"{value:.12g}"
        case _:
            said = folded(spoken(str(value)))
    return said
