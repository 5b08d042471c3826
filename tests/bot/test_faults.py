"""What this machine lacks is said in words, without a traceback and without the value of a setting."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import logs
from storage import Store
from tests.bot.conftest import Troly

SECRET = "mat-khau-bi-mat"
AWAY = f"postgresql://troly:{SECRET}@127.0.0.1:1/troly"


@pytest.mark.parametrize(
    "words",
    [
        ("people", "list"),
        ("documents", "list"),
        ("ask", "hồ sơ bị mất"),
        ("db", "upgrade"),
        ("db", "current"),
        ("journal", "verify"),
        ("journal", "seal"),
        ("demo", "--port", "0"),
        ("serve", "--port", "0"),
    ],
    ids=" ".join,
)
def test_a_database_that_is_away(troly: Troly, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.setenv("TROLY_STORE__URL", AWAY)
    monkeypatch.setenv("TROLY_WEB__PUBLIC_URL", "https://example.test")
    code, _, error = troly(*words)
    assert code == 2
    assert "Không mở được cơ sở dữ liệu" in error
    assert SECRET not in error


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TROLY_STORE__URL", f"mysql://troly:{SECRET}@host/troly", "TROLY_STORE__URL"),
        ("TROLY_STORE__URL", SECRET, "TROLY_STORE__URL"),
        ("TROLY_STORE__URL", "sqlite:///:memory:", "TROLY_STORE__URL"),
        ("TROLY_WEB__PORT", SECRET, "TROLY_WEB__PORT"),
        ("TROLY_LOG_LEVEL", SECRET, "TROLY_LOG_LEVEL"),
    ],
)
def test_a_setting_that_cannot_be(
    troly: Troly, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    code, _, error = troly("people", "list")
    assert code == 2
    assert said in error
    assert SECRET not in error


def test_a_data_folder_that_cannot_be_made(troly: Troly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("TROLY_DATA", str(tmp_path / "file"))
    code, _, error = troly("people", "list")
    assert code == 2
    assert "TROLY_DATA" in error


def test_a_file_that_is_no_database(troly: Troly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.db").write_text("đây không phải là cơ sở dữ liệu " * 100)
    monkeypatch.setenv("TROLY_STORE__URL", f"sqlite:///{tmp_path}/other.db")
    code, _, error = troly("people", "list")
    assert code == 2
    assert "Không mở được cơ sở dữ liệu" in error


def test_a_damaged_key(troly: Troly, tmp_path: Path) -> None:
    troly("people", "list")
    (tmp_path / "data" / "keys" / "journal.key").write_bytes(b"short")
    code, _, error = troly("people", "list")
    assert code == 2
    assert "journal.key" in error


def test_a_lost_key_is_not_made_anew_once_something_is_sealed(troly: Troly, tmp_path: Path) -> None:
    troly("people", "list")
    key = tmp_path / "data" / "keys" / "journal.key"
    key.unlink()
    assert troly("people", "add", "Lan", "--role", "officer", "--unit", "Văn phòng")[0] == 0  # nothing was sealed yet
    troly("journal", "seal")
    kept = key.read_bytes()
    key.unlink()
    for command in (("people", "list"), ("journal", "verify"), ("journal", "seal")):
        code, _, error = troly(*command)
        assert code == 2
        assert "journal.key" in error
        assert not key.exists()
    key.write_bytes(kept)
    assert troly("journal", "verify")[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("people", "add", " ", "--role", "officer"),
        ("people", "add", "Lan", "--role", "officer", "--field", "xăng dầu"),
        ("people", "leave", "Nam", "--hand-over-to", "Nam"),
        ("people", "leave", "Nam", "--hand-over-to", "Cao"),
        ("learn", "FILE", "--as", "Nam", "--code", " "),
        ("learn", "FILE", "--as", "Nam", "--code", "A@B"),
        ("learn", "FILE", "--as", "Nam", "--code", "A", "--version", ""),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_said(troly: Troly, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "a.md").write_text("# A\n\n## 1. B\n\nchữ\n")
    troly("people", "add", "Nam", "--role", "officer", "--unit", "Văn phòng")
    troly("people", "add", "Cao", "--role", "administrator", "--unit", "Văn phòng")
    code, _, error = troly(*(str(tmp_path / "a.md") if word == "FILE" else word for word in words))
    assert code == 2
    assert error.strip()
    assert "Error" not in error


@pytest.mark.parametrize("port", ["99999", "-1", "abc"])
def test_a_port_that_cannot_be(troly: Troly, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        troly("serve", "--port", port)
    assert stopped.value.code == 2
    assert "--port" in capsys.readouterr().err


async def test_the_log_holds_no_parameter_of_a_statement_at_any_level(
    sqlite_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        logs.begin("DEBUG")
        async with sqlite_store.begin() as tx:
            await tx.execute(text("SELECT :word"), {"word": SECRET})
    finally:
        logging.getLogger().handlers[:] = before[0]
        logging.getLogger().setLevel(before[1])
    assert SECRET not in capsys.readouterr().err
