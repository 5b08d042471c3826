"""Long names on buttons: what tells them apart is kept, what they share is left out."""

from collections.abc import Sequence

from handlers.pieces import glimpse

_LABEL = 60  # characters
_SHARED = 3  # words
_KEPT = 2


def short_labels(names: Sequence[str]) -> list[str]:
    """Return the names short enough for buttons, in the same order: "Cấp Giấy … kinh doanh hóa chất có điều kiện"."""
    return [_short(name, [other for other in names if other != name]) for name in names]


def _short(name: str, others: Sequence[str]) -> str:
    words = name.split()
    if len(name) <= _LABEL:
        return name
    shared = max((_common(words, other.split()) for other in others), default=0)
    if shared > _SHARED:
        name = " ".join([*words[:_KEPT], "…", *words[shared:]])
    return glimpse(name, _LABEL)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words two names begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
