import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.denunciation import Suspicion, sounds_like_denunciation

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
