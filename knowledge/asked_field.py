"""Whether somebody asks for the procedures of one of the manual's sixteen fields, and of which."""

import re
from functools import cache

from knowledge.fields import fields
from knowledge.vietnamese import fold, fold_syllable, syllables

_LIST = re.compile(
    r"(?:nhung|cac|danh sach|danh muc|liet ke|bao nhieu|may|tat ca|toan bo|xem|co) thu tuc|thu tuc (?:nao|gi)\b"
    r"|thu tuc(?: \S+)* (?:nao|gi)$|linh vuc|\bfield\b|(?:which|what|list|all) (?:\S+ )?procedures?"
)
# What may stand around the name of a field in such a question and say nothing of its own.
_AROUND = frozenset(
    """cac nhung thu tuc hanh chinh linh vuc ve thuoc trong cua so cong thuong co nao gi danh sach muc liet ke bao nhieu may tat ca
    toan bo xem cho toi em minh hoi biet muon la o tai duoc khong ạ a nhe nhung gom bao voi the con lien quan den field which what
    list all procedures procedure of in the are there is any for tthc giai quyet do hien nay dang""".split()
)


def field_asked(text: str) -> int | None:
    """Return the number (1-16) of the field whose procedures are asked for; None for any other question.

    "thủ tục lĩnh vực xăng dầu" asks for a field; "lệ phí bán xăng dầu" asks for one procedure.
    """
    keys = [fold_syllable(key) for key in syllables(text)]
    said = " ".join(keys)
    if not _LIST.search(said):
        return None
    for name, number in _names():
        found = re.search(rf"(?<!\S){re.escape(name)}(?!\S)", said)
        if found:
            rest = f"{said[: found.start()]} {said[found.end() :]}".split()
            if all(word in _AROUND or word.isdigit() for word in rest):
                return number
    return None


@cache
def _names() -> tuple[tuple[str, int], ...]:
    """Return what fields are called, folded, the longest first; names that several fields share are left out."""
    known: dict[str, set[int]] = {}
    for field in fields():
        for name in (field.name, *field.everyday):
            known.setdefault(" ".join(fold_syllable(key) for key in syllables(fold(name))), set()).add(field.no)
    return tuple(
        (name, min(numbers)) for name, numbers in sorted(known.items(), key=lambda one: -len(one[0])) if len(numbers) == 1
    )
