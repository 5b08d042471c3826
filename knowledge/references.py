"""Places named by the asker: "điều 6.1", "mục 4.3", "clause 8.3", a bare "9.1.1"."""

import re
from collections.abc import Container

_NAMED = re.compile(
    r"(?:dieu khoan|dieu|muc|khoan|phan|chuong|tieu muc|yeu cau|(?:sub-?)?clause|section|article|paragraph|part|item|§)"
    r"\s*(?:so\s*)?(\d{1,3}(?:\.\d{1,3}){0,3})(?![\d/]|\.\d)"
)
_BARE = re.compile(
    r"(?<![\d./:-])(\d{1,2}(?:\.\d{1,2}){1,3})(?![\d/%-]|:\d|\.\d|\s*(?:%|trieu|ty|dong|kg|km|m2|ha|met))"
)


def named(folded: str, places: Container[str]) -> tuple[list[str], list[str]]:
    """Return (places that the question names, numbers named like places that are none), in the order of naming.

    A bare number counts as a name only where such a place exists: "4.0" may be the industrial revolution.
    """
    known: list[str] = []
    missing: list[str] = []
    for number in _NAMED.findall(folded):
        target = known if number in places else missing
        if number not in target:
            target.append(number)
    for number in _BARE.findall(folded):
        if number in places and number not in known:
            known.append(number)
    return known, missing
