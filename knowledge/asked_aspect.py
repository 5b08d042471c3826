"""Which aspect of a procedure a question is about: the fee, the term, the papers, and so on.

Patterns over the question's search keys (knowledge/data/aspects.json), held against it with marks, and without.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import DamerauLevenshtein

from knowledge.procedures import Aspect
from knowledge.repair import abbreviations
from knowledge.vietnamese import could_be_vietnamese, fold, fold_syllable, one_spelling, syllables

_DATA = Path(__file__).parent / "data"
_GAP = re.compile(r"\(\?: \\S\+\)(?:\{[^}]*\}\??|\?)?")  # any words between those of a pattern
_LETTERS = re.compile(r"(?<!\\)[a-zà-ỹđ]+")
_WITHOUT_MARKS = 0.85  # "phi" may be "phí", or not
_LONGER = 0.04  # a syllable: the pattern that says more is surer
_LONG = 6
_SHORT = 14  # words
_SECOND = 0.92  # of the first: an aspect asked for as plainly as the first one
_PLAIN = 2.0  # a pattern that asks, and not a noun that happens to stand there
_SHORTEST_SLIP = 4


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of a question that ask for an aspect. `places`: positions of its syllables, not of what they enclose."""

    aspect: Aspect
    weight: float
    places: tuple[int, ...]

    @property
    def start(self) -> int:
        return self.places[0]

    @property
    def end(self) -> int:
        """Return the position after its last syllable."""
        return self.places[-1] + 1

    @property
    def plain(self) -> bool:
        """Tell whether it asks by itself: "bao nhiêu tiền"; "hồ sơ" may be of what the procedure is called."""
        return self.weight > _PLAIN


@dataclass(frozen=True, slots=True)
class _Pattern:
    aspect: Aspect
    weight: float
    marked: re.Pattern[str]
    bare: re.Pattern[str] | None


def _bare(pattern: str) -> str:
    # "\\S" is no "\\s": only the letters with marks change.
    return "".join(letter if letter.isascii() else fold(letter) for letter in pattern)


@cache
def _patterns() -> Sequence[_Pattern]:
    known = json.loads((_DATA / "aspects.json").read_text(encoding="utf-8"))["cues"]
    found = []
    for row in known:
        source = "|".join(row["patterns"])
        spelled = _LETTERS.sub(lambda word: one_spelling(word.group()), source)
        whole = rf"(?<!\S)(?:{_GAP.sub(lambda gap: f'({gap.group()})', spelled)})(?!\S)"
        bare = None if row.get("exact") else re.compile(_bare(whole))
        found.append(_Pattern(Aspect(row["aspect"]), row["weight"], re.compile(whole), bare))
    return tuple(found)


@cache
def _vocabulary() -> Sequence[str]:
    """Return the folded syllables of the patterns: what a slip in a question word may have been."""
    known = json.loads((_DATA / "aspects.json").read_text(encoding="utf-8"))["cues"]
    words = {fold(word) for row in known for pattern in row["patterns"] for word in _LETTERS.findall(pattern)}
    return sorted(word for word in words if len(word) >= _SHORTEST_SLIP)


@lru_cache(maxsize=4096)
def _repaired(folded: str) -> str:
    """Return the question word that a misspelt syllable probably was ("nhiêi": nhieu), or itself."""
    if len(folded) < _SHORTEST_SLIP or could_be_vietnamese(folded) or not folded.isalpha():
        return folded
    near = [word for word in _vocabulary() if DamerauLevenshtein.distance(folded, word, score_cutoff=1) <= 1]
    return near[0] if len(near) == 1 else folded


def cues(keys: Sequence[str]) -> list[Cue]:
    """Return what in a question asks for an aspect, surest first. `keys`: its search keys, missing marks restored."""
    spoken = [(place, part) for place, key in enumerate(keys) for part in _spelled_out(key)]
    found = list(_found([part for _, part in spoken]))
    places = [place for place, _ in spoken]
    moved = [Cue(cue.aspect, cue.weight, tuple(dict.fromkeys(places[at] for at in cue.places))) for cue in found]
    return sorted(moved, key=lambda cue: -cue.weight)


def asked(found: Sequence[Cue], joints: Collection[int] = ()) -> tuple[Aspect, ...]:
    """Return the aspects asked for, in the order of the question: the surest, and one asked for beside it.

    `joints`: positions of "và" and its like. What is joined to the surest is asked for too, however shortly it is said
    ("thời hạn và lệ phí"); anything else only if it asks as plainly.
    """
    best: dict[Aspect, Cue] = {}
    for cue in found:
        best.setdefault(cue.aspect, cue)
    if not best:
        return ()
    surest, *others = sorted(best.values(), key=lambda cue: -cue.weight)
    beside = [cue for cue in found if cue.aspect is not surest.aspect and _joined(surest, cue, joints)]
    beside += [cue for cue in others[:1] if _both(surest, cue)]
    return tuple(cue.aspect for cue in sorted([surest, *beside[:1]], key=lambda cue: cue.start))


def _joined(first: Cue, second: Cue, joints: Collection[int]) -> bool:
    between = {first.end: second.start, second.end: first.start}
    return any(end in joints and start == end + 1 for end, start in between.items())


def may_lean(text: str) -> bool:
    """Tell whether a text is short enough to be about what was spoken of before ("thế lệ phí bao nhiêu?")."""
    return len(text.split()) <= _SHORT


def _both(first: Cue, second: Cue) -> bool:
    apart = set(first.places).isdisjoint(second.places)
    return apart and second.plain and second.weight >= _SECOND * first.weight


def _spelled_out(key: str) -> list[str]:
    meant = abbreviations()[0].get(key)
    return [key] if meant is None else syllables(meant)


def _found(keys: Sequence[str]) -> Iterator[Cue]:
    marked = " ".join(keys)
    bare = " ".join(_repaired(fold_syllable(key)) for key in keys)
    for text, folded in ((marked, False), (bare, True)):
        starts = _starts(text)
        for pattern in _patterns():
            expression = pattern.bare if folded else pattern.marked
            if expression is None:
                continue
            worth = pattern.weight * (_WITHOUT_MARKS if folded else 1.0)
            for match in expression.finditer(text):
                kept = _places(match, starts)
                yield Cue(pattern.aspect, worth + _LONGER * min(_LONG, len(kept)), kept)


def _places(match: re.Match[str], starts: Sequence[int]) -> tuple[int, ...]:
    """Return the positions of the words that the pattern names, without those that merely stand between them."""
    gaps = [match.span(number) for number in range(1, match.re.groups + 1) if match.span(number)[0] >= 0]
    within = range(bisect_left(starts, match.start()), bisect_left(starts, match.end()))
    named = tuple(at for at in within if not any(start <= starts[at] < end for start, end in gaps))
    return named or tuple(within)


def _starts(text: str) -> list[int]:
    starts, at = [], 0
    for word in text.split(" "):
        starts.append(at)
        at += len(word) + 1
    return starts


def by_name() -> Mapping[str, Aspect]:
    """Return the aspects by how commands and places name them."""
    return {aspect.value: aspect for aspect in Aspect}
