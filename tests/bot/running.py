"""A `troly` process as somebody starts it, to be talked to and killed."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent.parent
_READY = re.compile(r"http://127\.0\.0\.1:\d+")


class Running:
    """`with Running(folder, "demo", "--port", "0") as program:` waits until it has printed its address."""

    def __init__(self, folder: Path, *words: str, until: str = "http://", **settings: str) -> None:
        environment = os.environ | {
            "TROLY_DATA": str(folder),
            "TROLY_DENSE__ENABLED": "false",
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self.errors = folder.with_suffix(".err")
        self._file = self.errors.open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=self._file,
            text=True,
        )
        self._until = until
        self.said = ""
        self.address = ""

    def __enter__(self) -> Self:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if self._until in line:
                break
        found = _READY.search(self.said)
        if not found:
            self.__exit__(None, None, None)
            raise AssertionError(self.said + self.errors.read_text())
        self.address = found[0]
        return self

    def link(self, role: str) -> str:
        found = re.search(rf"http://\S+/demo/{role}-\S+", self.said)
        assert found, self.said
        return found[0]

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does, or as `kill -9` does; return its exit code."""
        self.process.send_signal(how)
        return self.process.wait(20)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self._file.close()
