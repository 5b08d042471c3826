"""What is looked up in the index for a question, field by field, and how much each field counts (measured)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from knowledge.index import Term
from knowledge.understanding import Phrase, Understanding, Word
from knowledge.vietnamese import fold_syllable


def terms(asked: Understanding, weight: float = 1.0) -> Iterator[Term]:
    """Yield what to look up in the index for a question."""
    best: dict[tuple[str, str], float] = {}

    def add(found: Iterable[tuple[str, str, float]]) -> None:
        for name, key, value in found:
            best[name, key] = max(best.get((name, key), 0.0), value * weight)

    add(_of_words(asked.words))
    if asked.slips:
        meant = [
            Word(other, other, word.weight, word.typed) if (other := asked.slips.get(place)) else word
            for place, word in enumerate(asked.words)
        ]
        add(
            (name, key, 0.8 * value)
            for name, key, value in _of_words(meant)
            if name.startswith(("folded", "title", "name", "topic"))
        )
    for phrase in asked.phrases:
        add(_of_phrase(phrase))
    yield from (Term(name, key, value) for (name, key), value in best.items())


MARKED, MARKED_PAIR, FOLDED, FOLDED_PAIR, TITLE, TITLE_PAIR = 1.0, 1.0, 0.9, 0.6, 0.35, 0.4
NAME, NAME_PAIR = 1.1, 1.5
TOPIC, TOPIC_PAIR = 0.6, 0.7


def _of_words(words: Sequence[Word]) -> Iterator[tuple[str, str, float]]:
    for word in words:
        yield "marked", word.key, MARKED * word.weight
        yield "folded", word.folded, FOLDED * word.weight
        yield "title", word.folded, TITLE * word.weight
        yield "name", word.folded, NAME * word.weight
        yield "topic", word.folded, TOPIC * word.weight
    for one, other in pairwise(words):
        value = (
            min(one.weight, other.weight) if not (one.content or other.content) else (one.weight * other.weight) ** 0.5
        )
        if not (one.content or other.content):
            continue
        yield "marked_pairs", f"{one.key}_{other.key}", MARKED_PAIR * value
        yield "folded_pairs", f"{one.folded}_{other.folded}", FOLDED_PAIR * value
        yield "title_pairs", f"{one.folded}_{other.folded}", TITLE_PAIR * value
        yield "name_pairs", f"{one.folded}_{other.folded}", NAME_PAIR * value
        yield "topic_pairs", f"{one.folded}_{other.folded}", TOPIC_PAIR * value


def _of_phrase(phrase: Phrase) -> Iterator[tuple[str, str, float]]:
    folded = [fold_syllable(key) for key in phrase.keys]
    # A long phrase must not outweigh the word that it stands for.
    value = phrase.weight * min(1.0, max(1, len(phrase.stands_for)) / len(folded)) ** 0.5
    for key, bare in zip(phrase.keys, folded, strict=True):
        yield "marked", key, MARKED * value
        yield "folded", bare, FOLDED * value
        yield "title", bare, TITLE * value
        yield "name", bare, NAME * value
        yield "topic", bare, TOPIC * value
    for (one, other), (bare, next_bare) in zip(pairwise(phrase.keys), pairwise(folded), strict=True):
        yield "marked_pairs", f"{one}_{other}", MARKED_PAIR * value
        yield "folded_pairs", f"{bare}_{next_bare}", FOLDED_PAIR * value
        yield "title_pairs", f"{bare}_{next_bare}", TITLE_PAIR * value
        yield "name_pairs", f"{bare}_{next_bare}", NAME_PAIR * value
        yield "topic_pairs", f"{bare}_{next_bare}", TOPIC_PAIR * value
