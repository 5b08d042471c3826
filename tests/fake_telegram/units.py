"""UTF-16 code units, in which Telegram counts, and the entities it finds by itself in any text."""

import re

from .refusals import Json

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?<!\w)(?P<mention>@[A-Za-z]\w{3,31})\b"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)\b"
    r"|(?<!\w)(?P<hashtag>#\w*[^\W\d]\w*)",
    re.ASCII,
)


def units(text: str) -> int:
    """Return the length in UTF-16 code units; a lone surrogate counts as one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> list[str]:
    """Split into pieces of at most `limit` UTF-16 units, as a client does with a text that is too long."""
    pieces, piece, size = [], "", 0
    for letter in text:
        if size + units(letter) > limit:
            pieces.append(piece)
            piece, size = "", 0
        piece += letter
        size += units(letter)
    return [*pieces, piece]


def detect(text: str) -> list[Json]:
    """Find commands, mentions, addresses and hashtags: `{type, offset, length}`, offsets in UTF-16 units."""
    return [
        {
            "type": found.lastgroup,
            "offset": units(text[: found.start()]),
            "length": units(found.group()),
        }
        for found in _FOUND.finditer(text)
    ]


def with_detected(text: str, entities: list[Json]) -> list[Json]:
    """Add what Telegram finds by itself where nothing was marked already."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities]
    free = [
        e for e in detect(text) if all(e["offset"] + e["length"] <= begin or e["offset"] >= end for begin, end in taken)
    ]
    return sorted([*entities, *free], key=lambda e: (e["offset"], -e["length"]))
