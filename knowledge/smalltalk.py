"""Greetings, thanks, "who are you", goodbyes: met politely, if nothing else is asked."""

import json
import re
from pathlib import Path

from knowledge.texts import Smalltalk
from knowledge.vietnamese import fold

_NO_WORD = re.compile(r"[\W_]+")


def _patterns() -> dict[str, re.Pattern[str]]:
    known = json.loads((Path(__file__).parent / "data" / "courtesies.json").read_text(encoding="utf-8"))
    return {kind: re.compile(rf"\b(?:{'|'.join(phrases)})\b") for kind, phrases in known.items()}


_PATTERNS = _patterns()
# "cảm ơn, bạn là ai?" asks who; "chào, cảm ơn" thanks.
_ORDER = (Smalltalk.WHO_ARE_YOU, Smalltalk.GOODBYE, Smalltalk.THANKS, Smalltalk.GREETING)


def courtesy(plain: str) -> Smalltalk | None:
    """Return what kind of courtesy a text is, or None if it asks anything at all (or nothing that is known)."""
    rest = _NO_WORD.sub(" ", fold(plain)).strip()
    about: Smalltalk | None = None
    for kind in _ORDER:
        rest, found = _PATTERNS[kind.value].subn(" ", rest)
        if found and about is None:
            about = kind
    return about if about and not _NO_WORD.sub("", _PATTERNS["filler"].sub(" ", rest)) else None
