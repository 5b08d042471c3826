"""A long text in several messages, or the beginning of one."""

# A clause longer than this is said in several messages (Telegram's limit is 4,096 characters, marks included).
_PIECE = 3000


def in_pieces(text: str) -> list[str]:
    """Cut `text` between its lines into pieces that fit; a longer line is cut where it must be."""
    pieces, current = [], ""
    for line in text.split("\n"):
        for part in (line[at : at + _PIECE] for at in range(0, max(len(line), 1), _PIECE)):
            if current and len(current) + len(part) + 1 > _PIECE:
                pieces.append(current)
                current = part
            else:
                current = f"{current}\n{part}" if current else part
    return [*pieces, current]


def glimpse(text: str, most: int) -> str:
    """Return `text`, or as much of its beginning as leaves room for "…" within `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
