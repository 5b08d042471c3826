"""How much of a question a stretch of text speaks of, word by word."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from knowledge.index import Index
from knowledge.repair import also_written
from knowledge.texts import Language
from knowledge.understanding import Understanding, Word
from knowledge.vietnamese import could_be_vietnamese, fold_syllable, syllables

_OTHER_MARKS = 0.5  # "hội" where "hỏi" was asked for
_SLIP = 0.8
_PAIR_FIELDS = ("folded_pairs", "title_pairs", "name_pairs")
_COMMON = 0.04
_TOPIC = 0.55  # a word of the heading's topic, not of the text
_SCATTERED = 0.5  # all syllables of a phrase, but not side by side


@dataclass(frozen=True, slots=True)
class Bag:
    """A text's syllables and pairs, with marks and folded."""

    marked: frozenset[str]
    folded: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    topic: frozenset[str] = frozenset()
    topic_pairs: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, text: str) -> "Bag":
        """Return the bag of a text; the syllables of long ones are looked up, not folded again."""
        keys = syllables(text)
        folded = [fold_syllable(key) for key in keys]
        neighbours = set(pairwise(folded))
        for other in also_written(keys):
            keys.extend(other)
            bare = [fold_syllable(key) for key in other]
            folded.extend(bare)
            neighbours.update(pairwise(bare))
        return cls(frozenset(keys), frozenset(folded), frozenset(neighbours))

    def with_heading(self, heading: "Bag") -> "Bag":
        return Bag(
            self.marked | heading.marked,
            self.folded | heading.folded,
            self.pairs | heading.pairs,
            heading.topic,
            heading.topic_pairs,
        )

    def about(self, topics: Sequence[tuple[str, ...]]) -> "Bag":
        """Return this bag with the other words under which its heading is looked for."""
        return replace(
            self,
            topic=frozenset(key for phrase in topics for key in phrase),
            topic_pairs=frozenset(pair for phrase in topics for pair in pairwise(phrase)),
        )


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a question was seen in a text: per content word (0 to 1), by rarity (0 to 1), in pairs (0 to 1)."""

    words: tuple[float, ...]
    share: float
    pairs: float


class Matcher:
    """One question, ready to be held against many texts."""

    def __init__(self, asked: Understanding, index: Index) -> None:
        self.asked = asked
        self._total = max(1, len(index))
        self._places = [place for place, word in enumerate(asked.words) if word.content]
        self._phrases = [
            (tuple(fold_syllable(key) for key in phrase.keys), phrase.weight, phrase.stands_for)
            for phrase in asked.phrases
        ]
        self._neighbours = [(one, other) for one, other in pairwise(self._places) if other == one + 1]
        self.keys = frozenset(
            [asked.words[place].folded for place in self._places]
            + [key for keys, _, _ in self._phrases for key in keys]
            + list(asked.slips.values())
        )
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
    def words(self) -> Sequence[Word]:
        return [self.asked.words[place] for place in self._places]

    @property
    def most(self) -> float:
        """Return the rarity of a word that stands nowhere."""
        return math.log(1 + (self._total + 0.5) / 0.5)

    def _idf(self, index: Index, place: int) -> float:
        folded = self.asked.slips.get(place, self.asked.words[place].folded)
        seen = next((seen for field in ("folded", "title", "name") if (seen := index.frequency(field, folded))), 0)
        phrases = [keys for keys, _, stands_for in self._phrases if place in stands_for]
        if not seen and phrases:
            # A word that the documents never use counts as its best-known translation does.
            return max(min(self._rare(index.frequency("folded", key)) for key in keys) for keys in phrases[:1])
        return self._rare(seen)

    def _rare(self, seen: int) -> float:
        return math.log(1 + (self._total - seen + 0.5) / (seen + 0.5)) if seen <= self._total else 0.1

    def _is_unknown(self, index: Index, place: int) -> bool:
        word = self.asked.words[place]
        fields = ("folded", "title", "name", "topic")
        if place in self.asked.slips or any(index.frequency(field, word.folded) for field in fields):
            return False
        return not any(
            place in stands_for and all(index.frequency("folded", key) for key in keys)
            for keys, _, stands_for in self._phrases
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
            for one, other in self._neighbours
            if not any(index.frequency(field, f"{words[one].folded}_{words[other].folded}") for field in _PAIR_FIELDS)
        )
        return missing / len(self._neighbours)

    def look(self, bag: Bag, heading: Bag | None = None) -> Sight:
        """Hold the question against a text, and the heading that stands above it."""
        if heading is not None:
            bag = bag.with_heading(heading)
        known = self._looked.get(bag)
        if known is None:
            known = self._looked[bag] = self._look(bag)
        return known

    def _look(self, bag: Bag) -> Sight:
        if self.keys.isdisjoint(bag.folded) and self.keys.isdisjoint(bag.topic):
            return Sight((0.0,) * len(self._places), 0.0, 0.0)
        phrases = [
            (stands_for, value)
            for keys, weight, stands_for in self._phrases
            if (value := self._phrase(keys, weight, bag)) > 0
        ]
        words = tuple(
            max([self._word(place, bag), *(value for stands_for, value in phrases if place in stands_for)])
            for place in self._places
        )
        share = sum(value * rarity for value, rarity in zip(words, self.rarity, strict=True)) / self.sum
        return Sight(words, share, self._pairs(bag, phrases))

    def _word(self, place: int, bag: Bag) -> float:
        word = self.asked.words[place]
        if word.key in bag.marked:
            return 1.0
        if word.folded in bag.folded:
            return _OTHER_MARKS if word.typed == word.key and not word.key.isascii() else 1.0
        meant = self.asked.slips.get(place)
        if meant and meant in bag.folded:
            return _SLIP
        return _TOPIC if word.folded in bag.topic else 0.0

    @staticmethod
    def _phrase(keys: tuple[str, ...], weight: float, bag: Bag) -> float:
        if not all(key in bag.folded for key in keys):
            return 0.0
        together = all(pair in bag.pairs for pair in pairwise(keys))
        value = 0.5 + 0.5 * weight
        return value if together else value * _SCATTERED

    def _pairs(self, bag: Bag, phrases: Sequence[tuple[tuple[int, ...], float]]) -> float:
        if not self._neighbours:
            return 0.0
        return sum(self._pair(one, other, bag, phrases) for one, other in self._neighbours) / len(self._neighbours)

    def _pair(self, one: int, other: int, bag: Bag, phrases: Sequence[tuple[tuple[int, ...], float]]) -> float:
        pair = (self.asked.words[one].folded, self.asked.words[other].folded)
        if pair in bag.pairs:
            return 1.0
        meant = max((value for stands_for, value in phrases if one in stands_for and other in stands_for), default=0.0)
        return max(meant, _TOPIC if pair in bag.topic_pairs else 0.0)


_NAME = re.compile(r"(?<![^\W_])[^\W\d_a-zà-ỹđ][a-zà-ỹđ]+(?: [^\W\d_a-zà-ỹđ][a-zà-ỹđ]+)+")
_CAPITAL = re.compile(r"(?<=[\w,] )[^\W\d_a-zà-ỹ][^\W\d_]+")


def _capitals(text: str) -> frozenset[str]:
    """Return the words written with a capital inside a sentence, folded; none if everything is in capitals."""
    return frozenset() if text.isupper() else frozenset(fold_syllable(word.lower()) for word in _CAPITAL.findall(text))
