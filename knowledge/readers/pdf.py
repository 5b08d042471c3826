"""Reads PDF files with a text layer: lines into paragraphs, ruled tables into rows, without what every page repeats."""

import logging
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from knowledge.readers.laying import MOST_BLOCKS, Block, Line, Row, reading_of
from knowledge.readers.legible import Legible
from knowledge.readers.pdf_columns import Bare, bare_tables
from knowledge.readers.pdf_glyphs import sheet_of
from knowledge.readers.pdf_lines import Paragraph, Printed, lines_of, paragraphs_of
from knowledge.readers.pdf_pages import Page, Placed, joined, without_repeats
from knowledge.readers.pdf_sheet import Budget, Sheet
from knowledge.readers.pdf_tables import Cell, Table, placed, tables_of
from knowledge.readers.reading import Reading, Unreadable
from knowledge.wording import Words, plain

if TYPE_CHECKING:
    from pypdf import PdfReader as Pypdf

_FIRST = 1024  # a PDF may begin with that much of something else
_MOST_BYTES = 25_000_000
_MOST_PAGES = 1_000
_MOST_STREAM = 6_000_000  # unpacked; the drawing of a page of text has some 50 kB, a code table as much
_MOST_PARSED = 600_000
_SHOWN = 12  # pages named in a warning
_UNKNOWN = 0.2  # of the letters without a code: what is left is no text
_LARGER = 1.12  # than the letters of the text: a heading
_FREE = 12.0  # points beside the text in a cell
_BESIDE = 3  # lines of a page with texts beside each other that no table holds
_LEAST_TEXT = 3  # letters; a scan may have a page number printed on
_SAY = Words("knowledge/readers/readers")

# What it finds wrong with a file it repairs or raises; its notes are for programmers.
logging.getLogger("pypdf").addHandler(logging.NullHandler())
logging.getLogger("pypdf").propagate = False


class PdfReader:
    def reads(self, name: str, source: bytes) -> bool:  # noqa: ARG002 - a PDF is one whatever it is called
        return b"%PDF-" in source[:_FIRST]

    def read(self, name: str, source: bytes) -> Reading:
        if len(source) > _MOST_BYTES:
            raise Unreadable("too_large", most_mb=_MOST_BYTES // 1_000_000)
        try:
            sheets = _sheets(source)
        except Unreadable:
            raise
        except Exception as error:  # damage has as many names in pypdf as in the format
            raise Unreadable("broken", format="PDF") from error
        legible = Legible()
        blocks, warnings = legible.blocks(_blocks(sheets, legible))
        return reading_of(blocks, name, warnings=(*warnings, *_scanned(sheets), *_guessed(sheets)))


def _sheets(source: bytes) -> list[Sheet]:
    from pypdf import PdfReader as Pypdf  # noqa: PLC0415 - only who reads a PDF waits for it
    from pypdf import apply_configuration  # noqa: PLC0415  a light start: only who reads a PDF loads it
    from pypdf.errors import LimitReachedError  # noqa: PLC0415  a light start: only who reads a PDF loads it

    with apply_configuration(
        zlib_maximum_output_length=_MOST_STREAM,
        lzw_maximum_output_length=_MOST_STREAM,
        run_length_maximum_output_length=_MOST_STREAM,
        array_based_stream_maximum_output_length=_MOST_STREAM,
        stream_decoding_work_maximum_length=4 * _MOST_STREAM,
        stream_parsing_work_maximum_count=_MOST_PARSED,
        stream_filters_maximum_length=4,
        page_tree_maximum_page_entries=20 * _MOST_PAGES,
        jbig2dec_binary=None,  # no other program is started
    ):
        try:
            return _read(Pypdf(BytesIO(source), root_object_recovery_limit=5_000, xref_stream_maximum_entries=500_000))
        except LimitReachedError as error:
            raise Unreadable("swollen") from error


def _read(file: "Pypdf") -> list[Sheet]:
    _unlock(file)
    if len(file.pages) > _MOST_PAGES:
        raise Unreadable("too_many_pages", most=_MOST_PAGES)
    budget = Budget()
    sheets = [sheet_of(page, budget) for page in file.pages]
    letters = sum(len(sheet.glyphs) for sheet in sheets)
    if letters < _LEAST_TEXT * max(1, len(sheets)):
        raise Unreadable("no_text_layer")
    if sum(sheet.unknown for sheet in sheets) > _UNKNOWN * letters:
        raise Unreadable("garbled")
    return sheets


def _unlock(file: "Pypdf") -> None:
    """Open what is locked against changes only, as any viewer does; a password is for the person to take off."""
    from pypdf import PasswordType  # noqa: PLC0415  a light start: only who reads a PDF loads it
    from pypdf.errors import DependencyError  # noqa: PLC0415  a light start: only who reads a PDF loads it

    if not file.is_encrypted:
        return
    try:
        if file.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise Unreadable("locked")
    except (DependencyError, NotImplementedError) as error:
        raise Unreadable("locked") from error


def _scanned(sheets: Sequence[Sheet]) -> tuple[str, ...]:
    empty = [at for at, sheet in enumerate(sheets, 1) if len(sheet.glyphs) < _LEAST_TEXT and sheet.pictures]
    return (plain(_SAY.no_text_on(pages=empty[:_SHOWN], count=len(empty))),) if empty else ()


def _guessed(sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """Say where columns stand without lines around them: whoever checks the draft looks there first."""
    bare = [at for at, sheet in enumerate(sheets, 1) if sheet.bare]
    beside = [at for at, sheet in enumerate(sheets, 1) if sheet.beside >= _BESIDE]
    said = []
    if bare:
        said.append(plain(_SAY.bare_tables(pages=bare[:_SHOWN], count=len(bare))))
    if beside:
        said.append(plain(_SAY.beside(pages=beside[:_SHOWN], count=len(beside))))
    return tuple(said)


def _blocks(sheets: Sequence[Sheet], legible: Legible) -> list[Block]:
    sizes = Counter(round(glyph.size, 1) for sheet in sheets for glyph in sheet.glyphs if glyph.text.strip())
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    levels = _levels(body, list(sizes))
    pages = without_repeats([_page(sheet, legible, levels) for sheet in sheets])
    if sum(len(page) for page in pages) > MOST_BLOCKS:
        raise Unreadable("too_many", most=MOST_BLOCKS)
    return joined(pages)


def _levels(body: float, sizes: Sequence[float]) -> dict[float, int]:
    """Rank the sizes of letters above that of the text: the largest is of level 1."""
    larger = sorted((size for size in sizes if size > body * _LARGER), reverse=True)
    return {size: min(level, 8) for level, size in enumerate(larger, 1)}


def _page(sheet: Sheet, legible: Legible, levels: dict[float, int]) -> Page:
    tables = tables_of(sheet.rules, sheet.budget)
    sheet.budget.spend(things=len(tables) * len(sheet.glyphs) // 20)
    sheet.budget.spend(things=len(sheet.glyphs) // 4)
    bare, left_over = bare_tables(placed(tables, sheet.glyphs))
    lines = lines_of(left_over, legible)
    sheet.bare, sheet.beside = len(bare), sum(" | " in line.text for line in lines)
    rows = [
        (strip.top, Row(tuple(_cell(cell, legible) for cell in strip.cells)))
        for table in tables
        for strip in table.strips
    ]
    rows += [(row.top, _bare(row, legible)) for table in bare for row in table]
    items = [Placed(top, row) for top, row in rows if any(row.cells)]
    right = max([line.end for line in lines] + [table.right for table in tables], default=0.0)
    for part in _parts(lines, tables):
        items += [Placed(one.y, _line(one, levels)) for one in paragraphs_of(part, right)]
    return sorted(items, key=lambda item: -item.y)


def _parts(lines: Sequence[Printed], tables: Sequence[Table]) -> list[list[Printed]]:
    """Part the lines of a page where a table stands between them."""
    parts: list[list[Printed]] = [[]]
    for line in lines:
        if parts[-1] and any(line.y < table.top <= parts[-1][-1].y for table in tables):
            parts.append([])
        parts[-1].append(line)
    return parts


def _cell(cell: Cell, legible: Legible) -> tuple[Line, ...]:
    lines = lines_of(cell.glyphs, legible)
    # A cell of one short line tells nothing of where lines end; the border does, less what is left free beside it.
    left = min((line.x for line in lines), default=cell.left)
    return tuple(Line(one.text, one.bold) for one in paragraphs_of(lines, cell.right - min(left - cell.left, _FREE)))


def _bare(row: Bare, legible: Legible) -> Row:
    """Return a row of a table without lines; its right column is as wide as its widest line."""
    cells = []
    for glyphs in (row.left, row.right):
        lines = lines_of(glyphs, legible)
        right = max((line.end for line in lines), default=0.0)
        cells.append(tuple(Line(one.text, one.bold) for one in paragraphs_of(lines, right)))
    return Row(tuple(cells))


def _line(paragraph: Paragraph, levels: dict[float, int]) -> Line:
    level = levels.get(round(paragraph.size, 1), 0)
    return Line(paragraph.text, paragraph.bold, level)
