"""From a question to the procedures that it may name, best first."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

from knowledge.asked_aspect import Cue, asked, cues
from knowledge.called import TOLD_APART, Name, variants_of
from knowledge.catalogue import HITS, Catalogue, Sought, holds
from knowledge.procedures import Aspect, Procedure, Variant
from knowledge.said_otherwise import other_words
from knowledge.texts import Language
from knowledge.understanding import Phrase, Understanding, Word, understand
from knowledge.vietnamese import fold_syllable, syllables

_DATA = Path(__file__).parent / "data"
# How much a key counts in each field of the index, and then each sign; found by tests/benchmarks/procedures.py --fit.
MARKED, MARKED_PAIR, FOLDED, FOLDED_PAIR, WORDS = 0.6, 0.8, 0.8, 1.2, 0.25
WEIGHTS: Mapping[str, float] = {
    "found": 1.0, "said": 1.6, "named": 0.9, "pairs": 0.8, "other": -0.5, "unasked": -0.4, "same": 0.25, "order": 0.2
}  # fmt: skip
_FRAME = 0.12
_FRAME_WORD = " thu tuc "
_CUE = 0.2
_LIGHTLY = 0.3
_OTHER_MARKS = 0.6
_SLIP = 0.8
_SCATTERED = 0.5


@cache
def _around() -> Mapping[str, frozenset[tuple[str, ...]]]:
    """Return what people put around the name of a procedure, by kind, as syllables."""
    known = json.loads((_DATA / "around-names.json").read_text(encoding="utf-8"))
    return {kind: frozenset(tuple(syllables(phrase)) for phrase in known[kind]) for kind in ("frames", "light")}


@dataclass(frozen=True, slots=True)
class Token:
    """A syllable of a question: as typed and meant, folded, how much it says; `cue`: it asks for an aspect.

    `light`: a verb that people put before what they want ("mở", "xin"); it counts where the name has it.
    """

    key: str
    folded: str
    weight: float
    slip: str
    bare: bool
    cue: bool
    light: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """A question about procedures, read."""

    understood: Understanding
    tokens: tuple[Token, ...]
    phrases: tuple[Phrase, ...]
    cues: tuple[Cue, ...]
    variants: frozenset[Variant]
    framed: bool  # "thủ tục …" was said

    def aspects(self, name: Name | None = None) -> tuple[Aspect, ...]:
        """Return the aspects asked for, surest first; words that belong to the procedure's `name` ask for none."""
        left = [cue for cue in self.cues if name is None or not self._joins(cue, name)]
        apart = [cue for cue in left if name is None or not self._stands_in(cue, name)]
        return asked(apart if any(cue.plain for cue in apart) else [cue for cue in left if cue in apart or cue.plain])

    def _joins(self, cue: Cue, name: Name) -> bool:
        """Tell whether a cue and the word before or after it stand in the name as they do in the question."""
        keys = [token.slip or token.folded for token in self.tokens]
        return (cue.start > 0 and name.has(keys[cue.start - 1 : cue.end])) or (
            cue.end < len(keys) and name.has(keys[cue.start : cue.end + 1])
        )

    def _stands_in(self, cue: Cue, name: Name) -> bool:
        return name.has([token.slip or token.folded for token in self.tokens[cue.start : cue.end]])

    @property
    def telling(self) -> tuple[Token, ...]:
        """Return what may name a procedure: neither function words nor what asks for an aspect."""
        return tuple(token for token in self.tokens if token.weight > _CUE)


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
    name: Name


def read(text: str, catalogue: Catalogue, language: Language | None = None) -> Asking:
    """Read a question: marks restored, slips guessed, what asks for an aspect told from what names a procedure."""
    understood = understand(text, catalogue.speech, language)
    keys = [word.key for word in understood.words]
    found = tuple(cues(keys))
    folded = [word.folded for word in understood.words]
    tokens = tuple(_tokens(understood, found))
    phrases = tuple(_phrases(understood, keys))
    variants = variants_of(folded, [token.key for token in tokens if not token.cue])
    return Asking(understood, tokens, phrases, found, variants, _FRAME_WORD in f" {' '.join(folded)} ")


def _phrases(understood: Understanding, keys: Sequence[str]) -> Iterator[Phrase]:
    yield from understood.phrases
    yield from other_words(keys)


def _tokens(understood: Understanding, found: Sequence[Cue]) -> Iterator[Token]:
    words = understood.words
    asking = {place for cue in found for place in cue.places}
    framed = _framed([word.key for word in words])
    for place, word in enumerate(words):
        cue = place in asking
        weight = _weight(word, framed=place in framed, cue=cue)
        bare = word.typed != word.key or word.key.isascii()
        yield Token(
            word.key, word.folded, weight, understood.slips.get(place, ""), bare, cue, (word.key,) in _around()["light"]
        )


def _weight(word: Word, *, framed: bool, cue: bool) -> float:
    # A function word that names procedures apart ("nước", "người") is one only here and there.
    weight = min(word.weight, 1.0) if word.weight <= _FRAME else 1.0
    if framed:
        weight = min(weight, _FRAME)
    return min(weight, _CUE) if cue else weight


def _framed(keys: Sequence[str]) -> frozenset[int]:
    places: set[int] = set()
    for size in range(1, 5):
        for place in range(len(keys) - size + 1):
            if tuple(keys[place : place + size]) in _around()["frames"]:
                places.update(range(place, place + size))
    return frozenset(places)


def ranked(asking: Asking, catalogue: Catalogue, day: date, *, limit: int = HITS) -> list[Candidate]:
    """Return the procedures that hold on `day` and may be meant, best first."""
    hits = catalogue.search(_sought(asking), limit)
    held = [(score, number) for score, number in hits if holds(catalogue.procedures[number], day)]
    if not held:
        return []
    top = held[0][0] or 1.0
    look = _Look(asking, catalogue)
    found = [look.at(catalogue.procedures[number], catalogue.names[number], score / top) for score, number in held]
    found.sort(key=lambda one: -one.score)
    return found


def _sought(asking: Asking) -> Iterator[Sought]:
    best: dict[tuple[str, str], float] = {}

    def add(field: str, key: str, weight: float) -> None:
        if weight > best.get((field, key), 0.0):
            best[field, key] = weight

    for token in asking.tokens:
        for folded, worth in ((token.folded, 1.0), (token.slip, _SLIP)):
            if folded:
                add("folded", folded, FOLDED * worth * token.weight)
                add("words", folded, WORDS * worth * token.weight)
        add("marked", token.key, MARKED * token.weight)
    for one, other in pairwise(asking.tokens):
        weight = (max(one.weight, _FRAME) * max(other.weight, _FRAME)) ** 0.5
        add("marked_pairs", f"{one.key}_{other.key}", MARKED_PAIR * weight)
        add("folded_pairs", f"{one.slip or one.folded}_{other.slip or other.folded}", FOLDED_PAIR * weight)
        add("folded_pairs", f"{one.folded}_{other.folded}", FOLDED_PAIR * weight)
    for phrase in asking.phrases:
        folded = [fold_syllable(key) for key in phrase.keys]
        worth = phrase.weight * min(1.0, len(phrase.stands_for) / len(folded)) ** 0.5
        for key in folded:
            add("folded", key, FOLDED * worth)
        for first, second in pairwise(folded):
            add("folded_pairs", f"{first}_{second}", FOLDED_PAIR * worth)
    return (Sought(field, key, weight) for (field, key), weight in best.items())


class _Look:
    """One question, held against the names of procedures."""

    def __init__(self, asking: Asking, catalogue: Catalogue) -> None:
        self.asking = asking
        self.catalogue = catalogue
        self.rarity = [catalogue.rarity(token.slip or token.folded) for token in asking.tokens]
        self.phrases = [(phrase, tuple(fold_syllable(key) for key in phrase.keys)) for phrase in asking.phrases]
        self.typed = {token.folded for token in asking.tokens} | {token.slip for token in asking.tokens if token.slip}
        self.neighbours = [
            (place, (one.slip or one.folded, other.slip or other.folded))
            for place, (one, other) in enumerate(pairwise(asking.tokens))
        ]

    def at(self, procedure: Procedure, names: Sequence[Name], found: float) -> Candidate:
        own = names[0].variants | ({procedure.variant} & TOLD_APART)
        return max((self._by(procedure, name, found, own) for name in names), key=lambda one: one.score)

    def _by(self, procedure: Procedure, name: Name, found: float, own: frozenset[Variant]) -> Candidate:
        said_otherwise = [(phrase, value) for phrase, keys in self.phrases if (value := _stands(keys, phrase, name))]
        share, strength = self._said(name, said_otherwise)
        named = self._named(name, said_otherwise)
        pairs = self._pairs(name)
        asked = self.asking.variants
        signs = {
            "found": found,
            "said": share,
            "named": named,
            "pairs": pairs,
            "other": float(bool(asked) and not asked & own),
            "unasked": float(not asked and bool(own)),
            "same": float(bool(asked & own)),
            "order": 0.0,
        }
        score = sum(WEIGHTS[sign] * value for sign, value in signs.items())
        return Candidate(procedure, score, found, share, named, pairs, strength, name)

    def _said(self, name: Name, otherwise: Sequence[tuple[Phrase, float]]) -> tuple[float, float]:
        total = got = 0.0
        for place, (token, rarity) in enumerate(zip(self.asking.tokens, self.rarity, strict=True)):
            value = _seen(token, name)
            for phrase, worth in otherwise:
                if worth > value and place in phrase.stands_for:
                    value = worth
            weight = self._weight(place, token, name) * rarity
            total += weight
            got += weight * value
        return (got / total if total else 0.0), got

    def _weight(self, place: int, token: Token, name: Name) -> float:
        """Return what a syllable counts: one that asks for an aspect counts in full where it is part of the name."""
        if token.light and token.folded not in name.core:
            return min(token.weight, _LIGHTLY)
        if not token.cue:
            return token.weight
        tokens = self.asking.tokens
        for first in (place - 1, place):
            if 0 <= first < len(tokens) - 1 and tokens[first].cue != tokens[first + 1].cue:
                pair = (tokens[first].folded, tokens[first + 1].folded)
                if pair in name.pairs:
                    return 1.0
        return token.weight

    def _named(self, name: Name, otherwise: Sequence[tuple[Phrase, float]]) -> float:
        meant = {fold_syllable(key): value for phrase, value in otherwise for key in phrase.keys}
        total = got = 0.0
        for key, core in name.core.items():
            weight = core * self.catalogue.rarity(key)
            total += weight
            got += weight * (1.0 if key in self.typed else meant.get(key, 0.0))
        return got / total if total else 0.0

    def _pairs(self, name: Name) -> float:
        total = got = 0.0
        tokens = self.asking.tokens
        for place, pair in self.neighbours:
            if tokens[place].cue and tokens[place + 1].cue:
                continue
            weight = min(tokens[place].weight, tokens[place + 1].weight)
            if weight <= _FRAME:
                continue
            total += weight
            got += weight * (pair in name.pairs)
        return got / total if total else 0.0


def _seen(token: Token, name: Name) -> float:
    if token.folded in name.core:
        return 1.0 if token.bare or token.key in name.marked_set else _OTHER_MARKS
    return _SLIP if token.slip and token.slip in name.core else 0.0


def _stands(keys: Sequence[str], phrase: Phrase, name: Name) -> float:
    if not all(key in name.core for key in keys):
        return 0.0
    neighbours = list(pairwise(keys))
    together = sum(pair in name.pairs for pair in neighbours) / len(neighbours) if neighbours else 1.0
    return (0.4 + 0.6 * phrase.weight) * (_SCATTERED + (1 - _SCATTERED) * together)
