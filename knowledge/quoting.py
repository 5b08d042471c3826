"""Which lines of a place are quoted: those that answer, lists whole, short places whole; always word for word."""

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from knowledge.alphabet import Alphabet, Bag, together
from knowledge.blocks import Block, blocks_of, is_see_also, lines_of
from knowledge.evidence import Datum, Wanted, shown
from knowledge.matching import Matcher, Sight
from knowledge.texts import Place
from knowledge.vietnamese import nfc

_SHORT_PLACE = 95  # words: such a place is quoted whole
_ENOUGH = 170  # words: a phone's screen or two
_LONG_ITEM = 32  # words: items of such a list are paragraphs of their own
_ALSO = 0.75
_SHOWS_DATUM = 0.25
_LISTED = 0.2
_SOURCE = 0.8
_FEW_LINES = 2
_SAID_ABOVE = 0.55  # what the heading says already counts less: the rest of the question tells the lines apart
_BY_WORTH = operator.itemgetter(0, 1)
_LONG_PLACE = 600  # words: beyond that only what stands near the words found is looked at
_REMEMBERED = 512  # places; a layout takes some tens of kB


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted lines, how much of the question they and the heading speak of, and whether they show the datum wanted.

    `line`: how much of it the best paragraph or list of the place speaks of.
    """

    text: str
    share: float
    evidence: bool
    line: float


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """Lines of a place that are quoted together or not at all."""

    numbers: tuple[int, ...]
    lines: tuple[str, ...]
    words: int
    is_list: bool


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A place cut into what may be quoted of it; bags of its lines are filled in as they are looked at."""

    heading: Bag
    lines: tuple[str, ...]
    units: tuple[Unit, ...]
    long: bool
    bags: dict[int, Bag] = field(default_factory=dict)
    joined: dict[Unit, Bag] = field(default_factory=dict)


class Layouts:
    """Cuts places, and remembers the last ones."""

    def __init__(self, alphabet: Alphabet) -> None:
        self._alphabet = alphabet
        self.of = lru_cache(maxsize=_REMEMBERED)(self._cut)

    def _cut(self, place: Place) -> Layout:
        lines = tuple(lines_of(nfc(place.text)))
        words = _length(lines)
        numbers = (
            [tuple(range(len(lines)))]
            if words <= _SHORT_PLACE
            else [unit for block in blocks_of(list(lines)) for unit in _units(block, lines)]
        )
        units = []
        for unit in dict.fromkeys(numbers):
            said = tuple([lines[number] for number in unit])
            units.append(Unit(unit, said, _length(said), len(unit) > _FEW_LINES))
        return Layout(self._alphabet.bag(place.title), lines, tuple(units), words > _LONG_PLACE)

    def quote(self, place: Place, near: Iterable[str], matcher: Matcher, want: Wanted) -> Quote:
        """Return the lines of a place that answer the question best.

        `near`: what the search has found of it; of a long place the rest is not looked at. Nothing: look at all of it.
        """
        cut = self.of(place)
        units = _near(cut, near) if cut.long else cut.units
        kept = cut.units[0].numbers if len(cut.units) == 1 else self._chosen(cut, units, matcher, want)
        said = "\n".join([cut.lines[number] for number in kept])
        seen = matcher.look(together([cut.heading, *(self._line(cut, number) for number in kept)]))
        line = max(matcher.look(self._bag(cut, unit)).share for unit in units)
        return Quote(said, seen.share, shown(want, said), line)

    def _line(self, cut: Layout, number: int) -> Bag:
        known = cut.bags.get(number)
        if known is None:
            known = cut.bags[number] = self._alphabet.bag(cut.lines[number])
        return known

    def _bag(self, cut: Layout, unit: Unit) -> Bag:
        known = cut.joined.get(unit)
        if known is None:
            known = cut.joined[unit] = together([self._line(cut, number) for number in unit.numbers])
        return known

    def _chosen(self, cut: Layout, units: Sequence[Unit], matcher: Matcher, want: Wanted) -> Sequence[int]:
        heading = [1.0 if not above else _SAID_ABOVE for above in matcher.look(cut.heading).words]
        rarity = list(map(operator.mul, matcher.rarity, heading))
        spoken = [unit for unit in units if want.datum or want.sources or matcher.touches(self._bag(cut, unit))]
        scored = [
            (_worth(unit, matcher.look(self._bag(cut, unit)), rarity, matcher.sum, want), -unit.words, unit)
            for unit in spoken or cut.units[:1]
        ]
        scored.sort(key=_BY_WORTH, reverse=True)
        kept: set[int] = set()
        best = scored[0][0]
        for worth, _, unit in scored:
            if kept and worth < _ALSO * best:
                break
            longer = kept.union(unit.numbers)
            if kept and _length([cut.lines[number] for number in longer]) > _ENOUGH:
                continue
            kept = longer
        return sorted(kept)


def _near(cut: Layout, near: Iterable[str]) -> Sequence[Unit]:
    """Return the units with a line that stands in one of these stretches of the place, or all if there is none."""
    found = [nfc(body) for body in near]
    lines = {line for body in found for line in body.splitlines()}
    # A very long line was cut for the search: its beginning has to do.
    units = [unit for unit in cut.units if not lines.isdisjoint(unit.lines)]
    return units or cut.units


def _units(block: Block, lines: Sequence[str]) -> list[tuple[int, ...]]:
    """Return what may be quoted of a block: a paragraph, a whole list, or the items of a list of paragraphs."""
    whole = tuple(block.lines())
    if not block.is_list:
        return [whole]
    lead, items = whole[0], whole[1:]
    if _length([lines[number] for number in items]) <= _LONG_ITEM * len(items):
        return [whole]
    # Each paragraph goes with its lead-in, which says what it is an item of, unless the lead-in is a speech itself.
    return [(lead,), *((lead, item) if len(lines[lead]) < len(lines[item]) else (item,) for item in items)]


def _worth(unit: Unit, sight: Sight, rarity: Sequence[float], most: float, want: Wanted) -> float:
    """Return what quoting a unit is worth; `rarity`: of the words asked, less for what the heading says already."""
    worth: float = sum(map(operator.mul, sight.words, rarity)) / most + 0.5 * sight.pairs
    if want.datum not in (None, Datum.COUNT) and shown(want, "\n".join(unit.lines)):
        worth += _SHOWS_DATUM
    if want.listing and unit.is_list:
        worth += _LISTED
    if is_see_also(unit.lines[0]):
        worth = worth + _SOURCE if want.sources else 0.8 * worth
    return worth / (1.0 + max(0, unit.words - 60) / 600)


def _length(lines: Sequence[str]) -> int:
    return sum(line.count(" ") + 1 for line in lines)
