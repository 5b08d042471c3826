"""Finds tables that nobody drew lines around: two columns of text beside each other, told by where their lines begin.

The right column begins at one place down the page, and no word crosses that place. A hanging indent looks alike but is
narrow, and holds numbers and dashes where a column holds words.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.readers.outline import NUMBERED, PART
from knowledge.readers.pdf_sheet import Glyph

_SAME_LINE = 0.35  # of the size of the letters
_SPACE = 0.17  # of the size: a gap that wide parts words
_NEAR = 2.0  # points: two lines begin at one place
_WIDE = 5.0  # of the size: a narrower column is a hanging indent
_LEAST_LINES = 2  # that begin at the right column
_LEAST_ROWS = 2  # with words on both sides
_WORD = 3  # letters
_TRIED = 6  # places where lines begin
_GAP = 0.8  # of the size: wider than a space that is spread


@dataclass(slots=True)
class Bare:
    """A row of such a table: the letters on the left, and on the right. `top`: above its first letters."""

    top: float
    left: list[Glyph] = field(default_factory=list)
    right: list[Glyph] = field(default_factory=list)


@dataclass(slots=True)
class _Line:
    y: float
    size: float
    glyphs: list[Glyph]

    def parted(self, at: float) -> tuple[list[Glyph], list[Glyph]] | None:
        """Return the letters before and behind a place; None where a word crosses it."""
        before = [glyph for glyph in self.glyphs if glyph.x < at - _NEAR]
        behind = [glyph for glyph in self.glyphs if glyph.x >= at - _NEAR]
        if before and before[-1].end > (behind[0].x if behind else at) - _SPACE * self.size:
            return None
        return before, behind


def bare_tables(glyphs: Sequence[Glyph]) -> tuple[list[list[Bare]], list[Glyph]]:
    """Return the tables without lines of a page, each as its rows, and the letters that stand in none."""
    lines = _lines(glyphs)
    tries = [_parted(lines, at) for at in _right_columns(lines)]
    best: tuple[list[list[Bare]], list[Glyph]] = min(tries, key=lambda found: len(found[1]), default=([], []))
    return best if best[0] else ([], list(glyphs))


def _parted(lines: Sequence[_Line], at: float) -> tuple[list[list[Bare]], list[Glyph]]:
    tables: list[list[Bare]] = []
    outside: list[Glyph] = []
    run: list[_Line] = []
    for line in lines:
        if line.parted(at) is not None:
            run.append(line)
            continue
        _take(run, at, tables, outside)
        run = []
        outside += line.glyphs
    _take(run, at, tables, outside)
    return tables, outside


def _take(run: Sequence[_Line], at: float, tables: list[list[Bare]], outside: list[Glyph]) -> None:
    rows = _rows(run, at)
    both = [row for row in rows if row.right and _has_words(row.left)]
    if len(both) >= _LEAST_ROWS:
        tables.append(rows)
    else:
        outside += [glyph for line in run for glyph in line.glyphs]


def _rows(run: Sequence[_Line], at: float) -> list[Bare]:
    """Begin a row where words stand on the left again after none did, and where a clause's number does."""
    rows: list[Bare] = []
    had_left = False
    for line in run:
        before, behind = line.parted(at) or ([], [])
        said = "".join(glyph.text for glyph in before).strip()
        begins = said and (not had_left or NUMBERED.match(_spaced(before)) or PART.match(_spaced(before)))
        if not rows or begins:
            rows.append(Bare(line.y + line.size))
        rows[-1].left += before
        rows[-1].right += behind
        had_left = bool(said)
    return rows


def _spaced(glyphs: Sequence[Glyph]) -> str:
    """Return letters with a space where a gap is."""
    made, end = "", None
    for glyph in glyphs:
        if end is not None and glyph.x - end > _SPACE * glyph.size and not made.endswith(" "):
            made += " "
        made, end = made + glyph.text, glyph.end
    return made.strip()


def _right_columns(lines: Sequence[_Line]) -> list[float]:
    """Return where several lines begin, or go on after a gap, away from the left edge: one may be the column."""
    if not lines:
        return []
    left = min(line.glyphs[0].x for line in lines)
    size = sorted(line.size for line in lines)[len(lines) // 2]
    begins = [x for line in lines for x in _begins(line) if x > left + _WIDE * size]
    starts = Counter(round(x / _NEAR) for x in begins)
    places = [place for place, count in starts.most_common(_TRIED) if count >= _LEAST_LINES]
    return [min(x for x in begins if round(x / _NEAR) == place) for place in places]


def _begins(line: _Line) -> list[float]:
    gaps = [other.x for one, other in pairwise(line.glyphs) if other.x - one.end > _GAP * line.size]
    return [line.glyphs[0].x, *gaps]


def _has_words(glyphs: Sequence[Glyph]) -> bool:
    return any(sum(letter.isalpha() for letter in word) >= _WORD for word in _spaced(glyphs).split())


def _lines(glyphs: Sequence[Glyph]) -> list[_Line]:
    made: list[_Line] = []
    for glyph in sorted((one for one in glyphs if one.text.strip()), key=lambda one: (-one.y, one.x)):
        if made and abs(made[-1].y - glyph.y) <= _SAME_LINE * max(glyph.size, made[-1].size, 1.0):
            made[-1].glyphs.append(glyph)
        else:
            made.append(_Line(glyph.y, glyph.size, [glyph]))
    for line in made:
        line.glyphs.sort(key=lambda one: one.x)
    return made
