"""One renderer: our HTML subset as Telegram HTML, web HTML and plain text. What a user wrote never becomes a tag."""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from knowledge.markup import LISTS, Element, tree

Mark = tuple[str, str]  # name of the tag, href
Run = tuple[str, tuple[Mark, ...]]  # words and the marks they stand under
_SPACES = re.compile(r"[^\S\n\u00a0]*\n[^\S\n\u00a0]*|[^\S\u00a0]+")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or list item. `quote`: which quotation it stands in, 0 for none."""

    runs: tuple[Run, ...]
    item: bool
    quote: int


class _Layout:
    """Lays a tree out as blocks, top to bottom."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._runs: list[Run] = []
        self._marker = ""
        self._quotes = 0

    def walk(self, element: Element, marks: tuple[Mark, ...], lists: tuple[str, ...], quote: int) -> None:
        number = 0
        for child in element.children:
            if isinstance(child, str):
                self._runs.append((child if ("pre", "") in marks else _SPACES.sub(" ", child), marks))
            elif child.name == "br":
                self._runs.append(("\n", marks))
            elif child.name in LISTS:
                self.end(lists, quote)
                self.walk(child, (), (*lists, child.name), quote)
            elif child.name == "li":
                number += 1
                self._item(child, element.name, number, lists, quote)
            elif child.name == "blockquote":
                self._quote(child, quote)
            elif child.name in {"p", "pre"}:
                self.end(lists, quote)
                self.walk(child, ((child.name, ""),) if child.name == "pre" else (), lists, quote)
                self.end(lists, quote)
            else:
                self.walk(child, _under(marks, (child.name, child.href)), lists, quote)

    def _item(self, child: Element, kind: str, number: int, lists: tuple[str, ...], quote: int) -> None:
        self.end(lists, quote)
        depth = len(lists) - 1
        self._marker = "\u00a0\u00a0" * depth + (f"{number}. " if kind == "ol" else "– " if depth > 0 else "• ")
        self.walk(child, (), lists or ("ul",), quote)
        self.end(lists or ("ul",), quote)
        self._marker = ""

    def _quote(self, child: Element, quote: int) -> None:
        self.end((), quote)
        if not quote:
            self._quotes += 1
        self.walk(child, (), (), quote or self._quotes)
        self.end((), quote or self._quotes)

    def end(self, lists: tuple[str, ...], quote: int) -> None:
        runs = _trimmed(self._runs)
        self._runs = []
        if runs:
            marker = ((self._marker, ()),) if self._marker else ()
            self.blocks.append(Block((*marker, *runs), bool(lists), quote))
            self._marker = ""


def _under(marks: tuple[Mark, ...], mark: Mark) -> tuple[Mark, ...]:
    """Add a mark, as Telegram allows it: nothing within code, code within nothing, no link in a link, nothing twice."""
    names = {name for name, _ in marks}
    if names & {"code", "pre", mark[0]}:
        return marks
    return (mark,) if mark[0] == "code" else (*marks, mark)


def _trimmed(runs: list[Run]) -> tuple[Run, ...]:
    """Fold the white space between the runs of one block, and cut it at the ends."""
    kept: list[Run] = []
    before = "\n"
    for words, marks in runs:
        if ("pre", "") in marks:
            text = words
        else:
            text = words[1:] if words.startswith(" ") and before in {" ", "\n"} else words
            if text.startswith("\n"):
                _cut_end(kept)
        if text:
            kept.append((text, marks))
            before = text[-1]
    _cut_end(kept, "\n ")
    while kept and not kept[0][0].strip("\n "):
        kept.pop(0)
    return tuple(kept)


def _cut_end(runs: list[Run], what: str = " ") -> None:
    while runs:
        words, marks = runs.pop()
        if rest := words.rstrip(what):
            runs.append((rest, marks))
            return


def blocks(source: str) -> list[Block]:
    """Return the paragraphs and list items of a text in our subset, in order; empty ones are left out."""
    layout = _Layout()
    layout.walk(tree(source), (), (), 0)
    layout.end((), 0)
    return layout.blocks


def _between(before: Block, after: Block) -> str:
    # A list follows its paragraph closely, and so do its items each other.
    if before.quote != after.quote:
        return "\n"
    return "\n" if after.item else "\n\n"


def _joined(parts: Sequence[Block], shown: Callable[[Block], str]) -> str:
    if not parts:
        return ""
    said = [shown(parts[0])]
    for before, after in pairwise(parts):
        said += [_between(before, after), shown(after)]
    return "".join(said)


def plain(source: str) -> str:
    """Return readable text: signs before list items, two spaces before quoted lines, the address behind a link."""
    groups = [list(group) for _, group in groupby(blocks(source), key=lambda block: block.quote)]
    said = []
    for group in groups:
        text = _joined(group, _plain_block)
        said.append("\n".join(f"  {line}" if line else "" for line in text.split("\n")) if group[0].quote else text)
    return "\n".join(said).replace("\u00a0", " ")


def _plain_block(block: Block) -> str:
    said = []
    for mark, runs in groupby(block.runs, key=lambda run: _link(run[1])):
        words = "".join(words for words, _ in runs)
        said.append(words + _address(words, mark))
    return "".join(said)


def _link(marks: tuple[Mark, ...]) -> str:
    return next((href for name, href in marks if name == "a"), "")


def _address(words: str, href: str) -> str:
    """Return what has to stand behind the words of a link so that nothing is lost without it."""
    bare = href.removeprefix("mailto:").removeprefix("tel:")
    said = words.replace(" ", "")
    return f" ({bare})" if bare and bare not in said and bare.split("://")[-1].rstrip("/") not in said else ""


def telegram(source: str) -> str:
    """Return what Telegram's parse mode HTML accepts: lists and paragraphs become lines, quotations stay."""
    said = []
    for quote, group in groupby(blocks(source), key=lambda block: block.quote):
        text = _joined(list(group), _telegram_block)
        said.append(f"<blockquote>{text}</blockquote>" if quote else text)
    return "\n".join(said)


def _telegram_block(block: Block) -> str:
    said: list[str] = []
    open_: list[Mark] = []
    for words, marks in block.runs:
        wanted = [mark for mark in marks if mark[0] not in {"p", "a"} or mark[1].lower().startswith("http")]
        same = 0
        while same < min(len(open_), len(wanted)) and open_[same] == wanted[same]:
            same += 1
        said += [f"</{name}>" for name, _ in reversed(open_[same:])]
        said += [_telegram_tag(mark) for mark in wanted[same:]]
        open_ = wanted
        # Telegram links only the web: the address of another link stands behind its words.
        behind = _address(words, _link(marks)) if ("a", _link(marks)) not in wanted else ""
        said.append(html.escape(words + behind, quote=False))
    return "".join([*said, *(f"</{name}>" for name, _ in reversed(open_))])


def _telegram_tag(mark: Mark) -> str:
    return f'<a href="{html.escape(mark[1])}">' if mark[0] == "a" else f"<{mark[0]}>"


def web(source: str) -> str:
    """Return HTML for a page: the subset's tags, closed and nested; of attributes only a link's own."""
    return _web(tree(source))


def _web(element: Element) -> str:
    said = []
    for child in element.children:
        if isinstance(child, str):
            said.append(html.escape(child))
        elif child.name == "br":
            said.append("<br>")
        elif child.name == "a":
            link = f'<a href="{html.escape(child.href)}" rel="noopener nofollow" target="_blank">'
            said.append(f"{link}{_web(child)}</a>")
        else:
            said.append(f"<{child.name}>{_web(child)}</{child.name}>")
    return "".join(said)


def size(text: str) -> int:
    """Return the length as Telegram counts it: in UTF-16 units, an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
