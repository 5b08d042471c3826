"""What is looked up in the index for a question, field by field, and how much each field counts (measured)."""

from itertools import pairwise

from knowledge.index import Index, Terms
from knowledge.understanding import FUNCTION_WEIGHT, Phrase, Understanding
from knowledge.vietnamese import fold_syllable

MARKED, MARKED_PAIR, FOLDED, FOLDED_PAIR, TITLE, TITLE_PAIR = 1.0, 1.0, 0.9, 0.6, 0.35, 0.4
NAME, NAME_PAIR = 0.5, 0.65
TOPIC, TOPIC_PAIR = 0.6, 0.7
_BOTH = MARKED_PAIR + FOLDED_PAIR  # where the index has no marks
_SLIP = 0.8
_BARE = (("folded", FOLDED), ("title", TITLE), ("name", NAME), ("topic", TOPIC))
_BARE_PAIRS = (
    ("folded_pairs", FOLDED_PAIR),
    ("title_pairs", TITLE_PAIR),
    ("name_pairs", NAME_PAIR),
    ("topic_pairs", TOPIC_PAIR),
)
_FAINT = 0.15


def terms(asked: Understanding, index: Index) -> Terms:
    """Return what to look up in the index for a question: what stands somewhere; what several words mean, once.

    Function words are looked for only if there is nothing else.
    """
    return _Sought(asked, index, _FAINT).best or _Sought(asked, index, 0.0).best


class _Sought:
    """The terms of one question that count more than `least`."""

    def __init__(self, asked: Understanding, index: Index, least: float) -> None:
        self.best: dict[tuple[str, str], float] = {}
        self._least = least
        self._letter = index.alphabet.get
        self._frequency = index.frequency
        self._fields = [one for one in _BARE if one[0] in index.fields]
        self._pair_fields = [one for one in _BARE_PAIRS if one[0] in index.fields]
        self._marks = "marked" in index.fields
        if not self._marks:
            self._pair_fields = [
                (name, _BOTH if name == "folded_pairs" else worth) for name, worth in self._pair_fields
            ]
        words = [(word.key, word.folded, word.weight) for word in asked.words]
        for key, folded, weight in words:
            self._add(key, folded, weight)
        for (one, bare, weight), (other, next_bare, next_weight) in pairwise(words):
            # Pairs of function words say nothing.
            if weight > FUNCTION_WEIGHT or next_weight > FUNCTION_WEIGHT:
                self._add_pair((one, other), (bare, next_bare), (weight * next_weight) ** 0.5)
        if asked.slips:
            self._add_slips(asked)
        for phrase in asked.phrases:
            self._add_phrase(phrase)

    def _add(self, key: str, folded: str, value: float) -> None:
        bare = self._letter(folded)
        if bare is None or not value:
            return
        if self._marks and key and (letter := self._letter(key)):
            self._raise("marked", letter, MARKED * value)
        for field, worth in self._fields:
            self._raise(field, bare, worth * value)

    def _add_pair(self, keys: tuple[str, str], folded: tuple[str, str], value: float) -> None:
        one, other = self._letter(folded[0]), self._letter(folded[1])
        if one is None or other is None or not value:
            return
        if self._marks and keys[0] and keys[1]:
            first, second = self._letter(keys[0]), self._letter(keys[1])
            if first and second:
                self._raise("marked_pairs", first + second, MARKED_PAIR * value)
        for field, worth in self._pair_fields:
            self._raise(field, one + other, worth * value)

    def _raise(self, field: str, letters: str, value: float) -> None:
        term = field, letters
        known = self.best.get(term)
        if value > (known or self._least) and (known or self._frequency(field, letters)):
            self.best[term] = value

    def _add_slips(self, asked: Understanding) -> None:
        """Look for what was meant too, without marks: nobody knows which were meant."""
        words = asked.words
        folded = [asked.slips.get(place, word.folded) for place, word in enumerate(words)]
        for place in asked.slips:
            self._add("", folded[place], _SLIP * words[place].weight)
            for first, second in ((place - 1, place), (place, place + 1)):
                if first >= 0 and second < len(words) and (words[first].content or words[second].content):
                    value = _SLIP * (words[first].weight * words[second].weight) ** 0.5
                    self._add_pair(("", ""), (folded[first], folded[second]), value)

    def _add_phrase(self, phrase: Phrase) -> None:
        folded = [fold_syllable(key) for key in phrase.keys]
        # A long phrase must not outweigh the word that it stands for.
        value = phrase.weight * min(1.0, max(1, len(phrase.stands_for)) / len(folded)) ** 0.5
        for key, bare in zip(phrase.keys, folded, strict=True):
            self._add(key, bare, value)
        for keys, bares in zip(pairwise(phrase.keys), pairwise(folded), strict=True):
            self._add_pair(keys, bares, value)
