"""A place as paragraphs and lists: a lead-in sentence belongs with its items, nested ones too."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKER = re.compile(
    r"\s*(?:"
    r"(?P<number>\d{1,3}[.)](?!\d)\s*\S)"
    r"|(?P<letter>[a-zA-ZđĐ]\d?\)\s*\S)"
    r"|(?P<dash>[-–—]\s*\S)"
    r"|(?P<plus>\+)"
    r"|(?P<dot>[•·*●▪o]\s+\S)"
    r"|(?P<step>[bB][ưƯ][ớỚ][cC]\s+\d)"
    r")"
)
_LEADS = re.compile(r"(?:[:：]|như sau|sau đây|bao gồm|gồm có|gồm)\s*[.:]?\s*$", re.IGNORECASE)
_SHORT_ITEM = 40
_TAIL = 24  # characters: what announces a list stands at the end of its line
_SEE_ALSO = re.compile(r"^\s*tài liệu liên quan\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a lead-in with its items: lines `first` to `last` (inclusive) of a place."""

    first: int
    last: int
    is_list: bool
    depth: int = 0

    def lines(self) -> range:
        return range(self.first, self.last + 1)


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def marker(line: str) -> str | None:
    found = _MARKER.match(line)
    return found.lastgroup if found else None


def leads(line: str) -> bool:
    """Tell whether a line announces what follows it ("… bao gồm:")."""
    return bool(_LEADS.search(line[-_TAIL:])) and len(line) > 1


def is_see_also(line: str) -> bool:
    return bool(_SEE_ALSO.match(line))


def blocks_of(lines: list[str]) -> list[Block]:
    """Return every paragraph and every list, lists inside lists as blocks of their own too."""
    kinds = {marker(line) for line in lines}
    if len(lines) > 1 and len(kinds) == 1 and kinds != {None} and _words(lines) <= _SHORT_ITEM * len(lines):
        return [Block(0, len(lines) - 1, is_list=True)]  # the heading is the lead-in
    return list(_scan(lines, 0, len(lines), 0))


def _scan(lines: list[str], start: int, stop: int, depth: int) -> Iterator[Block]:
    place = start
    while place < stop:
        end = _end_of_list(lines, place, stop) if leads(lines[place]) else place
        # An item by itself is no block: lists are given whole.
        if end > place or depth == 0:
            yield Block(place, end, is_list=end > place, depth=depth)
        if end > place:
            yield from _scan(lines, place + 1, end + 1, depth + 1)
        place = end + 1


def _end_of_list(lines: list[str], lead: int, stop: int) -> int:
    """Return the last line of the list that `lead` announces; an item may announce a list of its own."""
    own = marker(lines[lead])
    items = marker(lines[lead + 1]) if lead + 1 < stop else None
    if items is None or items == own or is_see_also(lines[lead + 1]):
        return lead
    place = lead + 1
    while place < stop and marker(lines[place]) == items and not is_see_also(lines[place]):
        place = (_end_of_list(lines, place, stop) if leads(lines[place]) else place) + 1
    return place - 1


def _words(lines: list[str]) -> int:
    return sum(line.count(" ") + 1 for line in lines)
