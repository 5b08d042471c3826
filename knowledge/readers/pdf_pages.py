"""Joins the pages of a PDF: leaves out what each repeats at its head and foot, and mends what a page break cut."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from knowledge.readers.laying import MARKED, Block, Line, Row, clause_of
from knowledge.readers.outline import PART

_LEAST_PAGES = 3
_SHARE = 0.4  # of the pages
_EDGE = 3  # blocks from the head or foot of a page
_PAGE_NUMBER = re.compile(r"(?:trang|page)?[\s\-–—]*\d{1,4}[\s\-–—]*(?:(?:/|of|trên)\s*\d{1,4})?", re.IGNORECASE)
_NEAR = 4  # points
_ENDS = (".", ";", ":", "!", "?", "…")


class Placed(NamedTuple):
    y: float
    block: Block


Page = list[Placed]


def without_repeats(pages: Sequence[Page]) -> list[Page]:
    """Leave out running heads and feet and page numbers; of a repeated table row the first one stays."""
    seen = Counter(key for page in pages for key in {_key(item) for item in _edges(page)})
    least = max(_LEAST_PAGES, _SHARE * len(pages))
    kept: set[tuple[str, int]] = set()
    made = []
    for page in pages:
        edges = {id(item) for item in _edges(page)}
        left = []
        for item in page:
            key = _key(item)
            if id(item) in edges and seen[key] >= least:
                if isinstance(item.block, Line) or key in kept:
                    continue
                kept.add(key)
            left.append(item)
        made.append(_without_number(left) if len(pages) > 1 else left)
    return made


def _edges(page: Page) -> Page:
    return page if len(page) <= 2 * _EDGE else [*page[:_EDGE], *page[-_EDGE:]]


def _key(item: Placed) -> tuple[str, int]:
    return re.sub(r"\d+", "#", _words(item.block)), round(item.y / _NEAR)


def _words(block: Block) -> str:
    if isinstance(block, Line):
        return block.text
    return " | ".join(" ".join(line.text for line in cell) for cell in block.cells)


def _without_number(page: Page) -> Page:
    for at in (0, -1):
        if page and isinstance(page[at].block, Line) and _PAGE_NUMBER.fullmatch(_words(page[at].block)):
            page = [item for item in page if item is not page[at]]
    return page


def joined(pages: Sequence[Page]) -> list[Block]:
    """Return the blocks of all pages; a paragraph and a row go on over a page break, below the repeated head of it."""
    made: list[Block] = []
    heads: set[str] = set()
    for page in pages:
        blocks = [item.block for item in page]
        if len(blocks) > 1 and all(isinstance(block, Row) for block in blocks[:2]) and _words(blocks[0]) in heads:
            del blocks[0]
        if made and blocks and (mended := _mended(made[-1], blocks[0])):
            made[-1] = mended
            del blocks[0]
        made += blocks
        heads |= {_words(block) for block in blocks if isinstance(block, Row)}
    return made


def _mended(before: Block, after: Block) -> Block | None:
    if isinstance(before, Line) and isinstance(after, Line):
        cut = not before.text.endswith(_ENDS) and after.text[:1].islower() and not MARKED.match(after.text)
        if cut and not before.level and not after.level and not PART.match(after.text):
            return Line(f"{before.text} {after.text}", before.bold and after.bold)
    if isinstance(before, Row) and isinstance(after, Row) and len(before.cells) == len(after.cells):
        return _row(before, after) if not after.cells[0] or _cut_heading(before, after) else None
    return None


def _cut_heading(before: Row, after: Row) -> bool:
    """Tell the rest of a clause's heading: beside clauses stands nothing that has no number of its own."""
    heading = after.cells[0]
    numbered = clause_of(before) is not None and clause_of(after) is None
    return numbered and all(line.bold for line in heading) and not heading[0].text[:1].isdecimal()


def _row(before: Row, after: Row) -> Row:
    cells = []
    for one, other in zip(before.cells, after.cells, strict=True):
        cut = one and other and not one[-1].text.endswith(_ENDS) and not MARKED.match(other[0].text)
        if cut:
            cells.append((*one[:-1], Line(f"{one[-1].text} {other[0].text}", one[-1].bold), *other[1:]))
        else:
            cells.append((*one, *other))
    return Row(tuple(cells))
