"""Which lines of a place are quoted: those that answer, lists whole, short places whole; always word for word."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.blocks import Block, blocks_of, is_see_also, lines_of
from knowledge.evidence import Datum, Wanted, shown
from knowledge.matching import Bag, Matcher
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
_REMEMBERED = 512  # places; a layout takes some tens of kB


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted lines, how much of the question they and the heading speak of, and whether they show the datum wanted."""

    text: str
    share: float
    evidence: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """Lines of a place that are quoted together or not at all."""

    numbers: tuple[int, ...]
    lines: tuple[str, ...]
    bag: Bag
    words: int
    is_list: bool


@dataclass(frozen=True, slots=True)
class Layout:
    heading: Bag
    lines: tuple[str, ...]
    bags: tuple[Bag, ...]
    words: int
    units: tuple[Unit, ...]


@lru_cache(maxsize=_REMEMBERED)
def layout(place: Place) -> Layout:
    """Return a place cut into what may be quoted of it."""
    lines = tuple(lines_of(nfc(place.text)))
    words = _length(lines)
    numbers = (
        [tuple(range(len(lines)))]
        if words <= _SHORT_PLACE
        else [unit for block in blocks_of(list(lines)) for unit in _units(block, lines)]
    )
    bags = tuple(map(Bag.of, lines))
    units = []
    for unit in dict.fromkeys(numbers):
        said = tuple(lines[number] for number in unit)
        units.append(
            Unit(unit, said, Bag.together([bags[number] for number in unit]), _length(said), len(unit) > _FEW_LINES)
        )
    return Layout(Bag.of(place.title), lines, bags, words, tuple(units))


def quote(place: Place, matcher: Matcher, want: Wanted) -> Quote:
    """Return the lines of a place that answer the question best."""
    cut = layout(place)
    if len(cut.units) == 1:
        kept: Sequence[int] = cut.units[0].numbers
    else:
        kept = _chosen(cut, matcher, want)
    chosen = [cut.lines[number] for number in kept]
    seen = matcher.look(Bag.together([cut.heading, *(cut.bags[number] for number in kept)]))
    return Quote("\n".join(chosen), seen.share, shown(want, list(chosen)))


def _chosen(cut: Layout, matcher: Matcher, want: Wanted) -> list[int]:
    heading = matcher.look(cut.heading).words
    spoken = [unit for unit in cut.units if want.datum or want.sources or matcher.touches(unit.bag)]
    scored = sorted(
        ((_worth(unit, heading, matcher, want), -unit.words, unit) for unit in spoken or cut.units[:1]),
        key=lambda one: one[:2],
        reverse=True,
    )
    kept: set[int] = set()
    best = scored[0][0]
    for worth, _, unit in scored:
        longer = kept.union(unit.numbers)
        if kept and (worth < _ALSO * best or _length([cut.lines[number] for number in longer]) > _ENOUGH):
            continue
        kept = longer
    return sorted(kept)


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


def _worth(unit: Unit, heading: Sequence[float], matcher: Matcher, want: Wanted) -> float:
    sight = matcher.look(unit.bag)
    # What the heading says already counts less: the rest of the question tells the lines apart.
    worth = (
        sum(
            value * rarity * (1.0 if not above else 0.55)
            for value, rarity, above in zip(sight.words, matcher.rarity, heading, strict=True)
        )
        / matcher.sum
    )
    worth += 0.5 * sight.pairs
    if want.datum not in (None, Datum.COUNT) and shown(want, list(unit.lines)):
        worth += _SHOWS_DATUM
    if want.listing and unit.is_list:
        worth += _LISTED
    if is_see_also(unit.lines[0]):
        worth = worth + _SOURCE if want.sources else 0.8 * worth
    return worth / (1.0 + max(0, unit.words - 60) / 600)


def _length(lines: Sequence[str]) -> int:
    return sum(line.count(" ") + 1 for line in lines)
