"""Finds the ruled tables of a PDF page and which letters stand in which cell."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.readers.pdf_sheet import Budget, Glyph, Rule

_NEAR = 3.0  # points: lines that end so near each other meet
_LEAST = 6.0  # points: nothing is written in a narrower cell
_MOST_CELLS = 4_000  # of one page
_MOST_LINES = 400  # of one page: more are a drawing
_PER_THING = 20  # comparisons that take as long as a letter


@dataclass(slots=True)
class Cell:
    """`above` is the cell that it is one with, where no line parts them."""

    left: float
    right: float
    glyphs: list[Glyph] = field(default_factory=list)
    above: "Cell | None" = None


@dataclass(slots=True)
class Strip:
    """What stands between two lines across: the cells of a row, left to right."""

    top: float
    bottom: float
    cells: list[Cell]


@dataclass(slots=True)
class Table:
    left: float
    bottom: float
    right: float
    top: float
    strips: list[Strip]


def tables_of(rules: Sequence[Rule], budget: Budget) -> list[Table]:
    """Return the tables of a page, top to bottom; lines that meet make one. Raises Unreadable over the budget."""
    lines = _merged(rules)
    if len(lines) > _MOST_LINES:
        return []
    budget.spend(things=len(lines) ** 2 // _PER_THING)
    found = []
    for group in _groups(lines):
        across = [rule for rule in group if rule.y1 == rule.y2]
        upright = [rule for rule in group if rule.y1 != rule.y2]
        if (table := _table(across, upright)) is not None:
            budget.spend(things=sum(len(strip.cells) for strip in table.strips) * len(lines) // _PER_THING)
            found.append(table)
    return sorted(found, key=lambda table: -table.top)


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Join what is drawn cell by cell to lines: pieces at one height, or one distance, that touch."""
    made: list[Rule] = []
    for rule in sorted(
        rules, key=lambda rule: (rule.y1 != rule.y2, round(rule.y1 if rule.y1 == rule.y2 else rule.x1), rule)
    ):
        last = made[-1] if made else None
        if (
            last
            and last.y1 == last.y2
            and rule.y1 == rule.y2
            and abs(rule.y1 - last.y1) <= 1
            and rule.x1 <= last.x2 + _NEAR
        ):
            made[-1] = Rule(min(last.x1, rule.x1), last.y1, max(last.x2, rule.x2), last.y1)
        elif (
            last
            and last.x1 == last.x2
            and rule.x1 == rule.x2
            and abs(rule.x1 - last.x1) <= 1
            and rule.y1 <= last.y2 + _NEAR
        ):
            made[-1] = Rule(last.x1, min(last.y1, rule.y1), last.x1, max(last.y2, rule.y2))
        else:
            made.append(rule)
    return made


def placed(tables: Sequence[Table], glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Put each letter into its cell; return those that stand in none."""
    outside = []
    for glyph in glyphs:
        middle, height = (glyph.x + glyph.end) / 2, glyph.y + glyph.size / 4
        table = next((one for one in tables if _within(one, middle, height)), None)
        if table is None or not _put(table, glyph, middle, height):
            outside.append(glyph)
    return outside


def _within(table: Table, x: float, y: float) -> bool:
    return table.left - _NEAR <= x <= table.right + _NEAR and table.bottom - _NEAR <= y <= table.top + _NEAR


def _put(table: Table, glyph: Glyph, x: float, y: float) -> bool:
    at = bisect_right(table.strips, -y, key=lambda strip: -strip.top) - 1
    cells = table.strips[max(at, 0)].cells
    cell = next((one for one in cells if one.left - 1 <= x <= one.right + 1), None)
    if cell is not None:
        (cell.above or cell).glyphs.append(glyph)
    return cell is not None


def _groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Part lines into those that meet, directly or through others."""
    leader = list(range(len(rules)))

    def lead(one: int) -> int:
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    upright = sorted((rule.x1, at) for at, rule in enumerate(rules) if rule.x1 == rule.x2)
    places = [x for x, _ in upright]
    for at, rule in enumerate(rules):
        if rule.y1 != rule.y2:
            continue
        start = bisect_right(places, rule.x1 - _NEAR)
        for x, other in upright[start : bisect_right(places, rule.x2 + _NEAR)]:
            if rules[other].y1 - _NEAR <= rule.y1 <= rules[other].y2 + _NEAR and x:
                leader[lead(other)] = lead(at)
    groups: dict[int, list[Rule]] = defaultdict(list)
    for at, rule in enumerate(rules):
        groups[lead(at)].append(rule)
    return [group for group in groups.values() if len(group) > 1]


def _table(across: Sequence[Rule], upright: Sequence[Rule]) -> Table | None:
    ends_x = [end for rule in across for end in (rule.x1, rule.x2)]
    ends_y = [end for rule in upright for end in (rule.y1, rule.y2)]
    if not ends_x or not ends_y:
        return None
    xs = _clustered([*(rule.x1 for rule in upright), min(ends_x), max(ends_x)])
    ys = _clustered([*(rule.y1 for rule in across), min(ends_y), max(ends_y)])
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > _MOST_CELLS:  # noqa: PLR2004 - two lines bound one cell
        return None
    strips = [_strip(top, bottom, xs, upright) for bottom, top in pairwise(ys)]
    strips.reverse()
    _join(strips, across)
    return Table(xs[0], ys[0], xs[-1], ys[-1], strips)


def _clustered(places: Sequence[float]) -> list[float]:
    made: list[float] = []
    for place in sorted(places):
        if not made or place - made[-1] > _LEAST:
            made.append(place)
    return made


def _strip(top: float, bottom: float, xs: Sequence[float], upright: Sequence[Rule]) -> Strip:
    middle = (top + bottom) / 2
    crossing = sorted(rule.x1 for rule in upright if rule.y1 - _NEAR <= middle <= rule.y2 + _NEAR)
    sides = _clustered([xs[0], *crossing, xs[-1]])
    return Strip(top, bottom, [Cell(left, right) for left, right in pairwise(sides)])


def _join(strips: Sequence[Strip], across: Sequence[Rule]) -> None:
    """Let a cell that no line parts from the one above be one with it: the letters go up, the place stays."""
    for above, below in pairwise(strips):
        lines = [rule for rule in across if abs(rule.y1 - below.top) <= _LEAST]
        for cell in below.cells:
            middle = (cell.left + cell.right) / 2
            same = next((one for one in above.cells if _alike(one, cell)), None)
            if same is not None and not any(rule.x1 - _NEAR <= middle <= rule.x2 + _NEAR for rule in lines):
                cell.above = same.above or same


def _alike(one: Cell, other: Cell) -> bool:
    return abs(one.left - other.left) <= _LEAST and abs(one.right - other.right) <= _LEAST
