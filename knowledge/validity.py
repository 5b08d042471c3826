"""Which legal texts a text cites, and which of them no longer hold: replaced, suspended, or ending soon."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.law import LegalText
from knowledge.procedure_words import legal_spans
from knowledge.vietnamese import fold, nfc
from knowledge.wording import Words
from knowledge.wording import plain as plain_text

_DATA = Path(__file__).parent / "data" / "legal_texts.jsonl"

# "Nghị định 61/2018" is NĐ-CP; of circulars the agency is part of the name, so that "Thông tư 01/2018" names none.
_SHORT = re.compile(
    r"(?:(nghị định|nđ)|(luật|bộ luật)|(nghị quyết|nq))\s+(?:[^\W\d]+\s+){0,6}?(?:số\s*)?"
    r"(\d{1,4}(?:\.\d{1,3})?)/(\d{4})(?![\d/])",
    re.IGNORECASE,
)
# What stands before a number that is named as the one that went, and after one of which the text itself says so.
_WENT_BEFORE = re.compile(
    r"(?:thay thế|thay cho|thay|tạm ngưng|bãi bỏ|đình chỉ|hết hiệu lực)(?: hiệu lực)?(?: của)?(?: các)?"
    r"(?:\s+(?:nghị định|thông tư|luật|quyết định|nghị quyết|nđ|tt|số))*\s*$",
    re.IGNORECASE,
)
_AND_BEFORE = re.compile(r"^\s*(?:,|;|và|hoặc|-)\s*(?:nghị định|thông tư|luật|nđ|tt|số|\s)*$", re.IGNORECASE)
_WENT_AFTER = re.compile(
    r"^[^.;\n]{0,60}?(?:(?:được|bị) thay thế|hết hiệu lực|(?:bị |đang )*tạm ngưng|bị bãi bỏ)", re.IGNORECASE
)


class LegalTexts:
    """The list, to be asked what a text cites. Immutable."""

    def __init__(self, texts: Iterable[LegalText]) -> None:
        self.texts = tuple(texts)
        self._by_key = {_key(text.number): text for text in self.texts}

    def named(self, number: str) -> LegalText | None:
        return self._by_key.get(_key(number))

    def moved(self, said: Iterable[str], day: date) -> tuple[LegalText, ...]:
        """Return the texts cited as law in these words that have moved on by this day, each once, in their order.

        A number that is named as the one that went ("thay NĐ 40/2018") is not cited.
        """
        found = (text for each in said for key in cited(each) if (text := self._by_key.get(key)))
        return tuple(dict.fromkeys(text for text in found if text.has_moved(day)))


@cache
def seeded() -> LegalTexts:
    """Return the list that the program ships, for who has no store."""
    return LegalTexts(LegalText.of(row) for row in seed())


def seed() -> list[dict[str, Any]]:
    return [json.loads(line) for line in _DATA.read_text(encoding="utf-8").splitlines()]


def cited(said: str) -> list[str]:
    """Return the keys of the texts of law that these words rest on, in their order, each once."""
    text = nfc(said)
    spans = sorted({*_whole(text), *_abridged(text)})
    found: list[str] = []
    gone_until = -1
    for start, end, key in spans:
        gone = bool(_WENT_BEFORE.search(text[max(0, start - 60) : start]))
        # "thay NĐ 40/2018 và 18/2023": what is joined to one that went has gone with it.
        gone = gone or (gone_until >= 0 and bool(_AND_BEFORE.match(text[gone_until:start])))
        gone_until = end if gone else -1
        if not gone and not _WENT_AFTER.match(text[end:]) and key not in found:
            found.append(key)
    return found


def told(texts: Iterable[LegalText], language: str = "vi") -> list[str]:
    """Return in words what has become of each text."""
    say = Words("knowledge/validity", language)
    return [plain_text(say.moved(text)) for text in texts]


def _whole(text: str) -> Iterator[tuple[int, int, str]]:
    for start, end, number in legal_spans(text):
        yield start, end, _key(number)


def _abridged(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _SHORT.finditer(text):
        kind = "nd-cp" if found[1] else "qh" if found[2] else "nq-cp"
        yield found.start(4), found.end(), f"{_digits(found[4])}/{found[5]}/{kind}"


def _key(number: str) -> str:
    """Return one name for a number however it is written; a law is known by number and year, whichever assembly."""
    first, _, rest = fold(nfc(number)).replace(" ", "").partition("/")
    year, _, kind = rest.partition("/")
    if re.fullmatch(r"qh\d*", kind):
        kind = "qh"
    return f"{_digits(first)}/{year}/{kind}" if kind else f"{_digits(first)}/{year}"


def _digits(number: str) -> str:
    return number.lstrip("0") or "0"
