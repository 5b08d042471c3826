"""Flows the tags of an HTML page into lines and table rows; it holds no tree, so that depth costs nothing."""

import re
from collections import Counter
from dataclasses import dataclass, field

from knowledge.markup import Tag
from knowledge.readers.docx_styles import shown
from knowledge.readers.laying import MARKED, MOST_BLOCKS, Block, Line, Row, flattened
from knowledge.readers.legible import Legible
from knowledge.readers.lines import BLOCKS, folded
from knowledge.readers.reading import Unreadable

_LEFT_OUT = frozenset({"nav", "select", "button", "textarea", "rt"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "wbr", "area", "base", "source"})
_ENDS_LINE = (
    BLOCKS | {"dir", "menu", "center", "main", "header", "footer", "aside", "figure", "figcaption", "caption"}
) | {"form", "fieldset", "address", "body", "html", "option"}
_CELLS = frozenset({"td", "th"})
_LISTS = {"ul": "", "dir": "", "menu": "", "ol": "decimal"}
_KINDS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_BOLD = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_HEADING = re.compile(r"h([1-6])")
_WEIGHT = re.compile(r"font-weight\s*:\s*(bold|bolder|[6-9]00|normal|[1-5]00)", re.IGNORECASE)
_FAMILY = re.compile(r"font-family\s*:\s*['\"]?([^;'\",]{1,60})", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_MOST_OPEN = 1_000  # elements within elements; what is deeper takes the look of what it stands in
_DEEPEST_TABLE = 30


@dataclass(frozen=True, slots=True)
class _Look:
    name: str = ""
    bold: bool = False
    silent: bool = False
    font: str = ""
    level: int = 0


@dataclass(slots=True)
class _Cell:
    """A cell of a table while it is read; the page itself is the outermost one. `open` are elements within."""

    look: _Look
    blocks: list[Block] = field(default_factory=list)
    open: list[_Look] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)

    def now(self) -> _Look:
        return self.open[-1] if self.open else self.look


@dataclass(slots=True)
class _Table:
    depth: int  # cells open when it began
    row: list[_Cell] | None = None


class Flow:
    def __init__(self) -> None:
        self.legible = Legible()
        self._cells = [_Cell(_Look())]
        self._tables: list[_Table] = []
        self._lists: list[tuple[str, int]] = []  # of each open list its kind of numbers and the last one given
        self._parts: list[str] = []
        self._plain = False
        self._marker = ""
        self._count = 0

    def done(self) -> list[Block]:
        while self._tables:
            self._end_table()
        self._end_line()
        return self._cells[0].blocks

    def words(self, words: str) -> None:
        look = self._cells[-1].now()
        if look.silent:
            return
        if self._cells[-1].names["pre"]:
            first, *others = words.split("\n")
            self._add(first, look)
            for other in others:
                self._end_line()
                self._add(other, look)
        else:
            self._add(words, look)

    def tag(self, tag: Tag) -> None:
        name = tag.name
        if name in _ENDS_LINE or name in _CELLS:
            self._end_line()
        if name == "table":
            self._table(tag)
        elif name == "tr" or name in _CELLS:
            self._grid(tag)
        elif name in _LISTS:
            self._list(tag)
        elif name == "li" and not tag.closes:
            self._item(tag)
        elif name not in _VOID and name not in {"tbody", "thead", "tfoot", "li", "html", "body", "head"}:
            self._element(tag)

    def _add(self, words: str, look: _Look) -> None:
        if words:
            self._parts.append(self.legible.text(words, look.font))
            self._plain = self._plain or (not look.bold and bool(words.strip()))

    def _end_line(self) -> None:
        text = folded("".join(self._parts))
        self._parts = []
        if text:
            if self._marker and not MARKED.match(text):
                text = self._marker + text
            self._marker = ""
            self._put(Line(text, not self._plain, self._cells[-1].now().level))
        self._plain = False

    def _put(self, block: Block) -> None:
        self._one_more()
        self._cells[-1].blocks.append(block)

    def _one_more(self) -> None:
        self._count += 1
        if self._count > MOST_BLOCKS:
            raise Unreadable("too_many", most=MOST_BLOCKS)

    def _element(self, tag: Tag) -> None:
        cell = self._cells[-1]
        if tag.closes:
            self._close(cell, tag.name)
            return
        if tag.name in _ENDS_LINE:
            self._close(cell, "p")
        if len(cell.open) < _MOST_OPEN:
            cell.open.append(_seen(tag, cell.now()))
            cell.names[tag.name] += 1

    def _close(self, cell: _Cell, name: str) -> None:
        if not cell.names[name]:  # counted, so that a million stray end tags look through nothing
            return
        while cell.open:
            gone = cell.open.pop().name
            cell.names[gone] -= 1
            if gone == name:
                return

    def _list(self, tag: Tag) -> None:
        if not tag.closes:
            said = dict(tag.attributes)
            start = said.get("start", "")
            kind = _KINDS.get(said.get("type", ""), _LISTS[tag.name])
            self._lists.append((kind, int(start) - 1 if start.isdecimal() and len(start) < len("10000") else 0))
            del self._lists[_MOST_OPEN:]
        elif self._lists:
            self._lists.pop()

    def _item(self, tag: Tag) -> None:
        kind, last = self._lists[-1] if self._lists else ("", 0)
        value = dict(tag.attributes).get("value", "")
        number = int(value) if value.isdecimal() and len(value) < len("10000") else last + 1
        if self._lists:
            self._lists[-1] = (kind, number)
        self._marker = f"{shown(number, kind)}. " if kind else "- "

    def _table(self, tag: Tag) -> None:
        if tag.closes:
            if self._tables:
                self._end_table()
        elif len(self._tables) >= _DEEPEST_TABLE:
            raise Unreadable("too_deep")
        else:
            self._tables.append(_Table(len(self._cells)))

    def _grid(self, tag: Tag) -> None:
        """Take a row or a cell; one that begins ends the one before it, as many pages leave the end tags out."""
        if not self._tables:
            return
        table = self._tables[-1]
        self._end_cell(table)
        if tag.name == "tr":
            self._end_row(table)
            table.row = None if tag.closes else []
        elif not tag.closes:
            table.row = table.row if table.row is not None else []
            self._one_more()
            cell = _Cell(_seen(tag, self._cells[-1].now()))
            table.row.append(cell)
            self._cells.append(cell)

    def _end_cell(self, table: _Table) -> None:
        self._end_line()
        self._marker = ""
        del self._cells[table.depth :]

    def _end_row(self, table: _Table) -> None:
        row, table.row = table.row or [], None
        if len(row) == 1:  # a frame around text, or the layout of a whole page
            for block in row[0].blocks:
                self._put(block)
        elif row:
            self._put(Row(tuple(flattened(cell.blocks) for cell in row)))

    def _end_table(self) -> None:
        table = self._tables.pop()
        self._end_cell(table)
        self._end_row(table)


def _seen(tag: Tag, around: _Look) -> _Look:
    """Return how the words in an element look: as those around it, but for what the element says."""
    said = dict(tag.attributes)
    style = said.get("style", "")
    weight = _WEIGHT.search(style)
    family = said.get("face", "").split(",")[0] or (found[1].strip() if (found := _FAMILY.search(style)) else "")
    heading = _HEADING.fullmatch(tag.name)
    return _Look(
        tag.name,
        bold=weight[1].lower() not in {"normal", "100", "200", "300", "400", "500"}
        if weight
        else around.bold or tag.name in _BOLD,
        silent=around.silent or tag.name in _LEFT_OUT or _HIDDEN.search(style) is not None,
        font=family or around.font,
        level=int(heading[1]) if heading else around.level,
    )
