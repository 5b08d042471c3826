"""Reads the customer's quality manual in its own format.

Headings are Markdown; the clauses are rows of two TAB-separated cells, the second one HTML; a line that begins with
TAB is the rest of a clause that a page break cut, often in mid-sentence.
"""

import re
from dataclasses import dataclass, field

from knowledge.readers.lines import folded, lines_of
from knowledge.readers.naming import Names, slug
from knowledge.readers.reading import Reading, Unreadable, decoded, stem
from knowledge.texts import Place
from knowledge.wording import Words, plain

_NUMBER = r"(?P<number>\d+(?:\.\d+)*)[.:]?"
_CLAUSE = re.compile(rf"(?:<p>)?\s*<b>\s*{_NUMBER}\s+(?P<title>[^\t]*?)</b> *(?:</p> *)?\t(?P<cell>.*)")
_HEADING = re.compile(r"#{1,6}\s+(?P<words>.+)|\*\*(?P<bold>\d+(?:\.\d+)*[.:]?\s.+)\*\*\s*$")
_NUMBERED = re.compile(rf"{_NUMBER}\s+(?P<title>.+)")
_CODE = re.compile(r"\s*MÃ HIỆU\s*:\s*(?P<code>[^\s*]+)", re.IGNORECASE)
_LEADER = re.compile(r"(?<=\.\.)\t")  # of a table of contents: dots, then the page
_BEGINS = re.compile(r"[-+*•–]|\d+[.)]\s|Tài liệu liên quan")
_ENDS = (".", ";", ":", "!", "?")
_LEAST_CLAUSES = 2
_ANNEX = re.compile(r"\bPL\d{2}\b")
_SAY = Words("knowledge/readers/readers")


@dataclass(slots=True)
class _Draft:
    id: str
    title: str
    clause: bool = False
    lines: list[str] = field(default_factory=list)

    def go_on(self, lines: list[str]) -> None:
        """Add lines from after a page break, closing the sentence that it cut."""
        if self.lines and lines and not self.lines[-1].endswith(_ENDS) and not _BEGINS.match(lines[0]):
            self.lines[-1] += " " + lines.pop(0)
        self.lines += lines


class ManualPage:
    """The manual while it is read, top to bottom."""

    def __init__(self) -> None:
        self.names = Names()
        self.places: dict[str, _Draft] = {}
        self.rows: set[str] = set()
        self.twice: list[str] = []
        self.code: str | None = None
        self.title = ""
        self._open("bia", _SAY.cover())

    def _open(self, name: str, title: str, *, clause: bool = False) -> None:
        name = self.names.give(name)
        self.last = self.places[name] = _Draft(name, title, clause)

    def line(self, line: str) -> None:
        if found := _CLAUSE.match(line):
            self.clause(found["number"], "".join(lines_of(found["title"])), lines_of(found["cell"]))
        elif found := _HEADING.match(line):
            self.head(folded(found["words"] or found["bold"]))
        elif line.startswith("\t") and self.last.clause:
            self.go_on(lines_of(line))
        elif line.strip():
            self.row(line.replace("**", ""))

    def clause(self, number: str, title: str, lines: list[str]) -> None:
        self._open(number, folded(title).rstrip(":"), clause=True)
        self.last.lines += lines

    def go_on(self, lines: list[str]) -> None:
        """Take the rest of a clause that a page break cut."""
        self.last.go_on(lines)

    def head(self, words: str) -> None:
        found = _NUMBERED.fullmatch(words)
        if found and found["number"] not in self.places:
            self._open(found["number"], found["title"])
            return
        if found:
            self.twice.append(found["number"])
        # Two syllables are one Vietnamese word, mostly: "muc-luc", "phan-1", "thanh-tich".
        self._open("-".join(slug(found["title"] if found else words).split("-")[:2]), words)

    def row(self, line: str) -> None:
        """Take a line outside the clauses; the head of the table, repeated after a page break, is taken once."""
        if (found := _CODE.match(line)) and not self.code:
            self.code = found["code"]
            self.title = self.last.lines[-1].capitalize() if self.last.lines else ""
        row = folded(" | ".join(_LEADER.sub(" ", line).split("\t")))
        if "\t" not in line or not self.last.clause or row not in self.rows:
            self.last.lines += lines_of(row)
        self.rows.add(row)

    def reading(self, name: str) -> Reading:
        places = tuple(Place(draft.id, draft.title, "\n".join(draft.lines)) for draft in self.places.values())
        return Reading(self.code, self.title or stem(name), places, self.warnings())

    def warnings(self) -> tuple[str, ...]:
        """Say what a person has to look at: numbers given twice, empty places, annexes that are only named."""
        said = [_SAY.numbered_twice(number=number) for number in self.twice]
        names = list(self.places)
        for draft, after in zip(self.places.values(), [*names[1:], ""], strict=True):
            if not draft.lines and not after.startswith(f"{draft.id}."):
                said.append(_SAY.nothing_in(place=draft.id, title=draft.title))
        if annexes := sorted(
            {code for draft in self.places.values() for code in _ANNEX.findall("\n".join(draft.lines))}
        ):
            said.append(_SAY.annexes_missing(codes=annexes))
        return tuple(plain(words) for words in said)


class ManualReader:
    def reads(self, name: str, source: bytes) -> bool:
        if name.lower().endswith(".jsonl"):
            return False
        try:
            text = decoded(source)
        except Unreadable:
            return False
        return sum(1 for line in text.split("\n") if _CLAUSE.match(line)) >= _LEAST_CLAUSES

    def read(self, name: str, source: bytes) -> Reading:
        page = ManualPage()
        for line in decoded(source).split("\n"):
            page.line(line)
        return page.reading(name)
