"""Fit the weighed ear (knowledge/data/denunciation-weights.json) and print how well it hears what it has not read.

    python -m tests.fit_denunciation [--write] [--quick] [--misses]

Every file tests/data/denunciation-*.jsonl was written in one sitting, in its own voices. Printed figures leave one
sitting out in turn; the questions about the manual are split in fifths. A text and its twins (without marks, in raw
telex) are always on one side.
"""

import argparse
import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.accusing import Weight, features
from knowledge.denunciation import heard
from knowledge.vietnamese import fold, tidy

HERE = Path(__file__).parent
WEIGHTS = HERE.parent / "knowledge" / "data" / "denunciation-weights.json"
TELEX = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
SHAPES = {"\u0302": "", "\u031b": "w", "\u0306": "w"}
STEPS = 400
SHRINK = 3e-4
KEEP = 0.02
SEEN_AT_LEAST = 2
TWINS = 0.5  # what a twin without marks counts beside the text as typed
TELEX_TWIN = 0.15
PEOPLE = 2.0  # what a real question counts: it must be answered, not shown a door
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Text:
    said: str
    heard_as: str
    sitting: str
    counts: float = 1.0


def sittings() -> list[Text]:
    """Every labelled text: written for this, and the questions about the manual, which denounce nobody."""
    texts = []
    for path in sorted((HERE / "data").glob("denunciation-*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts.append(Text(row["text"], row["heard_as"], path.stem))
    for name in ("denunciations.tsv", "denunciations-held-back.tsv"):
        for line in (HERE / "knowledge" / name).read_text(encoding="utf-8").splitlines():
            label, said = line.split("\t")
            texts.append(Text(said, "ordinary" if label == "-" else label, name))
    for name in ("questions-dev.jsonl", "questions-calibration.jsonl", "questions-calibration-2.jsonl"):
        for at, line in enumerate((HERE / "data" / name).read_text(encoding="utf-8").splitlines()):
            texts.append(Text(json.loads(line)["question"], "ordinary", f"{name} {at % 5}", PEOPLE))
    texts += [Text(said, "ordinary", "clauses.json") for said in clauses()]
    return texts


def clauses() -> Iterator[str]:
    """Yield what is written rather than said: whole sentences that tell, and accuse nobody."""
    waiting = [json.loads((HERE / "data" / "clauses.json").read_text(encoding="utf-8"))]
    while waiting:
        known = waiting.pop()
        if isinstance(known, str):
            yield known
        elif isinstance(known, dict | list):
            waiting += known.values() if isinstance(known, dict) else known


def with_twins(texts: Sequence[Text]) -> Iterator[Text]:
    for text in texts:
        yield text
        if (bare := fold(text.said)) != text.said.lower():
            yield Text(bare, text.heard_as, text.sitting, TWINS)
            yield Text(telex(text.said), text.heard_as, text.sitting, TELEX_TWIN)


def telex(said: str) -> str:
    """Return what the keys were, when the input method was off."""
    words = []
    for word in said.lower().split():
        letters, tone = "", ""
        for letter in unicodedata.normalize("NFD", word.replace("đ", "dd")):
            if letter in TELEX:
                tone = TELEX[letter]
            else:
                letters += letters[-1:] if letter == "\u0302" else SHAPES.get(letter, letter)
        words.append(letters + tone)
    return " ".join(words)


class Sparse:
    """Rows of features as numbers, in plain numpy."""

    def __init__(self, rows: Sequence[dict[str, float]], names: dict[str, int]) -> None:
        known = [[(names[name], value) for name, value in row.items() if name in names] for row in rows]
        self.row = np.repeat(np.arange(len(rows)), [len(row) for row in known])
        self.column = np.array([at for row in known for at, _ in row], dtype=np.int64)
        self.value = np.array([value for row in known for _, value in row])
        self.shape = (len(rows), len(names))

    def times(self, weights: Numbers) -> Numbers:
        return np.bincount(self.row, self.value * weights[self.column], self.shape[0]).astype(np.float64)

    def back(self, slopes: Numbers) -> Numbers:
        return np.bincount(self.column, self.value * slopes[self.row], self.shape[1]).astype(np.float64)


def fit(rows: Sparse, wanted: Numbers, counts: Numbers, shrink: float) -> tuple[Numbers, float]:
    """Return weights and bias of a logistic model (accelerated descent)."""
    weights = ahead = np.zeros(rows.shape[1])
    bias = ahead_bias = 0.0
    total = counts.sum()
    step = 4.0 / ((np.bincount(rows.row, rows.value**2, rows.shape[0])).max() + 1.0)
    for turn in range(STEPS):
        slopes = counts * (1 / (1 + np.exp(-(rows.times(ahead) + ahead_bias))) - wanted) / total
        before, before_bias = weights, bias
        weights = ahead - step * (rows.back(slopes) + shrink * ahead)
        bias = ahead_bias - step * slopes.sum()
        ahead = weights + turn / (turn + 3) * (weights - before)
        ahead_bias = bias + turn / (turn + 3) * (bias - before_bias)
    return weights, bias


@dataclass(frozen=True)
class Fitted:
    """Both models over one list of features: is it a denunciation, and if so, of bribery."""

    names: dict[str, int]
    odds: tuple[Numbers, float]
    bribery: tuple[Numbers, float]

    @classmethod
    def on(cls, texts: Sequence[Text], rows: Sequence[dict[str, float]]) -> "Fitted":
        often = Counter(name for row in rows for name in row)
        names = {name: at for at, name in enumerate(sorted(n for n, seen in often.items() if seen >= SEEN_AT_LEAST))}
        told = [at for at, text in enumerate(texts) if text.heard_as != "ordinary"]
        counts = np.array([text.counts for text in texts])
        denounces = np.array([float(text.heard_as != "ordinary") for text in texts])
        bribery = np.array([float(texts[at].heard_as == "bribery") for at in told])
        return cls(
            names,
            fit(Sparse(rows, names), denounces, counts, SHRINK),
            fit(Sparse([rows[at] for at in told], names), bribery, counts[told], SHRINK),
        )

    def weigh(self, rows: Sequence[dict[str, float]]) -> tuple[Numbers, Numbers]:
        sparse = Sparse(rows, self.names)
        return sparse.times(self.odds[0]) + self.odds[1], sparse.times(self.bribery[0]) + self.bribery[1]

    def write(self) -> None:
        weights = {
            name: [round(float(self.odds[0][at]), 3), round(float(self.bribery[0][at]), 3)]
            for name, at in self.names.items()
            if abs(self.odds[0][at]) >= KEEP or abs(self.bribery[0][at]) >= 5 * KEEP
        }
        bias = [round(self.odds[1], 3), round(self.bribery[1], 3)]
        lines = ",\n".join(json.dumps(name, ensure_ascii=False) + ": " + json.dumps(w) for name, w in weights.items())
        WEIGHTS.write_text(f'{{"bias": {json.dumps(bias)}, "weights": {{\n{lines}\n}}}}\n', encoding="utf-8")
        sys.stdout.write(f"{len(weights)} of {len(self.names)} weights written\n")


def held_out(texts: Sequence[Text], rows: Sequence[dict[str, float]]) -> tuple[Numbers, Numbers]:
    """Weigh every text by a model that has read nothing of its sitting."""
    odds, bribery = np.zeros(len(texts)), np.zeros(len(texts))
    for sitting in sorted({text.sitting for text in texts}):
        others = [at for at, text in enumerate(texts) if text.sitting != sitting]
        these = [at for at, text in enumerate(texts) if text.sitting == sitting]
        fitted = Fitted.on([texts[at] for at in others], [rows[at] for at in others])
        odds[these], bribery[these] = fitted.weigh([rows[at] for at in these])
    return odds, bribery


def tell(texts: Sequence[Text], odds: Numbers, bribery: Numbers, *, misses: bool) -> None:
    found = [heard(tidy(text.said), Weight(odds[at], bribery[at])) for at, text in enumerate(texts)]
    groups = {text.sitting: text.counts == 1.0 for text in texts}
    for sitting in [*sorted(groups), "as typed", "without marks", "raw telex"]:
        size = {"as typed": 1.0, "without marks": TWINS, "raw telex": TELEX_TWIN}.get(sitting)
        mine = [
            (text, kind)
            for text, kind in zip(texts, found, strict=True)
            if text.counts == (size or 1.0) and (text.sitting == sitting or size)
        ]
        told = [(text, kind) for text, kind in mine if text.heard_as != "ordinary"]
        told_not = [(text, kind) for text, kind in mine if text.heard_as == "ordinary"]
        caught = sum(kind is not None for _, kind in told)
        rightly = sum(kind == text.heard_as for text, kind in told)
        alarms = sum(kind is not None for _, kind in told_not)
        sys.stdout.write(
            f"{sitting:32} heard {caught}/{len(told)} {caught / max(1, len(told)):.3f} (kind {rightly})"
            f"  false {alarms}/{len(told_not)} {alarms / max(1, len(told_not)):.3f}\n"
        )
        if misses and not size:
            sys.stdout.writelines(f"  MISSED {text.said[:160]}\n" for text, kind in told if kind is None)
            sys.stdout.writelines(f"  FALSE  {text.said[:160]}\n" for text, kind in told_not if kind)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--quick", action="store_true", help="only fit, without leaving anything out")
    asked = parser.parse_args()
    texts = list(with_twins(sittings()))
    rows = [features(tidy(text.said)) for text in texts]
    if not asked.quick:
        tell(texts, *held_out(texts, rows), misses=asked.misses)
    if asked.write:
        Fitted.on(texts, rows).write()


if __name__ == "__main__":
    main()
