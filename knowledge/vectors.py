"""Sentence vectors of windows: a helper, used only when every window that may answer has one."""

import hashlib
import operator
import struct
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from knowledge.windows import Window

if TYPE_CHECKING:
    from knowledge.library import Embedder

# Unit vectors: their length tells float16 from float32, whatever the number of dimensions.
_UNIT = (0.9, 1.1)
_MANY = 300  # windows; fewer are multiplied as fast without a matrix


def key_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Vectors:
    """The stored vectors of an index's windows, and the model for questions."""

    def __init__(
        self, windows: Sequence[Window], stored: Mapping[str, bytes] | None, embedder: "Embedder | None"
    ) -> None:
        self._windows = windows
        self._embedder = embedder
        self._known: dict[int, Sequence[float]] = {}
        if embedder is not None and stored:
            keys = (key_of(window.to_embed) for window in windows)
            self._known = {number: unpack(stored[key]) for number, key in enumerate(keys) if key in stored}
        self._times: Callable[[Sequence[int], Sequence[float]], Sequence[float]] | None = None
        self._ask = lru_cache(maxsize=256)(self._asked)

    def to_embed(self) -> Mapping[str, str]:
        # Made when asked for: held, they would double the memory of thousands of texts.
        return {key_of(text): text for text in (window.to_embed for window in self._windows)}

    def likeness(self, question: str, windows: Sequence[int]) -> Mapping[int, float] | None:
        """Return the cosine of a question with each of these windows, or None if any of them has no vector yet."""
        if self._embedder is None or not windows or any(number not in self._known for number in windows):
            return None
        asked = self._ask(question)
        if len(windows) < _MANY or not (matrix := self._matrix()):
            return {number: sum(map(operator.mul, asked, self._known[number])) for number in windows}
        return dict(zip(windows, matrix(windows, asked), strict=True))

    def _matrix(self) -> "Callable[[Sequence[int], Sequence[float]], Sequence[float]] | None":
        if self._times is None and find_spec("numpy"):
            import numpy as np  # noqa: PLC0415  comes with the optional extra; a few windows do without

            nothing = [0.0] * len(next(iter(self._known.values())))
            rows = np.asarray(
                [self._known.get(number, nothing) for number in range(len(self._windows))], dtype=np.float32
            )

            def times(windows: Sequence[int], asked: Sequence[float]) -> Sequence[float]:
                found: list[float] = (rows @ np.asarray(asked, dtype=np.float32))[list(windows)].tolist()
                return found

            self._times = times
        return self._times

    def _asked(self, question: str) -> Sequence[float]:
        assert self._embedder is not None  # noqa: S101  likeness() is the only caller and has looked
        return unpack(self._embedder.embed([question], query=True)[0])


def unpack(packed: bytes) -> Sequence[float]:
    """Return a vector from float16 or float32, little-endian: of the two, the reading that has length one."""
    half = struct.unpack(f"<{len(packed) // 2}e", packed)
    length = sum(value * value for value in half)
    if _UNIT[0] < length < _UNIT[1] or len(packed) % 4:
        return half
    return struct.unpack(f"<{len(packed) // 4}f", packed)
