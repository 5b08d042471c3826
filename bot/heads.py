"""The last seal of the journal, written outside the database, so that a cut-off end is noticed."""

import json
import os
from pathlib import Path

from storage import Store, journal
from storage.journal import Head

FILE = "journal.heads"


def last(folder: Path) -> Head | None:
    """Return the last head written in `folder`; None before the first."""
    path = folder / FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    # A line cut off by a crash is no head; the one before it is.
    for line in reversed(lines):
        try:
            row = json.loads(line)
            return Head(seq=row["seq"], mac=row["mac"])
        except (ValueError, KeyError):
            continue
    return None


async def seal(store: Store, folder: Path) -> Head:
    """Seal what is committed and write the new head outside the database; return it."""
    async with store.begin() as tx:
        head = await journal.seal(tx)
    if head.seq and head != last(folder):
        with (folder / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"seq": head.seq, "mac": head.mac}) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return head
