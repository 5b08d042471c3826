"""What kind of datum a question asks for, and whether a text shows one: a fee needs an amount, "when" needs a date.

General knowledge of question words, no question of any particular document: it keeps a passage about the right topic
from passing as the answer when the datum itself is not in it.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from knowledge.blocks import marker
from knowledge.vietnamese import fold


class Datum(StrEnum):
    MONEY = "money"
    PAPERS = "papers"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    HOURS = "hours"
    DURATION = "duration"
    DATE = "date"
    WHEN = "when"
    PERCENT = "percent"
    NAME = "name"
    COMPANY = "company"
    NUMBER = "number"
    FORM = "form"
    COUNT = "count"
    WEBSITE = "website"
    OWN_CASE = "own_case"
    NOW = "now"


# What has a form of its own: where the form is missing, so is the datum.
FIRM = frozenset(
    {
        Datum.MONEY,
        Datum.PAPERS,
        Datum.PHONE,
        Datum.EMAIL,
        Datum.ADDRESS,
        Datum.HOURS,
        Datum.PERCENT,
        Datum.FORM,
        Datum.NAME,
        Datum.DATE,
        Datum.NUMBER,
        Datum.COMPANY,
    }
)


Asks = list[tuple[Datum, re.Pattern[str]]]


def _patterns() -> tuple[Asks, Asks, dict[Datum, re.Pattern[str]]]:
    """Return what asks for each datum, the same without marks, and what shows it."""
    known = json.loads((Path(__file__).parent / "data" / "evidence.json").read_text(encoding="utf-8"))
    asks = [(Datum(row["datum"]), "|".join(row["patterns"])) for row in known["asks"]]
    shows = {
        Datum(datum): re.compile("|".join(row["patterns"]), 0 if row["exact"] else re.IGNORECASE)
        for datum, row in known["shows"].items()
    }
    marked = [(datum, re.compile(pattern)) for datum, pattern in asks]
    return marked, [(datum, re.compile(_unmarked(pattern))) for datum, pattern in asks], shows


def _unmarked(pattern: str) -> str:
    # "\\S" is no "\\s": only the letters with marks change.
    return "".join(letter if letter.isascii() else fold(letter) for letter in pattern)


_QUESTION, _UNMARKED, _SHOWS = _patterns()
_COUNTED = re.compile(
    r"\b(?:bao nhiêu|nhiêu|mấy|how many|number of|số lượng|tổng số)\s+"
    r"(?:(?:cái|các|những|loại|of|the)\s+)?(\S+)(?:\s+(\S+))?"
)
_LISTING = re.compile(
    r"\b(?:những|các|gồm|liệt kê|kể|kể tên|nêu|mấy|loại nào|gì và|bước|list|which|what are|how many|all the|each)\b"
)
_SOURCES = re.compile(
    r"\b(?:tài liệu liên quan|viện dẫn|dẫn chiếu|tham chiếu|kèm theo|phụ lục nào|related documents?|refers? to)\b"
)
_LISTED = 2
# What any list is a list of.
_ANYTHING = frozenset(
    ["muc", "yeu", "buoc", "diem", "loai", "khau", "tieu", "noi", "hinh", "nhom", "phan", "dieu", "cach", "viec", "mat"]
)
_STORY, _END = 45, 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """The datum asked for; for a count, the thing counted ("phụ lục"), folded."""

    datum: Datum | None
    counted: tuple[str, ...] = ()
    listing: bool = False  # several things are asked for
    sources: bool = False  # the documents that a place refers to are asked for


def wanted(question: str, *, bare: bool = False) -> Wanted:
    """Tell what kind of datum would answer a question, given as its search keys.

    `bare`: it was typed without marks, and they were restored; a wrong one must not hide what is asked for.
    """
    words = question.split(" ")
    if len(words) > _STORY:
        # A long story asks at its end; the amounts and months in it are told, not asked for.
        question = " ".join(words[-_END:])
    datum = next((datum for datum, pattern in _QUESTION if pattern.search(question)), None)
    if bare and datum in (None, Datum.COUNT):
        plain = fold(question)
        datum = next((datum for datum, pattern in _UNMARKED if pattern.search(plain)), None)
    listing, sources = bool(_LISTING.search(question)), bool(_SOURCES.search(question))
    found = _COUNTED.search(question) if datum is Datum.COUNT else None
    counted = tuple(fold(part) for part in found.groups() if part) if found else ()
    return Wanted(datum, counted, listing or datum is Datum.COUNT, sources)


def shown(want: Wanted, said: str) -> bool:
    """Tell whether these lines show a datum of the kind wanted; True when none is wanted."""
    if want.datum is None:
        return True
    return _counts(want, said) if want.datum is Datum.COUNT else bool(_SHOWS[want.datum].search(said))


def _counts(want: Wanted, said: str) -> bool:
    """Look for a number before the thing counted, or for several items of it (a list, an enumeration)."""
    if not want.counted:
        return bool(_SHOWS[Datum.COUNT].search(said))
    thing = want.counted[0]
    lines, text = said.splitlines(), fold(said)
    if re.search(rf"\b(?:\d[\d.]*|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)\s+(?:\S+\s+)?{re.escape(thing)}\b", text):
        return True
    if re.search(rf"\b{re.escape(thing)}\b[^:\n]*:[^\n]*[,;][^\n]*[,;]", text):
        return True
    many = len(re.findall(rf"\b{re.escape(thing)}\b", text))
    listed = sum(1 for line in lines if marker(line)) > 1
    return many > _LISTED or (len(lines) > _LISTED and many > 0) or (listed and thing in _ANYTHING)
