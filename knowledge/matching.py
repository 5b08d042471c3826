"""How much of a question a stretch of text speaks of, word by word."""

import math
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from knowledge.index import Index
from knowledge.repair import also_written
from knowledge.texts import Language
from knowledge.understanding import Phrase, Understanding, Word
from knowledge.vietnamese import could_be_vietnamese, fold_syllable, syllables

_OTHER_MARKS = 0.5  # "hội" where "hỏi" was asked for
_SLIP = 0.8
_PAIR_FIELDS = ("folded_pairs", "title_pairs", "name_pairs")
_COMMON = 0.04
_TOPIC = 0.55  # a word of the heading's topic, not of the text
_SCATTERED = 0.5  # all syllables of a phrase, but not side by side


@dataclass(frozen=True, slots=True)
class Bag:
    """A text's syllables in order, a space around each, with marks and folded.

    Syllables and pairs are looked for as stretches of it: as fast as in sets, and a twentieth of their memory.
    """

    marked: str
    folded: str
    topic: frozenset[str] = frozenset()
    topic_pairs: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, text: str) -> "Bag":
        """Return the bag of a text. Names in their other form come after it, each apart: no false neighbours."""
        keys = syllables(text)
        for other in also_written(keys):
            keys += ["|", *other]
        return cls(_spaced(keys), _spaced([fold_syllable(key) for key in keys]))

    @classmethod
    def together(cls, bags: Sequence["Bag"]) -> "Bag":
        """Return the bag of lines that follow each other."""
        marked = "".join(bag.marked[1:] for bag in bags)
        folded = "".join(bag.folded[1:] for bag in bags)
        return cls(f" {marked}", f" {folded}", bags[0].topic, bags[0].topic_pairs) if bags else cls(" ", " ")

    def about(self, topics: Sequence[tuple[str, ...]]) -> "Bag":
        """Return this bag with the other words under which its heading is looked for."""
        return replace(
            self,
            topic=frozenset(key for phrase in topics for key in phrase),
            topic_pairs=frozenset(pair for phrase in topics for pair in pairwise(phrase)),
        )


def _spaced(keys: Sequence[str]) -> str:
    return f" {' '.join(keys)} " if keys else " "


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a question was seen in a text: per content word (0 to 1), by rarity (0 to 1), in pairs (0 to 1)."""

    words: tuple[float, ...]
    share: float
    pairs: float


@dataclass(frozen=True, slots=True)
class _Sought:
    """A content word as it is looked for in bags; `other`: what it is worth there without its marks."""

    key: str
    folded: str
    bare: str
    other: float
    meant: str | None


@dataclass(frozen=True, slots=True)
class _Wording:
    """Other words for a stretch of the question, as they are looked for in bags."""

    keys: tuple[str, ...]
    pairs: tuple[str, ...]
    bare: tuple[str, ...]
    value: float
    stands_for: tuple[int, ...]


class Matcher:
    """One question, ready to be held against many texts."""

    def __init__(self, asked: Understanding, index: Index) -> None:
        self.asked = asked
        self._total = max(1, len(index))
        self._places = [place for place, word in enumerate(asked.words) if word.content]
        self._sought = [_sought(asked.words[place], asked.slips.get(place)) for place in self._places]
        self._phrases = [_wording(phrase) for phrase in asked.phrases]
        self._neighbours = [
            (one, other, f" {asked.words[one].folded} {asked.words[other].folded} ")
            for one, other in pairwise(self._places)
            if other == one + 1
        ]
        bare = [asked.words[place].folded for place in self._places]
        self._bare = frozenset(
            [*bare, *(key for phrase in self._phrases for key in phrase.bare), *asked.slips.values()]
        )
        self._keys = tuple(f" {key} " for key in self._bare)
        self._looked: dict[Bag, Sight] = {}
        self.rarity = [self._idf(index, place) * asked.words[place].weight for place in self._places]
        self.sum = sum(self.rarity) or 1.0
        self.unknown = [self._is_unknown(index, place) for place in self._places]

    @property
    def typical(self) -> float:
        """Return the share of content words that are common in the documents (in 4 windows of 100 or more)."""
        common = math.log(1 / _COMMON)
        return sum(
            1
            for rarity, place in zip(self.rarity, self._places, strict=True)
            if rarity <= common * self.asked.words[place].weight
        ) / max(1, len(self.rarity))

    @property
    def strange(self) -> float:
        """Return how many unknown words are foreign ("karaoke") or written as names ("Messi"), 2 at the most."""
        if self.asked.language is Language.EN:
            return 0.0
        names = _capitals(self.asked.text)
        return min(
            2.0,
            float(
                sum(
                    1
                    for word, lost in zip(self.words, self.unknown, strict=True)
                    if lost and word.key.isalpha() and (not could_be_vietnamese(word.key) or word.folded in names)
                )
            ),
        )

    @property
    def reworded(self) -> float:
        """Return the share of content words for which other words were looked for too."""
        return sum(1 for place in self._places if any(place in phrase.stands_for for phrase in self._phrases)) / max(
            1, len(self._places)
        )

    @property
    def words(self) -> Sequence[Word]:
        return [self.asked.words[place] for place in self._places]

    @property
    def most(self) -> float:
        """Return the rarity of a word that stands nowhere."""
        return math.log(1 + (self._total + 0.5) / 0.5)

    def _idf(self, index: Index, place: int) -> float:
        folded = self.asked.slips.get(place, self.asked.words[place].folded)
        seen = next((seen for field in ("folded", "title", "name") if (seen := index.frequency(field, folded))), 0)
        phrase = None if seen else next((phrase for phrase in self._phrases if place in phrase.stands_for), None)
        if phrase:
            # A word that the documents never use counts as its best-known translation does.
            return min(self._rare(index.frequency("folded", key)) for key in phrase.bare)
        return self._rare(seen)

    def _rare(self, seen: int) -> float:
        return math.log(1 + (self._total - seen + 0.5) / (seen + 0.5)) if seen <= self._total else 0.1

    def _is_unknown(self, index: Index, place: int) -> bool:
        word = self.asked.words[place]
        fields = ("folded", "title", "name", "topic")
        if place in self.asked.slips or any(index.frequency(field, word.folded) for field in fields):
            return False
        return not any(
            place in phrase.stands_for and all(index.frequency("folded", key) for key in phrase.bare)
            for phrase in self._phrases
        )

    def strange_name(self, index: Index) -> bool:
        """Tell whether a name of several words ("Sơn La", "Lionel Messi") stands nowhere in the documents."""
        if self.asked.language is Language.EN or self.asked.text.isupper():
            return False
        return any(
            not index.frequency("folded_pairs", f"{one}_{other}")
            and not index.frequency("title_pairs", f"{one}_{other}")
            for name in _NAME.findall(self.asked.text)
            for one, other in pairwise(fold_syllable(key) for key in syllables(name))
        )

    def unknown_pairs(self, index: Index) -> float:
        """Return the share of the question's content pairs that stand nowhere in the documents."""
        if not self._neighbours:
            return 0.0
        words = self.asked.words
        missing = sum(
            1
            for one, other, _ in self._neighbours
            if not any(index.frequency(field, f"{words[one].folded}_{words[other].folded}") for field in _PAIR_FIELDS)
        )
        return missing / len(self._neighbours)

    def touches(self, bag: Bag) -> bool:
        """Tell whether a text has any word of the question at all."""
        return any(key in bag.folded for key in self._keys)

    def look(self, bag: Bag) -> Sight:
        """Hold the question against a text."""
        known = self._looked.get(bag)
        if known is None:
            known = self._looked[bag] = self._look(bag)
        return known

    def _look(self, bag: Bag) -> Sight:
        if not self.touches(bag) and self._bare.isdisjoint(bag.topic):
            return Sight((0.0,) * len(self._places), 0.0, 0.0)
        phrases = [(phrase.stands_for, value) for phrase in self._phrases if (value := _said(phrase, bag))]
        words = [_seen(sought, bag) for sought in self._sought]
        for number, place in enumerate(self._places):
            for stands_for, value in phrases:
                if value > words[number] and place in stands_for:
                    words[number] = value
        share = sum(map(operator.mul, words, self.rarity)) / self.sum
        return Sight(tuple(words), share, self._pairs(bag, phrases))

    def _pairs(self, bag: Bag, phrases: Sequence[tuple[tuple[int, ...], float]]) -> float:
        if not self._neighbours:
            return 0.0
        found = 0.0
        for one, other, pair in self._neighbours:
            found += 1.0 if pair in bag.folded else self._pair(one, other, bag, phrases)
        return found / len(self._neighbours)

    def _pair(self, one: int, other: int, bag: Bag, phrases: Sequence[tuple[tuple[int, ...], float]]) -> float:
        meant = max((value for stands_for, value in phrases if one in stands_for and other in stands_for), default=0.0)
        pair = (self.asked.words[one].folded, self.asked.words[other].folded)
        return max(meant, _TOPIC if pair in bag.topic_pairs else 0.0)


def _sought(word: Word, meant: str | None) -> _Sought:
    other = _OTHER_MARKS if word.typed == word.key and not word.key.isascii() else 1.0
    return _Sought(f" {word.key} ", f" {word.folded} ", word.folded, other, f" {meant} " if meant else None)


def _seen(word: _Sought, bag: Bag) -> float:
    if word.key in bag.marked:
        return 1.0
    if word.folded in bag.folded:
        return word.other
    if word.meant and word.meant in bag.folded:
        return _SLIP
    return _TOPIC if word.bare in bag.topic else 0.0


def _wording(phrase: Phrase) -> _Wording:
    bare = tuple(fold_syllable(key) for key in phrase.keys)
    pairs = tuple(f" {one} {other} " for one, other in pairwise(bare))
    return _Wording(tuple(f" {key} " for key in bare), pairs, bare, 0.5 + 0.5 * phrase.weight, phrase.stands_for)


def _said(phrase: _Wording, bag: Bag) -> float:
    if not all(key in bag.folded for key in phrase.keys):
        return 0.0
    return phrase.value if all(pair in bag.folded for pair in phrase.pairs) else phrase.value * _SCATTERED


_NAME = re.compile(r"(?<![^\W_])[^\W\d_a-zà-ỹđ][a-zà-ỹđ]+(?: [^\W\d_a-zà-ỹđ][a-zà-ỹđ]+)+")
_CAPITAL = re.compile(r"(?<=[\w,] )[^\W\d_a-zà-ỹ][^\W\d_]+")


def _capitals(text: str) -> frozenset[str]:
    """Return the words written with a capital inside a sentence, folded; none if everything is in capitals."""
    return frozenset() if text.isupper() else frozenset(fold_syllable(word.lower()) for word in _CAPITAL.findall(text))
