"""Secrets that must not lie in the database: who can change a record must not be able to forge its seal."""

import os
import secrets
from pathlib import Path

from storage.store import Keys

BYTES = 32


# What shows that a journal was sealed with a key: written beside the folder of keys (bot/heads.py).
SEALED = "journal.heads"


class LostKey(ValueError):  # noqa: N818  named after what it tells; it is shown to whoever runs the program
    """A key is gone under which something was sealed: made anew, every entry would look forged. Named by its file."""


class DamagedKey(ValueError):  # noqa: N818  named after what it tells; it is shown to whoever runs the program
    """A key is not as it was made. Named by its file."""


def kept(folder: Path) -> Keys:
    """Return the keys in `folder`, made on first use (mode 0600). Several processes may start at once.

    Raises `PermissionError` when the folder cannot be read, `DamagedKey`, and `LostKey`.
    """
    if (folder.parent / SEALED).exists() and not (folder / "journal.key").exists():
        raise LostKey("journal.key")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Keys(
        journal=_key(folder / "journal.key"),
        links=_key(folder / "links.key"),
        dossiers=_key(folder / "dossiers.key"),
    )


def _key(path: Path) -> bytes:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.exists():
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # whole or not at all, and the first process wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    key = path.read_bytes()
    if len(key) != BYTES:
        raise DamagedKey(path.name)
    return key
