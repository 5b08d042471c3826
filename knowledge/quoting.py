"""Which lines of a place are quoted: those that answer, lists whole, short places whole; always word for word."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.blocks import Block, blocks_of, is_see_also, lines_of
from knowledge.evidence import Datum, Wanted, shown
from knowledge.matching import Bag, Matcher

_SHORT_PLACE = 95  # words: such a place is quoted whole
_ENOUGH = 170  # words: a phone's screen or two
_LONG_ITEM = 32  # words: items of such a list are paragraphs of their own
_ALSO = 0.75
_SHOWS_DATUM = 0.25


@dataclass(frozen=True, slots=True)
class Quote:
    text: str
    share: float  # how much of the question the quoted lines (with the heading) speak of
    evidence: bool  # whether they show the kind of datum asked for


def quote(title: str, text: str, matcher: Matcher, want: Wanted) -> Quote:
    """Return the lines of a place that answer the question best."""
    lines = lines_of(text)
    if _length(lines) <= _SHORT_PLACE:
        kept = range(len(lines))
    else:
        kept = _chosen(title, lines, matcher, want)
    chosen = [lines[number] for number in kept]
    seen = matcher.look(Bag.of("\n".join((title, *chosen))))
    return Quote("\n".join(chosen), seen.share, shown(want, chosen))


def _chosen(title: str, lines: list[str], matcher: Matcher, want: Wanted) -> list[int]:
    heading = matcher.look(Bag.of(title)).words
    units = [unit for block in blocks_of(lines) for unit in _units(block, lines)]
    scored = sorted(((_worth(unit, lines, heading, matcher, want), -len(unit), unit) for unit in units), reverse=True)
    kept: list[int] = []
    best = scored[0][0] if scored else 0.0
    for worth, _, unit in scored:
        longer = sorted({*kept, *unit})
        if kept and (worth < _ALSO * best or _length([lines[number] for number in longer]) > _ENOUGH):
            continue
        if set(unit) <= set(kept):
            continue
        kept = longer
    return kept


def _units(block: Block, lines: list[str]) -> list[list[int]]:
    """Return what may be quoted of a block: a paragraph, a whole list, or the items of a list of paragraphs."""
    whole = list(block.lines())
    if not block.is_list:
        return [whole]
    items = whole[1:]
    if _length([lines[number] for number in items]) <= _LONG_ITEM * len(items):
        return [whole]
    # Each paragraph goes with its lead-in, which says what it is an item of.
    return [whole[:1], *([whole[0], item] if len(lines[whole[0]]) < len(lines[item]) else [item] for item in items)]


def _worth(unit: Sequence[int], lines: list[str], heading: Sequence[float], matcher: Matcher, want: Wanted) -> float:
    said = [lines[number] for number in unit]
    sight = matcher.look(Bag.of("\n".join(said)))
    # What the heading says already counts less: the rest of the question tells the lines apart.
    worth = (
        sum(
            value * rarity * (1.0 if not above else 0.55)
            for value, rarity, above in zip(sight.words, matcher.rarity, heading, strict=True)
        )
        / matcher.sum
    )
    worth += 0.5 * sight.pairs
    if want.datum not in (None, Datum.COUNT) and shown(want, said):
        worth += _SHOWS_DATUM
    if all(is_see_also(line) for line in said):
        worth *= 0.8
    length = _length(said)
    return worth / (1.0 + max(0, length - 60) / 600)


def _length(lines: Sequence[str]) -> int:
    return sum(line.count(" ") + 1 for line in lines)
