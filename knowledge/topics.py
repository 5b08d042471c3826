"""Other words under which people look for what a heading of a quality manual names.

The headings are those of TCVN ISO 9001:2015 and of any manual's usual parts; a text with other headings has no topics.
"""

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from knowledge.vietnamese import fold_syllable, syllables

_DATA = Path(__file__).parent / "data"
_NUMBERED = 8  # syllables a heading may have beside the known words


@cache
def _known() -> Sequence[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]:
    rows = [json.loads(line) for line in (_DATA / "topics.jsonl").read_text(encoding="utf-8").splitlines() if line]
    known = [
        (_folded(heading), tuple(_folded(phrase) for phrase in row["sought"]))
        for row in rows
        for heading in row["headings"]
    ]
    return sorted(known, key=lambda entry: -len(entry[0]))


@lru_cache(maxsize=4096)
def topics_of(heading: str) -> tuple[tuple[str, ...], ...]:
    """Return the phrases (folded syllables) under which a place with this heading is looked for too."""
    keys = _folded(heading)
    for known, sought in _known():
        if len(known) <= len(keys) <= len(known) + _NUMBERED and _stands_in(known, keys):
            return sought
    return ()


def _stands_in(known: tuple[str, ...], keys: tuple[str, ...]) -> bool:
    if len(known) <= 2:  # noqa: PLR2004 - "con người", "nguồn lực": a short name must be the whole heading, but for its number
        return keys == known or (keys[1:] == known and keys[0][:1].isdigit())
    return any(keys[start : start + len(known)] == known for start in range(len(keys) - len(known) + 1))


def _folded(text: str) -> tuple[str, ...]:
    return tuple(fold_syllable(key) for key in syllables(text))
