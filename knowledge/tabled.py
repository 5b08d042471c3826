"""The rows of a table, said in words: in a chat nobody sees columns. What is stored and searched stays as it is."""

import re
from collections.abc import Iterator

_ROW = re.compile(r"(?:^|\s)\|(?:\s|$)")
_FIGURE = re.compile(r"\d")


def in_words(text: str) -> str:
    """Return `text` with each row of a table as a line that is read aloud: "Ký – Người viết: Minh; Người duyệt: Hải".

    Which row is the head is only sure where its first cell is empty: a passage may begin in the middle of a table.
    Without a head the cells of a row stand one after the other.
    """
    lines: list[str] = []
    table: list[list[str]] = []
    for line in text.split("\n"):
        if _ROW.search(line):
            table.append([cell.strip() for cell in line.split("|")])
            continue
        lines += [*_rows(table), line]
        table = []
    return "\n".join([*lines, *_rows(table)])


def _rows(rows: list[list[str]]) -> Iterator[str]:
    if not rows:
        return
    head, *below = rows
    if not _is_head(head, below):
        yield from ("; ".join(filter(None, row)) for row in rows)
        return
    for name, *cells in below:
        said = "; ".join(f"{column}: {cell}" for column, cell in zip(head[1:], cells, strict=True) if cell)
        yield f"{name} – {said}" if said else f"{name}: –"


def _is_head(head: list[str], below: list[list[str]]) -> bool:
    names = head[0] == "" and all(head[1:]) and not _FIGURE.search("".join(head))
    return names and bool(below) and all(row[0] and len(row) == len(head) for row in below)
