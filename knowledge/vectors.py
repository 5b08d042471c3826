"""Sentence vectors of windows: a helper, used only when every window in question has one."""

import hashlib
import operator
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from knowledge.windows import Window

if TYPE_CHECKING:
    from knowledge.library import Embedder

_HALF_BYTES = 384 * 2  # the vectors of the small models in use; anything longer that divides by four is float32


def key_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Vectors:
    def __init__(
        self, windows: Sequence[Window], stored: Mapping[str, bytes] | None, embedder: "Embedder | None"
    ) -> None:
        self._texts = [window.to_embed for window in windows]
        self._keys = [key_of(text) for text in self._texts]
        self._embedder = embedder
        self._known: dict[int, tuple[float, ...]] = {}
        if embedder is not None and stored:
            self._known = {number: unpack(stored[key]) for number, key in enumerate(self._keys) if key in stored}

    def to_embed(self) -> Mapping[str, str]:
        return dict(zip(self._keys, self._texts, strict=True))

    def cosines(self, text: str, numbers: Iterable[int]) -> dict[int, float] | None:
        """Return the likeness of a question to each of these windows, or None if any of them has no vector yet."""
        wanted = list(numbers)
        if self._embedder is None or not wanted or any(number not in self._known for number in wanted):
            return None
        asked = unpack(self._embedder.embed([text], query=True)[0])
        return {number: sum(map(operator.mul, asked, self._known[number])) for number in wanted}


def unpack(packed: bytes) -> tuple[float, ...]:
    """Return a vector from float16 or float32, little-endian."""
    half = len(packed) <= _HALF_BYTES
    return struct.unpack(f"<{len(packed) // (2 if half else 4)}{'e' if half else 'f'}", packed)
