"""Whether the documents answer: three zones told by a small logistic model over features that carry across collections.

The coefficients come from tests/calibrate.py. One threshold on a raw BM25 score would not carry from one collection to
another; shares and products of shares do.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

_SHORT = 3
# So one in fifty unrelated questions is told of a clause, and nearly every second near miss.
_CLOSE, _CLOSE_PAIRS = 0.4, 0.2
# Among thousands of passages some place says a few words of anything. Measured on 367 legal texts and 2,642 procedures.
_CROWD = 0.27
_DATA = Path(__file__).parent / "data"


class Zone(StrEnum):
    ANSWER = "answer"
    CHOICES = "choices"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Signs:
    """What was measured about the best place for a question. Shares lie in 0..1."""

    share: float  # of the question, weighted by rarity, that the best window speaks of
    quoted: float  # the same for the lines that would be quoted
    pairs: float  # of the question's neighbouring content words that stand together there
    heading: float  # of the question that the heading says
    unknown: float  # of the question that stands nowhere in the documents
    unknown_pairs: float
    missed: float  # rarity of the rarest word that the place lacks, against a word that stands nowhere
    number_missed: float  # 1 if a number of the question stands nowhere in the place
    matched: float  # rarity that was found, in words that stand nowhere; how much there was to go by
    words: float  # content words asked
    strength: float  # best score against the best one possible for the question
    gap: float  # how far the next place is behind
    wanted: float  # 1 if a kind of datum is asked for
    lacking: float  # 1 if the quoted lines show none of it
    absent: float  # 1 if the whole place shows none of it
    beyond: float  # 1 if asked for what no standing text holds: one's own case, this year's figures
    named: float  # 1 if the asker named this place
    misnamed: float  # 1 if the asker named a place that does not exist
    line: float = 0.0  # of the question that the best paragraph or list speaks of
    typical: float = 0.0  # of its content words, how many are common in the documents
    strange: float = 0.0  # unknown words that are foreign or names, 2 at the most
    name: float = 0.0  # 1 if a name of several words is asked about that stands nowhere
    plain: float = 0.0  # of its content words, how many the best window has, rare or not
    firm: float = 0.0  # 1 if the place shows nothing of a datum that cannot be put in other words: a phone number
    together: float = 0.0  # of the question that the best places speak of together
    second: float = 0.0  # of the question that the best of the next places speaks of
    kin: float = 0.0  # the same for those under the same heading
    bare: float = 0.0  # 1 if typed without marks
    english: float = 0.0
    repaired: float = 0.0  # of its content words, how many were taken for slips
    reworded: float = 0.0  # of its content words, how many have other words
    crowd: float = 0.0  # how much larger than a handbook the collection is: the logarithm of windows over 150
    small: float = 0.0  # how much smaller than a handbook it is: a few pages lack most words that people use
    odd: float = 0.0  # of the question: what stands nowhere in the documents and is not said about anything
    cosine: float | None = None  # of the sentence vectors; None without dense
    margin: float | None = None  # the cosine over the mean of all windows
    ahead: float | None = None  # 1 if no place is more alike, 0 if it is no more alike than the mean

    def values(self) -> dict[str, float]:
        plain = {name: getattr(self, name) for name in _NAMES}
        words = min(self.words, 12.0)
        return {
            **plain,
            "bias": 1.0,
            "crowd": self.crowd,
            "words": math.log1p(words),
            "matched": math.log1p(self.matched),
            "gap3": min(0.2, self.gap),
            "share2": self.share * self.share,
            "one_word": 1.0 if self.words <= 1 else 0.0,
            "no_word": 1.0 if self.words < 1 else 0.0,
            "short": 1.0 if self.words <= _SHORT else 0.0,
            "asked_share": self.wanted * self.share,
            "absent_share": self.absent * self.share,
            "unknown2": self.unknown * self.unknown,
            "odd2": self.odd * self.odd,
            # Raw cosines crowd between .75 and .92.
            "cosine": 10.0 * ((self.cosine or 0.0) - 0.85),
            "margin": 20.0 * (self.margin or 0.0),
            "ahead": self.ahead or 0.0,
            "leader": float(self.ahead is not None and self.ahead >= 1.0),
            "both": 200.0 * max(0.0, (self.cosine or 0.0) - 0.8) * max(0.0, self.margin or 0.0),
        }


_NAMES = (
    "share", "quoted", "pairs", "heading", "unknown", "unknown_pairs", "missed", "number_missed", "strength", "gap",
    "wanted", "lacking", "absent", "beyond", "named", "misnamed", "line", "typical", "plain", "firm", "strange", "name",
    "together", "second", "kin", "bare", "english", "repaired", "reworded", "small", "odd",
)  # fmt: skip


@cache
def _model() -> Mapping[str, Mapping[str, float]]:
    found: Mapping[str, Mapping[str, float]] = json.loads((_DATA / "scope.json").read_text(encoding="utf-8"))
    return found


def likelihood(signs: Signs) -> float:
    """Return how likely the best place answers, 0..1. With sentence vectors, two models are asked and averaged."""
    values = signs.values()
    chance = _chance(_model()["lexical"], values)
    return chance if signs.cosine is None else (chance + _chance(_model()["dense"], values)) / 2


def _chance(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    total = sum(weight * value_of(values, name) for name, weight in weights.items())
    total -= _CROWD * values["crowd"]
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def value_of(values: Mapping[str, float], name: str) -> float:
    """Return a feature; "share*words" is the product of two."""
    first, _, second = name.partition("*")
    return values[first] * values[second] if second else values[first]


def zone(signs: Signs) -> Zone:
    limits = _model()["limits" if signs.cosine is None else "dense_limits"]
    chance = likelihood(signs)
    if chance >= limits["answer"]:
        return Zone.ANSWER
    return Zone.CHOICES if chance >= limits["choices"] else Zone.REFUSAL


def close(signs: Signs) -> bool:
    """Tell whether a place that does not answer is near enough to be named: single words in common are not."""
    return signs.share >= _CLOSE and signs.pairs >= _CLOSE_PAIRS
