"""Flows HTML into lines: one paragraph, list item or table row a line, as `Place.text` holds them."""

import re

from knowledge.markup import Tag, tokens

BLOCKS = frozenset(
    {
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "br",
        "hr",
        "tr",
        "table",
        "thead",
        "tbody",
        "blockquote",
        "pre",
        "section",
        "article",
    }
    | {"dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_UNREAD = frozenset({"script", "style", "template", "head"})
_MARKED = re.compile(r"[-+*•–]|\d+[.)]|[a-zđ][.)]\s")


def folded(text: str) -> str:
    """Return the text with every run of white space as one space, none at the ends."""
    return " ".join(text.split())


class _Flow:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self._words: list[str] = []
        self._lists: list[int | None] = []  # of each open list the last number given; None: it has bullets
        self._marker = ""
        self._unread = 0

    def add(self, words: str) -> None:
        if not self._unread:
            self._words.append(words)

    def end_line(self) -> None:
        line = folded("".join(self._words))
        self._words = []
        if not line:
            return
        if self._marker and not _MARKED.match(line):
            line = self._marker + line
        self._marker = ""
        self.lines.append(line)

    def tag(self, tag: Tag) -> None:
        if tag.name in _UNREAD:
            self._unread = max(0, self._unread + (-1 if tag.closes else 1))
        elif tag.name in {"td", "th"} and not tag.closes:
            self._words.append(" | " if any(words.strip() for words in self._words) else "")
        elif tag.name in BLOCKS:
            self.end_line()
            self._list(tag)

    def _list(self, tag: Tag) -> None:
        if tag.name in {"ul", "ol"}:
            if not tag.closes:
                self._lists.append(0 if tag.name == "ol" else None)
            elif self._lists:
                self._lists.pop()
        elif tag.name == "li" and not tag.closes and self._lists:
            number = self._lists[-1]
            self._marker = "- " if number is None else f"{number + 1}. "
            self._lists[-1] = None if number is None else number + 1


def lines_of(source: str) -> list[str]:
    """Return the lines of a piece of HTML; a list item without a sign of its own gets "- " or its number."""
    flow = _Flow()
    for token in tokens(source):
        if isinstance(token, Tag):
            flow.tag(token)
        else:
            flow.add(token)
    flow.end_line()
    return flow.lines
