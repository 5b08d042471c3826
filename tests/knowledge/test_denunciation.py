import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.denunciation import Suspicion, sounds_like_denunciation
from knowledge.vietnamese import fold
from tests.fit_denunciation import telex

HERE = Path(__file__).parent
QUESTIONS = [
    json.loads(line)["question"]
    for line in (HERE.parent / "data" / "questions-dev.jsonl").read_text(encoding="utf-8").splitlines()
]


def _labelled(name: str) -> list[tuple[str, Suspicion | None]]:
    lines = [line.split("\t") for line in (HERE / name).read_text(encoding="utf-8").splitlines()]
    return [(text, None if label == "-" else Suspicion(label)) for label, text in lines]


@pytest.mark.parametrize(("text", "suspicion"), _labelled("denunciations.tsv"))
def test_a_denunciation_is_told_from_a_question(text: str, suspicion: Suspicion | None) -> None:
    assert sounds_like_denunciation(text) is suspicion


def test_sentences_written_after_the_patterns_are_heard_within_the_bounds() -> None:
    """At least 95 of 100 denunciations, at most 3 false alarms in 100 questions."""
    told = [(wanted, sounds_like_denunciation(text)) for text, wanted in _labelled("denunciations-held-back.tsv")]
    heard = [found for wanted, found in told if wanted is not None]
    alarms = [found for wanted, found in told if wanted is None]
    assert sum(found is not None for found in heard) >= 0.95 * len(heard)
    assert sum(found is not None for found in alarms) <= 0.03 * len(alarms)


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_about_the_manual_is_taken_for_a_denunciation(question: str) -> None:
    assert sounds_like_denunciation(question) is None


@given(st.text(max_size=300))
def test_listening_never_fails(text: str) -> None:
    sounds_like_denunciation(text)


def test_a_denunciation_behind_a_long_introduction_is_heard() -> None:
    assert (
        sounds_like_denunciation("Kính gửi quý Sở, tôi xin trình bày như sau. " * 500 + "Cán bộ đòi tôi 2 triệu.")
        is not None
    )


def _corpus() -> list[tuple[str, Suspicion | None]]:
    rows = [
        json.loads(line)
        for path in sorted((HERE.parent / "data").glob("denunciation-*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [(row["text"], None if row["heard_as"] == "ordinary" else Suspicion(row["heard_as"])) for row in rows]


@pytest.mark.parametrize("typed", [str, fold, telex], ids=["as typed", "without marks", "raw telex"])
def test_the_weights_hear_what_they_were_fitted_on(typed: Callable[[str], str]) -> None:
    """Guards the committed weights against lists or features that changed without them; no measure of unseen texts."""
    told = [(wanted, sounds_like_denunciation(typed(text))) for text, wanted in _corpus()]
    missed = sum(found is None for wanted, found in told if wanted is not None)
    alarms = sum(found is not None for wanted, found in told if wanted is None)
    assert missed <= 0.03 * sum(wanted is not None for wanted, _ in told)
    assert alarms <= 0.04 * sum(wanted is None for wanted, _ in told)


@pytest.mark.parametrize(
    "text",
    [
        "c\u200bán b\u200bộ đòi ti\u200bền tôi",
        "cán bộ đ.ò.i t.i.ề.n tôi",
        "can bo nhan h0i l0 cua cong ty toi",
        "CÁN BỘ ĐÒI TIỀN TÔI",
        "casn booj ddofi tieefn tooi",
    ],
)
def test_a_disguised_spelling_hides_nothing(text: str) -> None:
    assert sounds_like_denunciation(text) is not None
