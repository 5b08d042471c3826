"""Which lines of an aspect are quoted: all of them where they can be read at once, else those that answer."""

from collections.abc import Collection, Sequence

from knowledge.procedures import Aspect, Procedure
from knowledge.vietnamese import fold_syllable, syllables

_ENOUGH = 260  # words: what is read in a chat without a press for more


def quoted(procedure: Procedure, aspect: Aspect, about: Collection[str] = ()) -> str:
    """Return lines of an aspect, word for word and in their order; "" where nothing is said of it.

    `about`: folded syllables of the question that the name does not say; of a long aspect, lines with them come first.
    """
    said = procedure.aspects.get(aspect)
    lines = said.lines if said else ()
    if _length(lines) <= _ENOUGH:
        return "\n".join(lines)
    kept: set[int] = set()
    for number in _order(lines, frozenset(about)):
        if kept and _length([lines[at] for at in kept]) + _length([lines[number]]) > _ENOUGH:
            break
        kept.add(number)
    return "\n".join(lines[number] for number in sorted(kept))


def is_whole(procedure: Procedure, aspect: Aspect, quote: str) -> bool:
    """Tell whether a quotation is all that is said of the aspect."""
    said = procedure.aspects.get(aspect)
    return said is None or quote == said.text


def _order(lines: Sequence[str], about: frozenset[str]) -> Sequence[int]:
    """Return the lines by how much of `about` they say; where nothing does, from the beginning."""
    if not about:
        return range(len(lines))
    keys = [{fold_syllable(key) for key in syllables(line)} for line in lines]
    return sorted(range(len(lines)), key=lambda number: (-len(about & keys[number]), number))


def _length(lines: Sequence[str]) -> int:
    return sum(line.count(" ") + 1 for line in lines)
