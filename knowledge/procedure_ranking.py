"""From a question to the procedures that it may name, best first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise

from knowledge.called import Name
from knowledge.catalogue import HITS, Catalogue, Sought, holds
from knowledge.procedure_question import CUE, FRAME, Asking, Token
from knowledge.procedures import Procedure, Variant
from knowledge.understanding import Phrase
from knowledge.vietnamese import fold_syllable

# How much a key counts in each field of the index, and then each sign. Chosen on tests/benchmarks/procedures.py,
# set "development".
MARKED, MARKED_PAIR, FOLDED, FOLDED_PAIR, WORDS = 0.6, 0.8, 0.8, 1.2, 0.25
FOUND, SAID, NAMED, PAIRS = 1.0, 1.6, 0.9, 0.8
OTHER_VARIANT, VARIANT_UNASKED, SAME_VARIANT = -0.5, -0.4, 0.25
SAME_LEVEL = 0.35
_LIGHTLY = 0.3
_OTHER_MARKS = 0.6
_SLIP = 0.8
_SCATTERED = 0.5
_STORY = 0.65


@dataclass(frozen=True, slots=True)
class Candidate:
    """A procedure that may be meant.

    `said`: share of the question that its names say; `named`: share of its name that is asked.
    """

    procedure: Procedure
    score: float
    found: float
    said: float
    named: float
    pairs: float
    strength: float  # rarity of what was found in its names
    names: tuple[Name, ...]
    variants: frozenset[Variant]


def ranked(asking: Asking, catalogue: Catalogue, day: date, *, limit: int = HITS) -> list[Candidate]:
    """Return the procedures that hold on `day` and may be meant, best first."""
    hits = catalogue.search(sought(asking), limit)
    held = [(score, number) for score, number in hits if holds(catalogue.procedures[number], day)]
    if not held:
        return []
    top = held[0][0] or 1.0
    look = _Look(asking, catalogue)
    found = [look.at(number, score / top) for score, number in held]
    found.sort(key=lambda one: -one.score)
    return found


Key = tuple[str, str, float]  # field, key, weight


def sought(asking: Asking) -> Iterator[Sought]:
    """Yield what to look up for a question; what is meant by several of its words, once."""
    best: dict[tuple[str, str], float] = {}
    for field, key, weight in chain(_words(asking), _pairs(asking), _phrases(asking)):
        if weight > best.get((field, key), 0.0):
            best[field, key] = weight
    return (Sought(field, key, weight) for (field, key), weight in best.items())


def _words(asking: Asking) -> Iterator[Key]:
    for token in asking.tokens:
        for folded, worth in ((token.folded, 1.0), (token.slip, _SLIP)):
            if folded:
                yield "folded", folded, FOLDED * worth * token.weight
            if folded and token.weight > CUE:
                yield "words", folded, WORDS * worth * token.weight
        if token.weight > FRAME:
            yield "marked", token.key, MARKED * token.weight


def _pairs(asking: Asking) -> Iterator[Key]:
    for one, other in pairwise(asking.tokens):
        weight = (one.weight * other.weight) ** 0.5
        if weight > CUE:
            yield "marked_pairs", f"{one.key}_{other.key}", MARKED_PAIR * weight
            yield "folded_pairs", f"{one.slip or one.folded}_{other.slip or other.folded}", FOLDED_PAIR * weight
            yield "folded_pairs", f"{one.folded}_{other.folded}", FOLDED_PAIR * weight


def _phrases(asking: Asking) -> Iterator[Key]:
    for phrase in asking.phrases:
        keys = [fold_syllable(key) for key in phrase.keys]
        worth = phrase.weight * min(1.0, len(phrase.stands_for) / len(keys)) ** 0.5
        yield from (("folded", key, FOLDED * worth) for key in keys)
        yield from (("folded_pairs", f"{one}_{other}", FOLDED_PAIR * worth) for one, other in pairwise(keys))


@dataclass(frozen=True, slots=True)
class _Otherwise:
    """Other words for a stretch of the question: as they stand in names, and what they are worth there."""

    keys: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    worth: float
    stands_for: tuple[int, ...]

    def said(self, name: Name) -> float:
        """Return what a name says of it, 0 to `worth`: less where its syllables do not stand together."""
        if not all(key in name.core for key in self.keys):
            return 0.0
        together = sum(pair in name.pairs for pair in self.pairs) / len(self.pairs) if self.pairs else 1.0
        return self.worth * (_SCATTERED + (1 - _SCATTERED) * together)


def _otherwise(phrase: Phrase) -> _Otherwise:
    keys = tuple(fold_syllable(key) for key in phrase.keys)
    return _Otherwise(keys, tuple(pairwise(keys)), 0.4 + 0.6 * phrase.weight, phrase.stands_for)


class _Look:
    """One question, held against the names of procedures."""

    def __init__(self, asking: Asking, catalogue: Catalogue) -> None:
        self._asking = asking
        self._catalogue = catalogue
        self._rarity = [_rarity(token, catalogue) for token in asking.tokens]
        self._otherwise = [_otherwise(phrase) for phrase in asking.phrases]
        typed = {token.folded for token in asking.tokens} | {token.slip for token in asking.tokens}
        self._typed = {key: catalogue.rarity(key) for key in typed if key}
        self._neighbours = list(_neighbours(asking.tokens))
        self._neighbours_weigh = sum(weight for weight, _ in self._neighbours)

    def at(self, number: int, found: float) -> Candidate:
        """Hold the question against the names of the procedure with this number; the best of them counts."""
        names = self._catalogue.names[number]
        variants = names[0].variants  # what it is officially called: everyday names are loose
        worths = self._catalogue.worths[number]
        return max(
            (self._by(number, name, worth, found, variants) for name, worth in zip(names, worths, strict=True)),
            key=lambda one: one.score,
        )

    def _by(self, number: int, name: Name, worth: float, found: float, variants: frozenset[Variant]) -> Candidate:
        otherwise = [(phrase, value) for phrase in self._otherwise if (value := phrase.said(name))]
        said, strength = self._said(name, otherwise)
        named = self._named(name, worth, otherwise)
        pairs = self._pairs(name)
        score = FOUND * found + SAID * said + NAMED * named + PAIRS * pairs
        score += self._variant(variants) + self._level(number)
        procedure, names = self._catalogue.procedures[number], self._catalogue.names[number]
        return Candidate(procedure, score, found, said, named, pairs, strength, names, variants)

    def _variant(self, variants: frozenset[Variant]) -> float:
        if not self._asking.variants:
            return VARIANT_UNASKED if variants else 0.0
        return SAME_VARIANT if self._asking.variants & variants else OTHER_VARIANT

    def _level(self, number: int) -> float:
        """Return what it counts that a level was asked for ("ở cấp xã"), which the official name may say."""
        own = self._catalogue.names[number][0].levels
        if not self._asking.levels or not own:
            return 0.0
        return SAME_LEVEL if self._asking.levels & own else -SAME_LEVEL

    def _said(self, name: Name, otherwise: Sequence[tuple[_Otherwise, float]]) -> tuple[float, float]:
        """Return (share of the question that the name says, rarity of what it says)."""
        total = got = 0.0
        for place, (token, rarity) in enumerate(zip(self._asking.tokens, self._rarity, strict=True)):
            value = _seen(token, name)
            for phrase, worth in otherwise:
                if worth > value and place in phrase.stands_for:
                    value = worth
            weight = rarity * (self._weight(place, token, name) if token.cue or token.light else token.weight)
            total += weight
            got += weight * value
        return (got / total if total else 0.0), got

    def _weight(self, place: int, token: Token, name: Name) -> float:
        """Return what a syllable counts: one that asks for an aspect counts in full where it is part of the name."""
        if token.light and token.folded not in name.core:
            return min(token.weight, _LIGHTLY)
        tokens = self._asking.tokens
        for first in (place - 1, place) if token.cue else ():
            if 0 <= first < len(tokens) - 1 and tokens[first].cue != tokens[first + 1].cue:
                pair = (tokens[first].folded, tokens[first + 1].folded)
                if pair in name.pairs:
                    return 1.0
        return token.weight

    def _named(self, name: Name, worth: float, otherwise: Sequence[tuple[_Otherwise, float]]) -> float:
        got = sum(name.core[key] * rarity for key, rarity in self._typed.items() if key in name.core)
        if otherwise:
            meant = {key: value for phrase, value in otherwise for key in phrase.keys if key not in self._typed}
            got += sum(name.core[key] * value * self._catalogue.rarity(key) for key, value in meant.items())
        return got / worth if worth else 0.0

    def _pairs(self, name: Name) -> float:
        if not self._neighbours_weigh:
            return 0.0
        return sum(weight for weight, pair in self._neighbours if pair in name.pairs) / self._neighbours_weigh


def _neighbours(tokens: Sequence[Token]) -> Iterator[tuple[float, tuple[str, str]]]:
    for one, other in pairwise(tokens):
        weight = min(one.weight, other.weight)
        if weight > FRAME and not (one.cue and other.cue):
            yield weight, (one.slip or one.folded, other.slip or other.folded)


def _rarity(token: Token, catalogue: Catalogue) -> float:
    """Return how much a syllable tells; one that stands in no name is more often part of a story than of a name."""
    key = token.slip or token.folded
    return catalogue.rarity(key) * (1.0 if catalogue.names_have(key) else _STORY)


def _seen(token: Token, name: Name) -> float:
    if token.folded in name.core:
        return 1.0 if token.bare or token.key in name.marked_set else _OTHER_MARKS
    return _SLIP if token.slip and token.slip in name.core else 0.0
