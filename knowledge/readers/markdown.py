"""Reads any Markdown or plain text document: its headings are the places, its paragraphs, items and rows the lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.readers.inline import words_of
from knowledge.readers.lines import folded, lines_of
from knowledge.readers.naming import Names, slug
from knowledge.readers.reading import MOST_PLACES, Reading, Unreadable, decoded, stem
from knowledge.texts import Place

_NAMES = (".md", ".markdown", ".mdown", ".mkd", ".txt", ".text")
_FRONT = re.compile(r"\A---[ \t]*\n(?P<fields>(?:[^\n]*\n){0,60}?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_FIELD = re.compile(r"(?P<key>[\w\-]+)[ \t]*:[ \t]*(?P<value>.*)")
_CODE = re.compile(r"\W*(?:mã hiệu|mã số|ký hiệu)\W*:\W*(?P<code>[\w.\-/]*\w)", re.IGNORECASE)
_PART = re.compile(
    r"(?P<kind>điều|chương|mục|tiểu mục|phần|phụ lục|bước|khoản)\s+(?P<number>\d+[a-zđ]?|[IVXLC]+)\b", re.IGNORECASE
)
_NUMBERED = re.compile(r"(?P<number>\d+(?:\.\d+)*)[.):]?\s+(?P<title>\S.*)")
_GIVEN = re.compile(r"\{#(?P<id>[\w.\-]{1,60})\}\Z")
_BOLD_LINE = re.compile(r"(\*\*|__)(?P<words>[^*\n]{1,300})\1")
_ARTICLE = re.compile(r"(?:\*\*|__)?\s*Điều\s+\d+[a-zđ]?\s*[.:]")
_ITEM = re.compile(r"[-+•–*]\s|\d+(?:\.\d+)*[.)]\s|\d+(?:\.\d+)+\s|[a-zđ][.)]\s|\|")
_LONGEST_TITLE = 300
_DEEP = 9  # an article stands below every heading
_SEARCHED_FOR_CODE = 30  # lines
_RULE = re.compile(r"[-=_*~. ]{3,}")
_ENDS = (".", ";", ":", "!", "?")


@dataclass(slots=True)
class _Draft:
    id: str
    title: str
    level: int
    lines: list[str] = field(default_factory=list)


class MarkdownReader:
    def reads(self, name: str, source: bytes) -> bool:  # noqa: ARG002 - what is wrong with the content, `read` says better
        return name.lower().endswith(_NAMES) or "." not in name.replace("\\", "/").split("/")[-1]

    def read(self, name: str, source: bytes) -> Reading:
        text = decoded(source)
        given, body = _front(text)
        page = _Page()
        if name.lower().endswith((".txt", ".text")):
            body = body.replace("\n", "  \n")  # there a line is a paragraph
        for token in _BLOCKS.parse(body):
            page.token(token)
        page.end()
        places = page.places(given.get("title") or stem(name))
        if not any(place.text for place in places):
            raise Unreadable("no_places")
        return Reading(given.get("code") or _code(body), given.get("title") or page.title or stem(name), places)


_BLOCKS = (
    MarkdownIt("commonmark").enable("table").disable(["inline", "lheading"])
)  # a line under the motto is no heading


def _front(text: str) -> tuple[dict[str, str], str]:
    """Take the fields between two lines of three hyphens off the head of a document."""
    found = _FRONT.match(text)
    if not found:
        return {}, text
    fields = [_FIELD.match(line) for line in found["fields"].split("\n")]
    return {one["key"].lower(): one["value"].strip().strip("\"'") for one in fields if one}, text[found.end() :]


def _code(body: str) -> str | None:
    found = (_CODE.match(line[:_LONGEST_TITLE]) for line in body.split("\n", _SEARCHED_FOR_CODE)[:_SEARCHED_FOR_CODE])
    return next((one["code"] for one in found if one), None)


class _Page:
    """The document while its blocks go by, top to bottom."""

    def __init__(self) -> None:
        self.title = ""
        self._names = Names()
        self._drafts = [_Draft("", "", 0)]
        self._above: list[_Draft] = []  # the headings that the present words stand under
        self._heading = 0
        self._marker = ""
        self._row: list[str] | None = None

    def token(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self._heading = int(token.tag[1:])
            case "inline":
                self._inline(token.content)
            case "list_item_open":
                self._marker = f"{token.info}{token.markup} " if token.info else "- "
            case "tr_open":
                self._row = []
            case "tr_close":
                self._add(" | ".join(self._row or []))
                self._row = None
            case "fence" | "code_block":
                for line in token.content.split("\n"):
                    self._add(line)
            case "html_block":
                for line in lines_of(token.content):
                    self._add(line)

    def end(self) -> None:
        """Name the words before the first heading, if there are any; the title of the whole is no place of its own."""
        first = self._drafts[0]
        if first.lines:
            first.id = self._names.give("mo-dau" if len(self._drafts) > 1 else "toan-van")
            return
        del self._drafts[0]
        if len(self._drafts) > 1 and self._drafts[0].title == self.title and not self._drafts[0].lines:
            del self._drafts[0]

    def places(self, title: str) -> tuple[Place, ...]:
        return tuple(
            Place(draft.id, draft.title or self.title or title, "\n".join(draft.lines)) for draft in self._drafts
        )

    def _inline(self, content: str) -> None:
        if self._row is not None:
            self._row.append(folded(words_of(content)))
            return
        if self._heading:
            level, self._heading = self._heading, 0
            self._open(content, level)
            return
        for line in _lines(content):
            self._line(line)

    def _line(self, line: str) -> None:
        bold = _BOLD_LINE.fullmatch(line.strip())
        if not self._marker and (_ARTICLE.match(line) or (bold and _head(bold["words"]))):
            title, rest = _parted(folded(words_of(line)))
            self._open(title, _DEEP)
            self._add(rest)
        else:
            self._add(folded(words_of(line)))

    def _add(self, line: str) -> None:
        line = folded(line)
        if line and not _RULE.fullmatch(line):
            self._drafts[-1].lines.append(self._marker + line)
            self._marker = ""

    def _open(self, content: str, level: int) -> None:
        content = content.strip()
        given = _GIVEN.search(content)
        title = folded(words_of(_GIVEN.sub("", content)))
        if level == 1 and not self.title:
            self.title = title
        if len(self._drafts) >= MOST_PLACES:
            raise Unreadable("too_many", most=MOST_PLACES)
        numbered = _NUMBERED.fullmatch(title)
        while self._above and self._above[-1].level >= level:
            self._above.pop()
        name = given["id"] if given else self._name(title, numbered["number"] if numbered else "")
        draft = _Draft(self._names.give(name), numbered["title"] if numbered else title, level)
        self._drafts.append(draft)
        self._above.append(draft)

    def _name(self, title: str, number: str) -> str:
        """Return the number at the head, else what the title says; a second "1" is named after what it stands in."""
        part = _PART.match(title)
        name = number or (slug(f"{part['kind']} {part['number']}") if part else slug(title))
        if self._names.given(name):
            above = self._above[-1] if self._above else None
            return f"{above.id}-{name}" if above else name
        return name


def _head(words: str) -> bool:
    """Tell whether a bold line is a heading: "9.1. Theo dõi", "Chương II", "PHỤ LỤC"."""
    return bool(_PART.match(words) or _NUMBERED.fullmatch(words)) or (words.isupper() and len(words.split()) > 1)


def _parted(line: str) -> tuple[str, str]:
    """Part an article from words that stand on its line: a title is no longer than a sentence."""
    if len(line) <= _LONGEST_TITLE:
        return line, ""
    part = _PART.match(line)
    at = part.end() if part else 0
    return line[:at], line[at:].lstrip(" .:")


def _lines(content: str) -> Iterator[str]:
    """Yield the lines of a paragraph: a line ends where it breaks hard, ends a sentence, or an item begins."""
    parts: list[str] = []
    for raw in content.split("\n"):
        if parts and (_ends(parts[-1]) or _ITEM.match(raw) or _ARTICLE.match(raw)):
            yield " ".join(parts).removesuffix("\\")
            parts = []
        parts.append(raw)
    yield " ".join(parts).removesuffix("\\")


def _ends(line: str) -> bool:
    return line.endswith(("  ", "\\", *_ENDS)) or _ARTICLE.match(line) is not None
