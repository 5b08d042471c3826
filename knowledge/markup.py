"""Reads HTML into tags and words: linear in the length of the text, and it never raises, whatever it is given."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# A tag holds no "<" and no ">" within: that keeps the scan linear, where "<a<a<a" is quadratic for html.parser.
_TAG = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)|<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<rest>(?:[\s/][^<>]*)?)>", re.DOTALL
)
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


@dataclass(frozen=True, slots=True)
class Tag:
    """`name` in lower case; `attributes` unescaped."""

    name: str
    closes: bool
    attributes: tuple[tuple[str, str], ...]


def tokens(source: str) -> Iterator[Tag | str]:
    """Yield tags and unescaped words in order. What only looks like a tag ("a < b") is words; comments are left out."""
    return (token if isinstance(token, Tag) else html.unescape(token) for token in raw_tokens(source))


def raw_tokens(source: str) -> Iterator[Tag | str]:
    """Yield tags and words in order, the words as they stand, entities and all."""
    at = 0
    for found in _TAG.finditer(source):
        if words := source[at : found.start()]:
            yield words
        at = found.end()
        if found["name"]:
            yield Tag(found["name"].lower(), bool(found["close"]), _attributes(found["rest"]))
    if words := source[at:]:
        yield words


def _attributes(rest: str) -> tuple[tuple[str, str], ...]:
    return tuple((m[1].lower(), html.unescape(m[2] or m[3] or m[4] or "")) for m in _ATTRIBUTE.finditer(rest))


VOID = frozenset({"br"})
INLINE = frozenset({"b", "i", "u", "s", "code", "a"})
LISTS = frozenset({"ul", "ol"})
BLOCKS = frozenset({"p", "blockquote", "pre", "li"}) | LISTS
SUBSET = VOID | INLINE | BLOCKS
"""The tags that a macro may use; each channel has its own way of showing them."""
SYNONYMS = {"strong": "b", "em": "i", "ins": "u", "del": "s", "strike": "s"}
_SILENT = frozenset({"script", "style", "template", "iframe", "object", "noscript", "title"})
_DEEPEST = 24
_HREF = re.compile(r"(?:https?://[^\s<>\"'\\]+|mailto:[^\s<>\"'\\@]+@[^\s<>\"'\\@]+|tel:\+?[\d.\-]+)", re.IGNORECASE)
# C0 and C1 controls but tab and newline, lone surrogates, non-characters: no channel carries them all.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class Element:
    name: str
    href: str = ""
    children: "list[Element | str]" = field(default_factory=list)


def good_href(href: str) -> bool:
    """Tell whether a link may be shown: http, https, mailto or tel, and nothing in it that ends an attribute."""
    return _HREF.fullmatch(href) is not None


class _Tree:
    def __init__(self) -> None:
        self.root = Element("")
        self.open = [self.root]
        self.silent = 0

    def add(self, words: str) -> None:
        if not self.silent and (spoken := _UNSPEAKABLE.sub("", words)):
            self.open[-1].children.append(spoken)

    def tag(self, tag: Tag) -> None:
        name = SYNONYMS.get(tag.name, tag.name)
        if name in _SILENT:
            self.silent = max(0, self.silent + (-1 if tag.closes else 1))
        elif self.silent or name not in SUBSET:
            return
        elif tag.closes:
            self._close(name)
        elif name == "br":
            self.open[-1].children.append(Element("br"))
        else:
            self._open(name, dict(tag.attributes).get("href", ""))

    def _open(self, name: str, href: str) -> None:
        if name in BLOCKS:
            self._end(INLINE | {"p", "pre"})
        if name == "li":
            self._end_item()
        if name == "a" and not good_href(href):
            return
        if len(self.open) < _DEEPEST:
            element = Element(name, href if name == "a" else "")
            self.open[-1].children.append(element)
            self.open.append(element)

    def _end(self, names: frozenset[str]) -> None:
        while self.open[-1].name in names:
            self.open.pop()

    def _end_item(self) -> None:
        """Close the item before, unless a list was opened within it since."""
        for at in range(len(self.open) - 1, 0, -1):
            if self.open[at].name in LISTS | {"blockquote"}:
                return
            if self.open[at].name == "li":
                del self.open[at:]
                return

    def _close(self, name: str) -> None:
        for at in range(len(self.open) - 1, 0, -1):
            if self.open[at].name == name:
                del self.open[at:]
                return


def tree(source: str) -> Element:
    """Return our HTML subset as a tree; what is not in the subset is left out, its words stay."""
    growing = _Tree()
    for token in tokens(source):
        if isinstance(token, Tag):
            growing.tag(token)
        else:
            growing.add(token)
    return growing.root
