"""Fit what tells whether a question is about a procedure (knowledge/data/procedure-scope.json), and print how well.

    python -m tests.fit_procedures [--write]

Fitted on the sample catalogue alone: questions made from its names by rule, hand-written ones, the same with the
procedure left out (near misses), the manual's labelled questions and general ones, with and without marks. Printed
figures are cross-validated by question.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.catalogue import Catalogue
from knowledge.procedure_question import read
from knowledge.procedure_ranking import ranked
from knowledge.procedure_records import procedure
from knowledge.procedure_scope import signs
from knowledge.procedures import Procedure
from knowledge.vietnamese import fold
from tests.benchmarks.rewording import plain, questions
from tests.calibrate import lines

HERE = Path(__file__).parent
SCOPE = HERE.parent / "knowledge" / "data" / "procedure-scope.json"
SAMPLE = HERE.parent / "knowledge" / "data" / "procedures.jsonl"
DAY = date(2026, 11, 22)
RIDGE, FIFTHS = 2.0, 5
GROUPS = {"named": 2.0, "own words": 2.0, "near": 1.0, "manual": 4.0, "other": 2.0}
OTHERS = ("questions-dev", "questions-calibration", "questions-calibration-2")
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    values: Mapping[str, float]
    about: bool
    group: str
    fifth: int
    text: str


def row(
    text: str, catalogue: Catalogue, *, about: bool, group: str, without: frozenset[str] = frozenset()
) -> Row | None:
    asking = read(text, catalogue)
    found = [one for one in ranked(asking, catalogue, DAY) if one.procedure.id not in without]
    if not found:
        return None
    fifth = int(hashlib.sha256(fold(text).encode()).hexdigest(), 16) % FIFTHS
    return Row(signs(asking, found, catalogue), about, group, fifth, text)


def kin(procedure: Procedure, others: Sequence[Procedure]) -> frozenset[str]:
    """Return the procedures whose names are nearly the same: what a near miss leaves out as well."""
    own = set(plain(procedure.name).split())
    return frozenset(
        other.id
        for other in others
        if len(own & (theirs := set(plain(other.name).split()))) >= 0.6 * min(len(own), len(theirs))
    )


def rows(procedures: Sequence[Procedure]) -> Iterator[Row]:
    catalogue = Catalogue(procedures)
    for found in (_made(procedures, catalogue), _own_words(catalogue), _of_documents(catalogue)):
        yield from (each for each in found if each)


def _made(procedures: Sequence[Procedure], catalogue: Catalogue) -> Iterator[Row | None]:
    """Yield questions made by rule, each with its procedure and, as a near miss, without."""
    known = {one.id: one for one in procedures}
    names, aspects = {one.id: one.name for one in procedures}, {one.id: list(one.aspects) for one in procedures}
    for asked in questions(names, aspects, "development", 6):
        yield row(asked.text, catalogue, about=True, group="named")
        without = kin(known[asked.procedure], procedures)
        yield row(asked.text, catalogue, about=False, group="near", without=without)


def _own_words(catalogue: Catalogue) -> Iterator[Row | None]:
    for one in lines(HERE / "data" / "questions-procedures.jsonl"):
        if not one.get("previous"):
            group = "own words" if one["about"] else "other"
            yield from (row(text, catalogue, about=one["about"], group=group) for text in typed(one["question"]))


def _of_documents(catalogue: Catalogue) -> Iterator[Row | None]:
    for name in OTHERS:
        for one in lines(HERE / "data" / f"{name}.jsonl"):
            # What the manual does not say of a procedure, the catalogue may.
            if one.get("kind") != "oos-near":
                yield from (row(text, catalogue, about=False, group="manual") for text in typed(one["question"]))
    for path in sorted((HERE / "data" / "collections").glob("*/questions.jsonl")):
        for one in lines(path):
            yield from (row(text, catalogue, about=False, group="other") for text in typed(one["question"]))


def typed(text: str) -> tuple[str, str]:
    return text, fold(text)


def fit(kept: Sequence[Row], names: Sequence[str]) -> dict[str, float]:
    """Return the weights of a ridge logistic regression (Newton's method)."""
    design = np.array([[one.values[name] for name in names] for one in kept])
    target = np.array([float(one.about) for one in kept])
    groups = np.array([one.group for one in kept])
    weights = np.ones(len(kept))
    for group in set(groups):
        weights[groups == group] *= 60 * GROUPS[group] / max(1.0, weights[groups == group].sum())
    found = np.zeros(design.shape[1])
    penalty = np.array([1e-3 if name == "bias" else RIDGE for name in names])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (weights * (chance - target)) + penalty * found
        curve = (design.T * (weights * chance * (1 - chance))) @ design + np.diag(penalty)
        found -= np.linalg.solve(curve, slope)
    return {name: round(value, 4) for name, value in zip(names, found.tolist(), strict=True)}


def chances(kept: Sequence[Row], weights: Mapping[str, float]) -> Array:
    totals = np.array([sum(weights[name] * one.values[name] for name in weights) for one in kept])
    found: Array = 1 / (1 + np.exp(-totals))
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    kept = list(rows([procedure(one) for one in lines(SAMPLE)]))
    names = list(kept[0].values)
    found = np.zeros(len(kept))
    for fifth in range(FIFTHS):
        model = fit([one for one in kept if one.fifth != fifth], names)
        places = [place for place, one in enumerate(kept) if one.fifth == fifth]
        found[places] = chances([kept[place] for place in places], model)
    for limit in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        shares = [
            f"{group} {np.mean([(found[at] >= limit) == kept[at].about for at in members]):.3f} ({len(members)})"
            for group in sorted({one.group for one in kept})
            if (members := [at for at, one in enumerate(kept) if one.group == group])
        ]
        print(f"{limit:.1f}  " + "  ".join(shares))
    if chosen.write:
        SCOPE.write_text(json.dumps(fit(kept, names), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
