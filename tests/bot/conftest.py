from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import main

Troly = Callable[..., tuple[int, str, str]]


@pytest.fixture
def troly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Troly:
    """The command line over a data folder of its own: `troly("people", "list")` gives (code, output, errors)."""
    monkeypatch.setenv("TROLY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TROLY_DENSE__ENABLED", "false")
    monkeypatch.delenv("TROLY_STORE__URL", raising=False)

    def run(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
