"""Puts the letters of a PDF page into lines, and lines into paragraphs, by where they stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.readers.encodings import by_font
from knowledge.readers.laying import MARKED
from knowledge.readers.legible import Legible
from knowledge.readers.outline import PART
from knowledge.readers.pdf_sheet import Glyph

_BOLD = re.compile(r"bold|black|heavy|semibold|demi|[-,]bd\b", re.IGNORECASE)
_BULLETS = re.compile("[\u00b7\u2022\u2023\u25cf\u25cb\u25aa\u25ab\u25a0\u25e6\u2756\u27a2\uf000-\uf0ff]\\s*")
_NUMBERED = re.compile(r"\d+(?:\.\d+)*[.):]\s|\d+(?:\.\d+)+\s")
_DOUBLE = re.compile(r"(\d{1,3})([.)]\s*)(?=\1[.)]\s)")
_SAME_LINE = 0.35  # of the size of the letters: marks and small capitals sit that much off the baseline
_GAP = 0.17  # of the size: a wider one is a space, also where the file holds no letter for it
_COLUMN = 2.5  # of the size: so wide a gap parts two texts that stand beside each other
_LOOSE = 1.25  # of the usual distance of lines: a wider one begins a paragraph
_INDENT = 0.8  # of the size
_SPACE = 0.25  # of the size: an ordinary space


@dataclass(slots=True)
class Printed:
    """A line as it is printed; `text` has " | " between what stands beside each other."""

    x: float
    y: float
    end: float
    size: float
    text: str
    bold: bool  # all of it
    begins_bold: bool
    ends_bold: bool
    first: float  # the width of its first word


@dataclass(slots=True)
class Paragraph:
    x: float
    y: float
    text: str
    bold: bool
    size: float
    lines: list[Printed] = field(default_factory=list)


def _median(numbers: Sequence[float]) -> float:
    """Return the middle one; `statistics` would cost every command 15 ms of start."""
    return sorted(numbers)[len(numbers) // 2]


def lines_of(glyphs: Sequence[Glyph], legible: Legible) -> list[Printed]:
    """Return the lines of letters, top to bottom."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: (-glyph.y, glyph.x)):
        if rows and abs(rows[-1][0].y - glyph.y) <= _SAME_LINE * max(glyph.size, rows[-1][0].size, 1.0):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    lines = (_line(sorted(row, key=lambda glyph: glyph.x), legible) for row in rows)
    return [line for line in lines if line.text]


def _line(row: Sequence[Glyph], legible: Legible) -> Printed:
    words = [glyph for glyph in row if glyph.text.strip()]
    if not words:
        return Printed(0, 0, 0, 0, "", bold=False, begins_bold=False, ends_bold=False, first=0)
    size = _median([glyph.size for glyph in words])
    text, first = _text(row, size, legible)
    found = _BULLETS.match(text)
    if found:
        rest = text[found.end() :]
        text = rest if MARKED.match(rest) else "- " + rest
    bold = [_BOLD.search(glyph.font) is not None for glyph in words]
    return Printed(
        words[0].x,
        words[0].y,
        max(glyph.end for glyph in words),
        size,
        text.strip(),
        bold=all(bold),
        begins_bold=bold[0],
        ends_bold=bold[-1],
        first=first,
    )


def _text(row: Sequence[Glyph], size: float, legible: Legible) -> tuple[str, float]:
    """Return the text of a line, and how wide its first word is."""
    parts: list[tuple[str, str]] = []  # letters of one old font together: VNI has two for one
    end: float | None = None
    first = 0.0
    start = next(glyph.x for glyph in row if glyph.text.strip())
    for glyph in row:
        if not glyph.text.strip():
            continue
        gap = 0.0 if end is None else glyph.x - end
        if gap > _GAP * size:
            parts.append((" | " if gap > _COLUMN * size and not _leads(parts, glyph) else " ", ""))
            first = first or (end or start) - start
        font = glyph.font if by_font(glyph.font) else ""
        parts.append((glyph.text, font))
        end = max(end or glyph.end, glyph.end)
    return "".join(_runs(parts, legible)), first or (end or start) - start


def _leads(parts: Sequence[tuple[str, str]], glyph: Glyph) -> bool:
    """Tell the dots of a table of contents, and its page numbers, from a second text."""
    return glyph.text.isdecimal() or glyph.text in {".", "…"} or (bool(parts) and parts[-1][0] in {".", "…"})


def _runs(parts: Sequence[tuple[str, str]], legible: Legible) -> Iterator[str]:
    run, last = "", ""
    for text, font in parts:
        font = last if not text.strip() else font  # noqa: PLW2901 - a space belongs to what it stands in
        if font != last:
            yield legible.text(run, last)
            run, last = "", font
        run += text
    yield legible.text(run, last)


def paragraphs_of(lines: Sequence[Printed], right: float) -> list[Paragraph]:
    """Join the lines of each paragraph: a line goes on where the one before had no room for its first word.

    `right` is where lines end that are full.
    """
    steps = [one.y - other.y for one, other in pairwise(lines) if one.y > other.y]
    usual = min(_median(steps), 2 * _median([line.size for line in lines])) if steps else 0.0
    made: list[Paragraph] = []
    for line in lines:
        if made and _goes_on(made[-1].lines[-1], line, right, usual):
            made[-1].text += " " + line.text
            made[-1].bold = made[-1].bold and line.bold
            made[-1].lines.append(line)
        else:
            made.append(Paragraph(line.x, line.y, line.text, line.bold, line.size, [line]))
    _undouble(made)
    return made


def _undouble(paragraphs: Sequence[Paragraph]) -> None:
    """Take the automatic number off items that also bear their own: "1. 1. Năng lượng"; "1.1." alone is a clause."""
    last = 0
    for paragraph in paragraphs:
        found = _DOUBLE.match(paragraph.text)
        if found and (" " in found[2] or int(found[1]) == last + 1 > 1):
            last = int(found[1])
            paragraph.text = paragraph.text[found.end(2) :]


def _goes_on(before: Printed, line: Printed, right: float, usual: float) -> bool:
    if MARKED.match(line.text) or _NUMBERED.match(line.text) or (PART.match(line.text) and line.text[:1].isupper()):
        return False
    if abs(before.size - line.size) > line.size / 10 or (
        (before.bold and not line.begins_bold) or (line.bold and not before.ends_bold)
    ):
        return False
    if before.y - line.y > _LOOSE * usual or " | " in before.text or " | " in line.text:
        return False
    if line.x - before.x > _INDENT * line.size and not MARKED.match(before.text):
        return False
    return before.end + _SPACE * line.size + line.first > right - line.size / 2
