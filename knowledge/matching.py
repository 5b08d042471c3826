"""How much of a question a stretch of text speaks of, word by word."""

import math
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from knowledge.alphabet import NOWHERE, Alphabet, Bag
from knowledge.index import Index
from knowledge.repair import anybody_says
from knowledge.texts import Language
from knowledge.understanding import Phrase, Understanding, Word
from knowledge.vietnamese import could_be_vietnamese, fold_syllable, syllables

_OTHER_MARKS = 0.5  # "hội" where "hỏi" was asked for
_SLIP = 0.8
_SAID = ("folded", "title", "name")
_PAIR_FIELDS = ("folded_pairs", "title_pairs", "name_pairs")
_COMMON = 0.04
_TOPIC = 0.55  # a word of the heading's topic, not of the text
# "còn karaoke?" after a question on lost files asks nothing about them. A word that most places have tells nothing.
_SPOKEN, _TELLING, _LOST = 0.3, 0.45, 0.5
_SCATTERED = 0.5  # all syllables of a phrase, but not side by side


class Sight(NamedTuple):
    """What of a question was seen in a text: per content word (0 to 1), by rarity (0 to 1), in pairs (0 to 1)."""

    words: tuple[float, ...]
    share: float
    pairs: float


class _Sought(NamedTuple):
    """A content word as it is looked for in bags; `other`: what it is worth there without its marks."""

    key: str
    folded: str
    other: float
    meant: str


@dataclass(frozen=True, slots=True)
class _Wording:
    """Other words for a stretch of the question, as they are looked for in bags."""

    letters: str
    pairs: tuple[str, ...]
    bare: Sequence[str]
    value: float
    stands_for: tuple[int, ...]


class Matcher:
    """One question, ready to be held against many texts."""

    def __init__(self, asked: Understanding, index: Index) -> None:
        self.asked = asked
        self._total = max(1, len(index))
        words, alphabet = asked.words, index.alphabet
        self._places = [place for place, word in enumerate(words) if word.content]
        self._sought = [_sought(words[place], asked.slips.get(place), alphabet) for place in self._places]
        self._phrases = [_wording(phrase, alphabet) for phrase in asked.phrases]
        numbers = {place: number for number, place in enumerate(self._places)}
        self._sayable = [
            (phrase, [numbers[place] for place in phrase.stands_for if place in numbers])
            for phrase in self._phrases
            if NOWHERE not in phrase.letters
        ]
        self._neighbours = [
            (one, other, alphabet.word((words[one].folded, words[other].folded)))
            for one, other in pairwise(self._places)
            if other == one + 1
        ]
        letters = [sought.folded for sought in self._sought] + [sought.meant for sought in self._sought]
        self._letters = frozenset("".join([*letters, *(phrase.letters for phrase, _ in self._sayable)])) - {NOWHERE}
        self._looked: dict[Bag, Sight] = {}
        self.rarity = [self._idf(index, place) * words[place].weight for place in self._places]
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
    def odd(self) -> float:
        """Return the share of the question, by rarity, that stands nowhere and is not said about anything."""
        lost = [
            rarity
            for rarity, word, lost in zip(self.rarity, self.words, self.unknown, strict=True)
            if lost and word.folded not in anybody_says()
        ]
        return sum(lost) / self.sum

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
        letter = index.alphabet.get(self.asked.slips.get(place, self.asked.words[place].folded))
        seen = next((seen for field in _SAID if (seen := index.frequency(field, letter))), 0) if letter else 0
        phrase = None if seen else next((phrase for phrase in self._phrases if place in phrase.stands_for), None)
        if phrase:
            # A word that the documents never use counts as its best-known translation does.
            return min(self._rare(seen) for seen in _each(phrase, index))
        return self._rare(seen)

    def _rare(self, seen: int) -> float:
        return math.log(1 + (self._total - seen + 0.5) / (seen + 0.5)) if seen <= self._total else 0.1

    def _is_unknown(self, index: Index, place: int) -> bool:
        letter = index.alphabet.get(self.asked.words[place].folded)
        if place in self.asked.slips or (letter and any(index.frequency(field, letter) for field in (*_SAID, "topic"))):
            return False
        return not any(place in phrase.stands_for and all(_each(phrase, index)) for phrase in self._phrases)

    def speaks_of_now(self, sight: Sight) -> bool:
        """Tell whether a text in which this was seen speaks of what is asked in this turn, not before it alone."""
        own = slice(self.asked.own)
        rarity = self.rarity[own]
        shares = list(map(operator.mul, rarity, sight.words[own]))
        missed = max(map(operator.sub, rarity, shares), default=0.0)
        return sum(shares) >= _SPOKEN * sum(rarity) or missed < _TELLING * self.most

    def knows_now(self) -> bool:
        """Tell whether the documents use the words of this turn at all, somewhere."""
        own = slice(self.asked.own)
        lost = [rarity for rarity, unknown in zip(self.rarity[own], self.unknown[own], strict=True) if unknown]
        return sum(lost) <= _LOST * sum(self.rarity[own])

    def strange_name(self, index: Index) -> bool:
        """Tell whether a name of several words ("Sơn La", "Lionel Messi") stands nowhere in the documents."""
        if self.asked.language is Language.EN or self.asked.text.isupper():
            return False
        return any(
            not any(index.frequency(field, index.alphabet.word(pair)) for field in ("folded_pairs", "title_pairs"))
            for name in _NAME.findall(self.asked.text)
            for pair in pairwise(fold_syllable(key) for key in syllables(name))
        )

    def unknown_pairs(self, index: Index) -> float:
        """Return the share of the question's content pairs that stand nowhere in the documents."""
        if not self._neighbours:
            return 0.0
        missing = sum(
            1
            for _, _, pair in self._neighbours
            if pair == NOWHERE or not any(index.frequency(field, pair) for field in _PAIR_FIELDS)
        )
        return missing / len(self._neighbours)

    def touches(self, bag: Bag) -> bool:
        """Tell whether a text has any word of the question at all."""
        return not self._letters.isdisjoint(bag.folded)

    def says(self, name: str) -> float:
        """Return the share of a name's syllables (in letters) that the question has, in its words or others."""
        return sum(1 for letter in name if letter in self._letters) / len(name) if name else 0.0

    def look(self, bag: Bag) -> Sight:
        """Hold the question against a text."""
        known = self._looked.get(bag)
        if known is None:
            known = self._looked[bag] = self._look(bag)
        return known

    def _look(self, bag: Bag) -> Sight:
        marked, folded, topic = bag.marked, bag.folded, bag.topic
        words = [
            (1.0 if key in marked else other)
            if bare in folded
            else _SLIP
            if meant in folded
            else _TOPIC
            if bare in topic
            else 0.0
            for key, bare, other, meant in self._sought
        ]
        said = [(phrase, numbers, value) for phrase, numbers in self._sayable if (value := _said(phrase, folded))]
        for _, numbers, value in said:
            for number in numbers:
                words[number] = max(words[number], value)
        share = sum(map(operator.mul, words, self.rarity)) / self.sum
        return Sight(tuple(words), share, self._pairs(bag, said) if any(words) else 0.0)

    def _pairs(self, bag: Bag, said: Sequence[tuple[_Wording, list[int], float]]) -> float:
        if not self._neighbours:
            return 0.0
        found = 0.0
        for one, other, pair in self._neighbours:
            if pair in bag.folded:
                found += 1.0
                continue
            meant = [value for phrase, _, value in said if one in phrase.stands_for and other in phrase.stands_for]
            if pair in bag.topic:
                meant.append(_TOPIC)
            found += max(meant, default=0.0)
        return found / len(self._neighbours)


def _sought(word: Word, meant: str | None, alphabet: Alphabet) -> _Sought:
    other = _OTHER_MARKS if word.typed == word.key and not word.key.isascii() else 1.0
    find = alphabet.get
    return _Sought(
        find(word.key, NOWHERE), find(word.folded, NOWHERE), other, find(meant, NOWHERE) if meant else NOWHERE
    )


def _wording(phrase: Phrase, alphabet: Alphabet) -> _Wording:
    bare = [alphabet.get(fold_syllable(key), NOWHERE) for key in phrase.keys]
    letters = "".join(bare)
    pairs = tuple([letters[place : place + 2] for place in range(len(letters) - 1)])
    return _Wording(letters, pairs, bare, 0.5 + 0.5 * phrase.weight, phrase.stands_for)


def _each(phrase: _Wording, index: Index) -> list[int]:
    """Return in how many windows each syllable of a phrase stands."""
    return [index.frequency("folded", letter) if letter != NOWHERE else 0 for letter in phrase.bare]


def _said(phrase: _Wording, folded: str) -> float:
    for letter in phrase.letters:
        if letter not in folded:
            return 0.0
    for pair in phrase.pairs:
        if pair not in folded:
            return phrase.value * _SCATTERED
    return phrase.value


_NAME = re.compile(r"(?<![^\W_])[^\W\d_a-zà-ỹđ][a-zà-ỹđ]+(?: [^\W\d_a-zà-ỹđ][a-zà-ỹđ]+)+")
_CAPITAL = re.compile(r"(?<=[\w,] )[^\W\d_a-zà-ỹ][^\W\d_]+")


def _capitals(text: str) -> frozenset[str]:
    """Return the words written with a capital inside a sentence, folded; none if everything is in capitals."""
    return frozenset() if text.isupper() else frozenset(fold_syllable(word.lower()) for word in _CAPITAL.findall(text))
