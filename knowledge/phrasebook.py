"""Lists of words and phrases: those that say little, and other words for those that say much."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from knowledge.repair import abbreviations
from knowledge.vietnamese import syllables

_DATA = Path(__file__).parent / "data"
_PHRASE = 6  # syllables in the longest phrase
Wordings = tuple[tuple[str, ...], ...]
Meaning = TypeVar("Meaning")


class Book(Generic[Meaning]):
    """Phrases, as search keys, and what they mean, looked up where one may begin."""

    def __init__(self, known: Mapping[tuple[str, ...], Meaning]) -> None:
        self.known = known
        lengths: dict[str, set[int]] = {}
        for phrase in known:
            if phrase and len(phrase) <= _PHRASE:
                lengths.setdefault(phrase[0], set()).add(len(phrase))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}

    def at(self, keys: Sequence[str], place: int) -> tuple[int, Meaning] | None:
        """Return the longest phrase that begins here: its length and its meaning."""
        for size in self._lengths.get(keys[place], ()):
            meaning = self.known.get(tuple(keys[place : place + size]))
            if meaning is not None and place + size <= len(keys):
                return size, meaning
        return None


def _others(known: Mapping[str, Sequence[str]]) -> dict[tuple[str, ...], Wordings]:
    return {
        tuple(syllables(said)): tuple([tuple(syllables(other)) for other in others]) for said, others in known.items()
    }


@cache
def function_words() -> Book[bool]:
    """Return the words and phrases that say little about what is asked."""
    lines = (_DATA / "function-words.txt").read_text(encoding="utf-8").splitlines()
    return Book({tuple(syllables(line)): True for line in lines if line and not line.startswith("#")})


@cache
def everyday() -> Book[Wordings]:
    """Return what people say, and how documents put it."""
    return Book(_others(json.loads((_DATA / "everyday.json").read_text(encoding="utf-8"))))


@cache
def official() -> Book[Wordings]:
    """Return official abbreviations and what they stand for, both ways: who writes one means the other too."""
    known = _others(abbreviations()[1])
    for short, longs in list(known.items()):
        for long in longs:
            if len(long) > 1:
                known.setdefault(long, (short,))
    return Book(known)


@cache
def english() -> Book[Wordings]:
    """Return English words of the field, and how documents say them."""
    return Book(_others(json.loads((_DATA / "english.json").read_text(encoding="utf-8"))))
