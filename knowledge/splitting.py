"""Cuts a long text in our HTML subset into messages that a channel takes, at paragraphs where it can."""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from knowledge.rendering import Block, Mark, Run, blocks, plain, size

LEAST = 64  # a shorter limit would cut list signs from their items
_PIECE = re.compile(r"\S+[^\S\n]*|\n|[^\S\n]+")
_JOINER = "\u200d"


def split(source: str, limit: int = 4096) -> list[str]:
    """Return messages in our subset, in order, none of which any channel shows longer than `limit` UTF-16 units.

    A short text comes back as it is. In a longer one list items become lines with their signs, so that a list that is
    cut goes on counting. Raises ValueError for a limit below 64.
    """
    if limit < LEAST:
        raise ValueError(f"a message has to hold at least {LEAST} characters")
    if size(plain(source)) <= limit:
        return [source] if source.strip() else []
    said: list[str] = []
    page: list[Block] = []
    room = limit
    for block in (part for whole in blocks(source) for part in _cut(whole, limit)):
        if page and _cost(block) > room:
            said.append(_subset(page))
            page, room = [], limit
        page.append(block)
        room -= _cost(block)
    return [*said, _subset(page)] if page else said


def _cost(block: Block) -> int:
    return sum(_run_cost(run) for run in block.runs) + 2 + 2 * sum(words.count("\n") + 1 for words, _ in block.runs)


def _run_cost(run: Run) -> int:
    words, marks = run
    return size(words) + 2 * words.count("\n") + _link_cost(marks)


def _link_cost(marks: tuple[Mark, ...]) -> int:
    return sum(size(href) + 3 for name, href in marks if name == "a")


def _cut(block: Block, limit: int) -> Iterator[Block]:
    """Yield the block, or what it is cut into: at lines and spaces, within a word only where that alone is too long."""
    if _cost(block) <= limit:
        yield block
        return
    runs: list[Run] = []
    room = limit - 8
    for words, marks in _pieces(block.runs, limit - 8):
        joins = bool(runs) and runs[-1][1] == marks
        cost = size(words) + (0 if joins else 4 + _link_cost(marks)) + (4 if "\n" in words else 0)
        if runs and cost > room:
            yield Block(tuple(runs), block.item, block.quote)
            runs, room, joins = [], limit - 8, False
            cost = size(words) + 4 + _link_cost(marks)
        if joins:
            runs[-1] = (runs[-1][0] + words, marks)
        else:
            runs.append((words, marks))
        room -= cost
    if runs:
        yield Block(tuple(runs), block.item, block.quote)


def _pieces(runs: Sequence[Run], limit: int) -> Iterator[Run]:
    for words, marks in runs:
        kept = marks if _link_cost(marks) <= limit // 2 else tuple(mark for mark in marks if mark[0] != "a")
        most = (limit - 4 - _link_cost(kept)) // 2  # an emoji counts as two
        for found in _PIECE.finditer(words):
            yield from ((piece, kept) for piece in _short(found.group(), most))


def _short(word: str, most: int) -> Iterator[str]:
    """Cut a word without end into pieces, no mark or joined emoji from what it belongs to."""
    at = 0
    while at < len(word):
        end = min(at + most, len(word))
        while at + 1 < end < len(word) and end > at + most // 2 and _belongs(word[end - 1], word[end]):
            end -= 1
        yield word[at:end]
        at = end


def _belongs(before: str, after: str) -> bool:
    return _JOINER in {before, after} or unicodedata.category(after).startswith("M")


def _subset(page: Sequence[Block]) -> str:
    said = []
    for quote, group in groupby(page, key=lambda block: block.quote):
        text = "".join(_paragraphs(list(group)))
        said.append(f"<blockquote>{text}</blockquote>" if quote else text)
    return "".join(said)


def _paragraphs(page: Sequence[Block]) -> Iterator[str]:
    lines: list[str] = []
    for block in page:
        if any(name == "pre" for _, marks in block.runs for name, _ in marks):
            yield from _paragraph(lines)
            lines = []
            yield f"<pre>{''.join(html.escape(words) for words, _ in block.runs)}</pre>"
            continue
        if not block.item:
            yield from _paragraph(lines)
            lines = []
        lines.append("".join(_marked(run) for run in block.runs))
    yield from _paragraph(lines)


def _paragraph(lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"<p>{'<br>'.join(lines)}</p>"


def _marked(run: Run) -> str:
    words, marks = run
    text = html.escape(words).replace("\n", "<br>")
    for name, href in reversed(marks):
        text = f'<a href="{html.escape(href)}">{text}</a>' if name == "a" else f"<{name}>{text}</{name}>"
    return text
