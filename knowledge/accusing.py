"""Weighs a text that no pattern hears: how much it sounds like the denunciation of a person, or of bribery.

A logistic model over syllables, pairs of them, and concepts (denunciation-concepts.toml: officers, money, gifts, veiled
words, harm, fraud, kin, questions, rules). Fitted by tests/fit_denunciation.py, evaluated in plain Python.
"""

import json
import math
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from knowledge.texts import Language
from knowledge.vietnamese import could_be_vietnamese, fold_syllable, language_of, one_spelling

_DATA = Path(__file__).parent / "data"
_TOKEN = re.compile(r"[^\W_]+(?:[.,]\d+)*|[?%!]")
_DOTTED = re.compile(r"(?<!\w)[^\W\d_](?:[.\-_*·][^\W\d_])+(?!\w)")
_DIGIT_FOR_LETTER = re.compile(r"(?<=[^\W\d_])[013](?=[^\W\d_])")
_LOOKS_LIKE = str.maketrans("013", "oie")
_SUM = re.compile(r"\d+(?:[.,]\d+)*(?:k|tr|trieu|cu|xi|lit|chai|m|d|vnd|usd|d0ng|ty|canh)\d*|\d{1,3}(?:[.,]000){1,3}")
_TELEX_TONES = str.maketrans("", "", "sfrxjw")
_DOUBLED = re.compile(r"([aeod])\1")
_LONGEST_SAYING = 5  # syllables
_NEAR = 7  # syllables between two concepts that belong together
_ASKING = frozenset({"question", "rule", "supposed", "thanks"})
_STEM = 5  # letters of an English word that tell its stem


@dataclass(frozen=True, slots=True)
class Weight:
    """`odds`: log odds that a text is a denunciation. `bribery`: log odds that it is one of bribery, if it is one."""

    odds: float
    bribery: float


def weigh(text: str) -> Weight:
    """Weigh one tidied text of a few sentences."""
    model = _model()
    odds, bribery = model.bias
    for feature, value in features(text).items():
        if found := model.weights.get(feature):
            odds += value * found[0]
            bribery += value * found[1]
    return Weight(odds, bribery)


@dataclass(frozen=True, slots=True)
class _Model:
    bias: tuple[float, float]
    weights: Mapping[str, tuple[float, float]]


@cache
def _model() -> _Model:
    known = json.loads((_DATA / "denunciation-weights.json").read_text(encoding="utf-8"))
    weights = {feature: (odds, bribery) for feature, (odds, bribery) in known["weights"].items()}
    return _Model((known["bias"][0], known["bias"][1]), weights)


def features(text: str) -> dict[str, float]:
    """Return what the model sees of a text. Many of one kind count less each, so that length alone says little."""
    typed = _typed(text)
    folded = [fold_syllable(word) for word in typed]
    marked = sum(word != plain for word, plain in zip(typed, folded, strict=True)) * 3 > len(typed)
    seen = list(_concepts(typed, folded, marked=marked))
    present = sorted({concept for _, concept in seen} or {"nothing"})
    if _ASKING.isdisjoint(present) and "?" not in typed:
        present.append("tells")
    kinds: tuple[tuple[float, set[str]], ...] = (
        (2.0, {f"w:{word}" for word in folded}),
        (2.0, {f"b:{one} {two}" for one, two in pairwise(folded)}),
        (1.5, {f"m:{word}" for word, plain in zip(typed, folded, strict=True) if word != plain}),
        (1.0, {f"e:{word[:_STEM]}" for word in folded if len(word) >= _STEM and word.isascii()}),
        (1.5, {*(f"first:{word}" for word in folded[:2]), *(f"last:{word}" for word in folded[-2:])}),
        (2.0, {f"{one}+{two}" for place, one in enumerate(present) for two in present[place + 1 :]}),
        (2.0, {f"{one}>{two}" for one, two in _near(seen)}),
    )
    found = {f"c:{concept}": 1.0 for concept in present}
    found["long"] = math.log2(1 + len(typed)) / 4
    for size, names in kinds:
        found.update(dict.fromkeys(names, size / math.sqrt(max(len(names), 4))))
    return found


def _typed(text: str) -> list[str]:
    joined = _DOTTED.sub(lambda found: re.sub(r"[.\-_*·]", "", found.group()), text.lower())
    vietnamese = language_of(text) is Language.VI
    return [_meant(token, vietnamese=vietnamese) for token in _TOKEN.findall(joined)]


@lru_cache(maxsize=16384)
def _meant(token: str, *, vietnamese: bool) -> str:
    if token[0].isdigit():
        return "#sum" if _SUM.fullmatch(fold_syllable(token)) else "#"
    token = _DIGIT_FOR_LETTER.sub(lambda found: found.group().translate(_LOOKS_LIKE), token)
    if token.isascii() and vietnamese and not (could_be_vietnamese(token) and not _DOUBLED.search(token)):
        plain = _DOUBLED.sub(r"\1", token[:1] + token[1:].translate(_TELEX_TONES))
        return plain if could_be_vietnamese(plain) else token
    return one_spelling(token)


@cache
def _sayings() -> Mapping[str, Sequence[tuple[tuple[str, ...], str]]]:
    known: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    lists: dict[str, str] = tomllib.loads((_DATA / "denunciation-concepts.toml").read_text(encoding="utf-8"))
    for concept, listed in lists.items():
        for saying in listed.split(","):
            words = tuple(one_spelling(word) for word in _TOKEN.findall(saying.lower()))
            known[" ".join(map(fold_syllable, words))].append((words, concept))
    return known


def _concepts(typed: Sequence[str], folded: Sequence[str], *, marked: bool) -> Iterator[tuple[int, str]]:
    """Yield where which concept stands. In a text with marks, a word without is another word than one with."""
    known = _sayings()
    for at, word in enumerate(typed):
        if word == "#sum":
            yield at, "cash"
        for size in range(1, _LONGEST_SAYING + 1):
            for words, concept in known.get(" ".join(folded[at : at + size]), ()):
                heard = typed[at : at + size]
                if all(one == two or (not marked and one.isascii()) for one, two in zip(heard, words, strict=False)):
                    yield at, concept


def _near(seen: Sequence[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    for place, (at, one) in enumerate(seen):
        for then, two in seen[place + 1 :]:
            if then - at > _NEAR:
                break
            if then > at and one != two:
                yield one, two
