"""The journal at the command line: whoever writes to the file of the database is found out."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.bot.conftest import Troly


@pytest.fixture
def sealed(troly: Troly) -> Troly:
    troly("ask", "xin chào")
    assert troly("journal", "seal")[0] == 0
    assert troly("journal", "verify")[0] == 0
    return troly


def tamper(folder: Path, *statements: str) -> None:
    """Write to the database as its owner can: the guards are triggers, and triggers can be dropped."""
    database = sqlite3.connect(folder / "data" / "troly.db")
    guards = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in guards:
        database.execute(f'DROP TRIGGER "{name}"')
    database.execute("PRAGMA foreign_keys=OFF")
    for statement in statements:
        assert database.execute(statement).rowcount > 0
    database.commit()
    database.close()


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE journal SET action = 'nothing' WHERE id = 3"],
        ["UPDATE journal SET record_id = 99 WHERE id = 3"],
        ["UPDATE journal SET digest = 'abc' WHERE id = 3"],
        ["DELETE FROM journal WHERE id = 3"],
        ["DELETE FROM journal WHERE id = 3", "DELETE FROM seals WHERE entry_id = 3"],
        [
            "DELETE FROM seals WHERE seq > (SELECT max(seq) - 2 FROM seals)",
            "DELETE FROM journal WHERE id > (SELECT max(id) - 2 FROM journal)",
        ],
        ["DELETE FROM seals", "DELETE FROM journal"],
        ["UPDATE seals SET mac = 'abc' WHERE seq = 2"],
    ],
    ids=[
        "action changed",
        "record changed",
        "digest changed",
        "entry removed",
        "entry and seal removed",
        "end cut off",
        "all gone",
        "seal forged",
    ],
)
def test_tampering_is_found(sealed: Troly, tmp_path: Path, statements: list[str]) -> None:
    tamper(tmp_path, *statements)
    code, said, _ = sealed("journal", "verify")
    assert code == 1
    assert "KHÔNG CÒN NGUYÊN VẸN" in said


def test_the_unsealed_tail_is_reported(sealed: Troly) -> None:
    sealed("people", "add", "Ai đó", "--role", "officer", "--unit", "Văn phòng")
    code, said, _ = sealed("journal", "verify")
    assert code == 0
    assert "0 mục mới" not in said


def test_a_head_cut_off_by_a_crash_leaves_the_one_before_it(sealed: Troly, tmp_path: Path) -> None:
    with (tmp_path / "data" / "journal.heads").open("a") as file:
        file.write('{"seq": 9')
    assert sealed("journal", "verify")[0] == 0


def test_a_cut_off_end_is_found_even_after_the_chain_has_grown_on(sealed: Troly, tmp_path: Path) -> None:
    """The clockwork seals every minute: whoever cuts the end off need only wait for the next head."""
    tamper(
        tmp_path,
        "DELETE FROM seals WHERE seq > (SELECT max(seq) - 2 FROM seals)",
        "DELETE FROM journal WHERE id > (SELECT max(id) - 2 FROM journal)",
    )
    for name in ("Ai đó", "Ai nữa"):
        sealed("people", "add", name, "--role", "officer", "--unit", "Văn phòng")
    assert sealed("journal", "seal")[0] == 0
    code, said, _ = sealed("journal", "verify")
    assert code == 1
    assert "KHÔNG CÒN NGUYÊN VẸN" in said


def test_a_head_written_after_a_crash_does_not_share_the_torn_line(sealed: Troly, tmp_path: Path) -> None:
    heads = tmp_path / "data" / "journal.heads"
    with heads.open("a") as file:
        file.write('{"seq": 9')
    sealed("people", "add", "Ai đó", "--role", "officer", "--unit", "Văn phòng")
    sealed("journal", "seal")
    assert json.loads(heads.read_text().splitlines()[-1])["seq"] > 3
    assert sealed("journal", "verify")[0] == 0


def test_a_lost_file_of_heads_begins_anew(sealed: Troly, tmp_path: Path) -> None:
    heads = tmp_path / "data" / "journal.heads"
    before = heads.read_text()
    heads.unlink()
    assert sealed("journal", "verify")[0] == 0
    assert sealed("journal", "seal")[0] == 0
    assert heads.read_text() == before


def test_a_head_ahead_of_the_store_says_that_the_store_is_older(sealed: Troly, tmp_path: Path) -> None:
    """A database that was put back from a copy lacks what the file of heads has seen."""
    with (tmp_path / "data" / "journal.heads").open("a") as file:
        file.write(json.dumps({"seq": 999, "mac": "0" * 64}) + "\n")
    assert sealed("journal", "verify")[0] == 1
    sealed("journal", "seal")
    assert sealed("journal", "verify")[0] == 1
