"""Grows the places of a document from its headings, articles and lines, top to bottom."""

import re
from dataclasses import dataclass, field

from knowledge.readers.lines import folded
from knowledge.readers.naming import Names, slug
from knowledge.readers.reading import MOST_PLACES, Unreadable
from knowledge.texts import Place

PART = re.compile(
    r"(?P<kind>điều|chương|mục|tiểu mục|phần|phụ lục|bước|khoản)\s+(?P<number>\d+[a-zđ]?|[IVXLC]+)\b", re.IGNORECASE
)
NUMBERED = re.compile(r"(?P<number>\d+(?:\.\d+)*)[.):]?\s+(?P<title>\S.*)")
CODE = re.compile(r"\W*(?:mã hiệu|mã số|ký hiệu)\W*:\W*(?P<code>[\w.\-/]*\w)", re.IGNORECASE)
DEEP = 9  # an article stands below every heading
LONGEST_TITLE = 300
SEARCHED_FOR_CODE = 30  # lines
_RULE = re.compile(r"[-=_*~. ]{3,}")


@dataclass(slots=True)
class Draft:
    id: str
    title: str
    level: int
    lines: list[str] = field(default_factory=list)


class Outline:
    """The places of a document as its headings and lines go by."""

    def __init__(self) -> None:
        self.title = ""
        self.drafts = [Draft("", "", 0)]
        self._names = Names()
        self._above: list[Draft] = []  # the headings that the present words stand under

    def add(self, line: str, marker: str = "") -> bool:
        """Add a line to the present place, unless it says nothing; tell whether it did."""
        line = folded(line)
        if not line or _RULE.fullmatch(line):
            return False
        self.drafts[-1].lines.append(marker + line)
        return True

    def open(self, title: str, level: int, given: str = "") -> None:
        """Begin a place. Raises Unreadable over MOST_PLACES of them."""
        if level == 1 and not self.title:
            self.title = title
        if len(self.drafts) >= MOST_PLACES:
            raise Unreadable("too_many", most=MOST_PLACES)
        numbered = NUMBERED.fullmatch(title)
        while self._above and self._above[-1].level >= level:
            self._above.pop()
        name = given or self._name(title, numbered["number"] if numbered else "")
        draft = Draft(self._names.give(name), numbered["title"] if numbered else title, level)
        self.drafts.append(draft)
        self._above.append(draft)

    def end(self) -> None:
        """Name the words before the first heading, if there are any; the title of the whole is no place of its own."""
        first = self.drafts[0]
        if first.lines:
            first.id = self._names.give("mo-dau" if len(self.drafts) > 1 else "toan-van")
            return
        del self.drafts[0]
        if len(self.drafts) > 1 and self.drafts[0].title == self.title and not self.drafts[0].lines:
            del self.drafts[0]

    def places(self, title: str) -> tuple[Place, ...]:
        """Return the places; what has no heading of its own is called as the document. Raises Unreadable for none."""
        places = tuple(
            Place(draft.id, draft.title or self.title or title, "\n".join(draft.lines)) for draft in self.drafts
        )
        if not any(place.text for place in places):
            raise Unreadable("no_places")
        return places

    def _name(self, title: str, number: str) -> str:
        """Return the number at the head, else what the title says; a second "1" is named after what it stands in."""
        part = PART.match(title)
        name = number or (slug(f"{part['kind']} {part['number']}") if part else slug(title))
        if self._names.given(name):
            above = self._above[-1] if self._above else None
            return f"{above.id}-{name}" if above else name
        return name


def is_head(words: str) -> bool:
    """Tell whether a bold line is a heading: "9.1. Theo dõi", "Chương II", "PHỤ LỤC"."""
    return bool(PART.match(words) or NUMBERED.fullmatch(words)) or (words.isupper() and len(words.split()) > 1)


def parted(line: str) -> tuple[str, str]:
    """Part an article from words that stand on its line: a title is no longer than a sentence."""
    if len(line) <= LONGEST_TITLE:
        return line, ""
    part = PART.match(line)
    at = part.end() if part else 0
    return line[:at], line[at:].lstrip(" .:")
