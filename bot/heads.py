"""The seals of the journal, written outside the database, so that a cut-off end is noticed."""

import json
import logging
import os
from pathlib import Path

from bot.keys import SEALED as FILE
from storage import Store, journal
from storage.journal import Head

log = logging.getLogger(__name__)

# The last line is looked for in so many bytes at the end: a year's file is long, and it is read every minute.
_TAIL = 4096


def written(folder: Path) -> list[Head]:
    """Return every head written in `folder`, the oldest first."""
    path = folder / FILE
    return _heads(path.read_bytes()) if path.exists() else []


def last(folder: Path) -> Head | None:
    """Return the last head written in `folder`; None before the first."""
    path = folder / FILE
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        heads = _heads(file.read())
    return heads[-1] if heads else None


async def seal(store: Store, folder: Path) -> Head:
    """Seal what is committed and write the new head outside the database; return it.

    A chain that has lost the last head is logged as an error; `troly journal verify` finds it ever after.
    """
    before = last(folder)
    async with store.begin() as tx:
        whole = before is None or await journal.holds(tx, before)
        head = await journal.seal(tx)
    if not whole:
        log.error("the journal was cut off", extra={"head": before.seq if before else 0})
    if head.seq and head != before:
        _append(folder / FILE, json.dumps({"seq": head.seq, "mac": head.mac}))
    return head


def _append(path: Path, line: str) -> None:
    with path.open("ab+") as file:
        file.seek(max(0, file.tell() - 1))
        torn = file.read(1) not in {b"", b"\n"}  # a line that a crash cut off must not spoil this one
        file.write(b"\n" * torn + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _heads(content: bytes) -> list[Head]:
    heads = []
    for line in content.splitlines():
        try:
            row = json.loads(line)
            heads.append(Head(seq=row["seq"], mac=row["mac"]))
        except (ValueError, KeyError, TypeError):
            continue  # cut off by a crash: it is no head
    return heads
