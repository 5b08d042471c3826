"""Whether somebody asks for the procedures of one of the manual's sixteen fields, and of which."""

import json
import re
from functools import cache
from pathlib import Path

from knowledge.fields import fields
from knowledge.vietnamese import fold, fold_syllable, syllables

_DATA = Path(__file__).parent / "data"
_LIST = re.compile(
    r"(?:nhung|cac|danh sach|danh muc|liet ke|bao nhieu|may|tat ca|toan bo|xem|co) thu tuc|thu tuc (?:nao|gi)\b"
    r"|thu tuc(?: \S+)* (?:nao|gi)$|linh vuc|\bfield\b|(?:which|what|list|all) (?:\S+ )?procedures?"
)


@cache
def _around() -> frozenset[str]:
    """Return what may stand around the name of a field in such a question and says nothing of its own."""
    return frozenset(json.loads((_DATA / "around-names.json").read_text(encoding="utf-8"))["listing"])


def field_asked(text: str) -> int | None:
    """Return the number (1-16) of the field whose procedures are asked for; None for any other question.

    "thủ tục lĩnh vực xăng dầu" asks for a field; "lệ phí bán xăng dầu" asks for one procedure.
    """
    keys = [fold_syllable(key) for key in syllables(text)]
    said = " ".join(keys)
    listing = _LIST.search(said) is not None
    if not listing and "thu tuc" not in said:
        return None
    for name, number in _names() if listing else _full_names():
        found = re.search(rf"(?<!\S){re.escape(name)}(?!\S)", said)
        if found:
            rest = f"{said[: found.start()]} {said[found.end() :]}".split()
            if all(word in _around() or word.isdigit() for word in rest):
                return number
    return None


@cache
def _full_names() -> tuple[tuple[str, int], ...]:
    """Return the manual's own names of the fields, folded: "thủ tục tổ chức phi chính phủ" asks for a field."""
    full = {" ".join(fold_syllable(key) for key in syllables(field.name)) for field in fields()}
    return tuple((name, number) for name, number in _names() if name in full)


@cache
def _names() -> tuple[tuple[str, int], ...]:
    """Return what fields are called, folded, the longest first; names that several fields share are left out."""
    known: dict[str, set[int]] = {}
    for field in fields():
        for name in (field.name, *field.everyday):
            known.setdefault(" ".join(fold_syllable(key) for key in syllables(fold(name))), set()).add(field.no)
    longest = sorted(known.items(), key=lambda one: -len(one[0]))
    return tuple((name, min(numbers)) for name, numbers in longest if len(numbers) == 1)
