"""Other words under which people ask for what procedures are named by: "cây xăng", "petrol station"."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from knowledge.understanding import Phrase
from knowledge.vietnamese import could_be_vietnamese, fold_syllable, syllables

_DATA = Path(__file__).parent / "data"
_LONGEST = 5
_WORTH = 0.8
_LATER = 0.7  # a second meaning
_ONE = 0.5  # a single syllable means many things

Folded = tuple[str, ...]


@cache
def _known() -> tuple[Mapping[Folded, tuple[Folded, ...]], Mapping[Folded, tuple[Folded, ...]]]:
    """Return what is meant by which syllables, with their marks and folded."""
    rows = json.loads((_DATA / "said-otherwise.json").read_text(encoding="utf-8"))
    rows.pop("_")
    marked = {tuple(syllables(said)): tuple(tuple(syllables(other)) for other in meant) for said, meant in rows.items()}
    bare: dict[Folded, tuple[Folded, ...]] = {}
    for said, meant in marked.items():
        # A lone syllable without its marks is too many words: "mo" is "mở", "mơ" and "mỏ".
        if len(said) > 1 or said[0].isascii():
            bare.setdefault(tuple(map(fold_syllable, said)), meant)
    return marked, bare


def other_words(keys: Sequence[str]) -> Iterator[Phrase]:
    """Yield what stretches of a question (its search keys) are called otherwise; the longest stretch counts."""
    marked, bare = _known()
    folded = [fold_syllable(key) for key in keys]
    place = 0
    while place < len(keys):
        for size in range(min(_LONGEST, len(keys) - place), 0, -1):
            stretch = slice(place, place + size)
            if meant := marked.get(tuple(keys[stretch])) or bare.get(tuple(folded[stretch])):
                said = tuple(keys[stretch])
                worth = _WORTH * (_ONE if size == 1 and could_be_vietnamese(said[0]) else 1.0)
                for number, other in enumerate(meant):
                    if other != said:
                        yield Phrase(other, worth * (_LATER if number else 1.0), tuple(range(place, place + size)))
                place += size - 1
                break
        place += 1
