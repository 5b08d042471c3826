"""What is looked up in the index for a question, field by field, and how much each field counts (measured)."""

from collections.abc import Iterator
from itertools import pairwise

from knowledge.index import Term
from knowledge.understanding import Phrase, Understanding
from knowledge.vietnamese import fold_syllable

MARKED, MARKED_PAIR, FOLDED, FOLDED_PAIR, TITLE, TITLE_PAIR = 1.0, 1.0, 0.9, 0.6, 0.35, 0.4
NAME, NAME_PAIR = 1.1, 1.5
TOPIC, TOPIC_PAIR = 0.6, 0.7
_SLIP = 0.8
_BARE = (("folded", FOLDED), ("title", TITLE), ("name", NAME), ("topic", TOPIC))
_BARE_PAIRS = (
    ("folded_pairs", FOLDED_PAIR),
    ("title_pairs", TITLE_PAIR),
    ("name_pairs", NAME_PAIR),
    ("topic_pairs", TOPIC_PAIR),
)
Sought = dict[tuple[str, str], float]


def terms(asked: Understanding) -> Iterator[Term]:
    """Yield what to look up in the index for a question; what is meant by several of its words, once."""
    best: Sought = {}
    for word in asked.words:
        _add(best, word.key, word.folded, word.weight)
    for one, other in pairwise(asked.words):
        if one.content or other.content:
            value = (one.weight * other.weight) ** 0.5
            _add_pair(best, f"{one.key}_{other.key}", f"{one.folded}_{other.folded}", value)
    if asked.slips:
        _add_slips(best, asked)
    for phrase in asked.phrases:
        _add_phrase(best, phrase)
    return (Term(name, key, value) for (name, key), value in best.items())


def _add(best: Sought, key: str, folded: str, value: float) -> None:
    if key:
        _raise(best, "marked", key, MARKED * value)
    for field, worth in _BARE:
        _raise(best, field, folded, worth * value)


def _add_pair(best: Sought, key: str, folded: str, value: float) -> None:
    if key:
        _raise(best, "marked_pairs", key, MARKED_PAIR * value)
    for field, worth in _BARE_PAIRS:
        _raise(best, field, folded, worth * value)


def _raise(best: Sought, field: str, key: str, value: float) -> None:
    if value > best.get((field, key), 0.0):
        best[field, key] = value


def _add_slips(best: Sought, asked: Understanding) -> None:
    """Look for what was meant too, without marks: nobody knows which were meant."""
    words = asked.words
    folded = [asked.slips.get(place, word.folded) for place, word in enumerate(words)]
    for place in asked.slips:
        _add(best, "", folded[place], _SLIP * words[place].weight)
        for first, second in ((place - 1, place), (place, place + 1)):
            if first >= 0 and second < len(words) and (words[first].content or words[second].content):
                value = _SLIP * (words[first].weight * words[second].weight) ** 0.5
                _add_pair(best, "", f"{folded[first]}_{folded[second]}", value)


def _add_phrase(best: Sought, phrase: Phrase) -> None:
    folded = [fold_syllable(key) for key in phrase.keys]
    # A long phrase must not outweigh the word that it stands for.
    value = phrase.weight * min(1.0, max(1, len(phrase.stands_for)) / len(folded)) ** 0.5
    for key, bare in zip(phrase.keys, folded, strict=True):
        _add(best, key, bare, value)
    for (one, other), (bare, next_bare) in zip(pairwise(phrase.keys), pairwise(folded), strict=True):
        _add_pair(best, f"{one}_{other}", f"{bare}_{next_bare}", value)
