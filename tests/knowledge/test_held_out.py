"""Questions that nothing was fitted on: tests/data/questions-held-out.jsonl, words alone."""

import json
from datetime import date
from pathlib import Path

import pytest

from knowledge import readers
from knowledge.evaluation import Figures, Labelled, Report, mark
from knowledge.library import Library
from knowledge.texts import Audience, ControlledText, Question

DATA = Path(__file__).parent.parent / "data"
MANUAL = DATA.parent.parent / "knowledge" / "data" / "so-tay-chat-luong.md"


@pytest.fixture(scope="module")
def report() -> Report:
    reading = readers.read(MANUAL.name, MANUAL.read_bytes())
    text = ControlledText("STCL", "1", reading.title, Audience.PUBLIC, date(2021, 1, 1), None, reading.places)
    library = Library([text])
    rows = (DATA / "questions-held-out.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [Labelled.of(json.loads(row)) for row in rows]
    return Report.of(
        mark(row, library.ask(Question(row.question, date(2026, 3, 2), previous=row.previous))) for row in asked
    )


def share(figures: Figures, name: str) -> float:
    found = figures.shares()[name]
    assert found is not None
    return found


def test_four_of_five_get_the_right_place_first(report: Report) -> None:
    assert share(report.total, "first") >= 0.80


def test_what_is_unrelated_is_refused(report: Report) -> None:
    assert share(report.kinds["oos"], "refused") >= 0.95


def test_seven_of_ten_near_misses_are_refused(report: Report) -> None:
    assert share(report.kinds["oos-near"], "refused") >= 0.70
