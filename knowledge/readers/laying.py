"""Makes places of what other formats are laid out in: lines and table rows, top to bottom."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from knowledge.readers.lines import folded
from knowledge.readers.manual import ManualPage
from knowledge.readers.outline import CODE, DEEP, LONGEST_TITLE, NUMBERED, PART, SEARCHED_FOR_CODE, Outline, parted
from knowledge.readers.reading import Reading, Unreadable, spoken, stem


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or list item; `level` 1 to 9 where the document calls it a heading, else 0."""

    text: str
    bold: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; a cell is its lines."""

    cells: tuple[tuple[Line, ...], ...]


Block = Line | Row

MOST_BLOCKS = 300_000
_SOFT_HYPHEN = "\u00ad"
_LEAST_CLAUSES = 2  # as in the manual's own format
_CLAUSE = re.compile(r"(?P<number>\d+(?:\.\d+)*)[.:]?\s+(?P<title>\S.*)", re.DOTALL)
_CONTENTS = re.compile(r".*[.…_]{3,}\s*\d{1,4}")  # dots that lead to a page number: a line of a table of contents
_ARTICLE = re.compile(r"Điều\s+\d+[a-zđ]?\s*[.:]")
_LEVELS = {"phần": 5, "phụ lục": 5, "chương": 6, "mục": 7, "tiểu mục": 8}
_TABLE_HEADS = 40  # a table that says the same again after a page break does so with its head
MARKED = re.compile(r"[-+*•–]|\d+[.)]|[a-zđ][.)]\s|[IVX]+[.)]\s")


def flattened(blocks: Iterable[Block]) -> tuple[Line, ...]:
    """Return what stands in a cell as lines; of a table within, a row is a line."""
    return tuple(
        block if isinstance(block, Line) else Line(" | ".join(_cell(cell) for cell in block.cells)) for block in blocks
    )


def reading_of(blocks: Iterable[Block], name: str, title: str = "", warnings: Sequence[str] = ()) -> Reading:
    """Make a reading of a document; `title` is what the file calls itself. Raises Unreadable where nothing is said."""
    kept = [block for block in map(_spoken, blocks) if _says(block)]
    if not kept:
        raise Unreadable("no_places")
    if sum(1 for block in kept if clause_of(block)) >= _LEAST_CLAUSES:
        reading = _manual(kept, name)
    else:
        reading = _outlined(kept, name, title)
    return replace(reading, warnings=(*warnings, *reading.warnings))


def _spoken(block: Block) -> Block:
    if isinstance(block, Line):
        return _line(block)
    cells = (tuple(line for line in map(_line, cell) if line.text) for cell in block.cells)
    return Row(tuple(cells))


def _line(line: Line) -> Line:
    return replace(line, text=folded(spoken(line.text.replace(_SOFT_HYPHEN, ""))))


def _says(block: Block) -> bool:
    return bool(block.text) if isinstance(block, Line) else any(block.cells)


def _cell(cell: Sequence[Line]) -> str:
    return " ".join(line.text for line in cell)


def clause_of(block: Block) -> re.Match[str] | None:
    """Find "4.1. Bối cảnh" at the head of a row of two cells: bold, or with a number of a clause, not of a list."""
    if isinstance(block, Line) or len(block.cells) != 2:  # noqa: PLR2004 - heading and text
        return None
    found = _CLAUSE.fullmatch(_cell(block.cells[0]))
    if found and (all(line.bold for line in block.cells[0]) or "." in found["number"]):
        return found
    return None


def _manual(blocks: Sequence[Block], name: str) -> Reading:
    """Read clauses in rows of two cells, as the customer's quality manual has them, whatever wrote the file."""
    page = ManualPage()
    cover = _cover(blocks)
    for at, block in enumerate(blocks):
        if isinstance(block, Row):
            _manual_row(page, block)
        elif at <= cover:
            page.row(block.text)
        elif block.level or (block.bold and NUMBERED.fullmatch(block.text) and not _CONTENTS.fullmatch(block.text)):
            page.head(block.text)
        else:
            page.row(block.text)
    return page.reading(name)


def _cover(blocks: Sequence[Block]) -> int:
    """Return where the document's code stands on the cover: what stands large above it is no heading. -1 for none."""
    for at, block in enumerate(blocks[:SEARCHED_FOR_CODE]):
        if clause_of(block):
            break
        if isinstance(block, Line) and CODE.match(block.text[:LONGEST_TITLE]):
            return at
    return -1


def _manual_row(page: ManualPage, row: Row) -> None:
    if found := clause_of(row):
        page.clause(found["number"], found["title"], [line.text for line in row.cells[1]])
    elif page.last.clause and not row.cells[0]:
        page.go_on([line.text for cell in row.cells for line in cell])
    else:
        page.row("\t".join(_cell(cell) for cell in row.cells))


def _outlined(blocks: Sequence[Block], name: str, title: str) -> Reading:
    page = _Page()
    for block in blocks:
        page.block(block)
    page.outline.end()
    return Reading(
        _code(blocks), page.outline.title or title or stem(name), page.outline.places(title or stem(name)), ()
    )


def _code(blocks: Sequence[Block]) -> str | None:
    said = (line.text for block in blocks[:SEARCHED_FOR_CODE] for line in _lines(block))
    return next((found["code"] for text in said if (found := CODE.match(text[:LONGEST_TITLE]))), None)


def _lines(block: Block) -> Iterable[Line]:
    return (block,) if isinstance(block, Line) else (line for cell in block.cells for line in cell)


class _Page:
    """A document that is no manual, while it goes by."""

    def __init__(self) -> None:
        self.outline = Outline()
        self._heads: dict[str, None] = {}  # of tables, to leave out where a page break repeats them
        self._wanting = False  # a chapter that has only its number so far

    def block(self, block: Block) -> None:
        if isinstance(block, Row):
            self._row(block)
            self._wanting = False
        else:
            self._line(block)

    def _line(self, line: Line) -> None:
        if self._wanting and _titles(line):
            self.outline.drafts[-1].title += ". " + line.text
            self._wanting = False
            return
        level = _head(line)
        if not level:
            self.outline.add(line.text)
            self._wanting = False
            return
        title, rest = parted(line.text)
        self.outline.open(title, level)
        self.outline.add(rest)
        part = PART.match(title)
        self._wanting = bool(part and part.end() == len(title.rstrip(" .:")))

    def _row(self, row: Row) -> None:
        words = " | ".join(_cell(cell) for cell in row.cells)
        if all(line.bold for line in _lines(row)) or words in self._heads:
            if words in self._heads:
                return
            if len(self._heads) < _TABLE_HEADS:
                self._heads[words] = None
        self.outline.add(words)


def _head(line: Line) -> int:
    """Return the level of a heading, 0 for a line that is none."""
    if _CONTENTS.fullmatch(line.text):
        return 0
    if line.level:
        return min(line.level, DEEP)
    part = PART.match(line.text)
    if _ARTICLE.match(line.text):
        return DEEP
    if part and len(line.text) < LONGEST_TITLE:
        alone = part.end() == len(line.text.rstrip(" .:"))
        if line.bold or alone or line.text.isupper():
            return _LEVELS.get(part["kind"].lower(), DEEP)
    if line.bold and len(line.text) < LONGEST_TITLE and (NUMBERED.fullmatch(line.text) or _capitals(line.text)):
        return DEEP
    return 0


def _titles(line: Line) -> bool:
    """Tell the title that stands below "Chương II"."""
    numbered = PART.match(line.text) or NUMBERED.fullmatch(line.text) or MARKED.match(line.text)
    return (line.bold or line.text.isupper() or line.level > 0) and not numbered and len(line.text) < LONGEST_TITLE


def _capitals(text: str) -> bool:
    return text.isupper() and len(text.split()) > 1
