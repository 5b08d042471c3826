"""Reads any Markdown or plain text document: its headings are the places, its paragraphs, items and rows the lines."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.readers.inline import words_of
from knowledge.readers.legible import text_of
from knowledge.readers.lines import folded, lines_of
from knowledge.readers.outline import CODE, DEEP, LONGEST_TITLE, SEARCHED_FOR_CODE, Outline, is_head, parted
from knowledge.readers.reading import Reading, stem

_NAMES = (".md", ".markdown", ".mdown", ".mkd", ".txt", ".text")
_FRONT = re.compile(r"\A---[ \t]*\n(?P<fields>(?:[^\n]*\n){0,60}?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_FIELD = re.compile(r"(?P<key>[\w\-]+)[ \t]*:[ \t]*(?P<value>.*)")
_GIVEN = re.compile(r"\{#(?P<id>[\w.\-]{1,60})\}\Z")
_BOLD_LINE = re.compile(r"(\*\*|__)(?P<words>[^*\n]{1,300})\1")
_ARTICLE = re.compile(r"(?:\*\*|__)?\s*Điều\s+\d+[a-zđ]?\s*[.:]")
_ITEM = re.compile(r"[-+•–*]\s|\d+(?:\.\d+)*[.)]\s|\d+(?:\.\d+)+\s|[a-zđ][.)]\s|\|")
_ENDS = (".", ";", ":", "!", "?")


class MarkdownReader:
    def reads(self, name: str, source: bytes) -> bool:  # noqa: ARG002 - what is wrong with the content, `read` says better
        return name.lower().endswith(_NAMES) or "." not in name.replace("\\", "/").split("/")[-1]

    def read(self, name: str, source: bytes) -> Reading:
        text, warnings = text_of(source)
        given, body = _front(text)
        page = _Page()
        if name.lower().endswith((".txt", ".text")):
            body = body.replace("\n", "  \n")  # there a line is a paragraph
        for token in _BLOCKS.parse(body):
            page.token(token)
        page.outline.end()
        places = page.outline.places(given.get("title") or stem(name))
        title = given.get("title") or page.outline.title or stem(name)
        return Reading(given.get("code") or _code(body), title, places, warnings)


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
    found = (CODE.match(line[:LONGEST_TITLE]) for line in body.split("\n", SEARCHED_FOR_CODE)[:SEARCHED_FOR_CODE])
    return next((one["code"] for one in found if one), None)


class _Page:
    """The document while its blocks go by, top to bottom."""

    def __init__(self) -> None:
        self.outline = Outline()
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

    def _inline(self, content: str) -> None:
        if self._row is not None:
            self._row.append(folded(words_of(content)))
            return
        if self._heading:
            level, self._heading = self._heading, 0
            content = content.strip()
            given = _GIVEN.search(content)
            self.outline.open(folded(words_of(_GIVEN.sub("", content))), level, given["id"] if given else "")
            return
        for line in _lines(content):
            self._line(line)

    def _line(self, line: str) -> None:
        bold = _BOLD_LINE.fullmatch(line.strip())
        if not self._marker and (_ARTICLE.match(line) or (bold and is_head(bold["words"]))):
            title, rest = parted(folded(words_of(line)))
            self.outline.open(title, DEEP)
            self._add(rest)
        else:
            self._add(folded(words_of(line)))

    def _add(self, line: str) -> None:
        if self.outline.add(line, self._marker):
            self._marker = ""


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
