"""People at the command line, and the codes that link their chats to them."""

import re

import pytest

from tests.bot.conftest import Troly


def test_adding_somebody_prints_a_code_of_128_bits(troly: Troly) -> None:
    code, said, _ = troly("people", "add", "Nguyễn Thị Lan", "--role", "officer", "--unit", "Văn phòng")
    assert code == 0
    link = re.search(r"lien ket (\S+)", said)
    assert link
    assert len(re.sub("[^A-Z2-7]", "", link[1])) * 5 >= 128
    assert "Nguyễn Thị Lan – Văn phòng – officer" in troly("people", "list")[1]


def test_somebody_who_left_is_shown_as_such(troly: Troly) -> None:
    troly("people", "add", "Nguyễn Thị Lan", "--role", "officer", "--unit", "Văn phòng")
    troly("people", "add", "Trần Văn Nam", "--role", "officer", "--unit", "Văn phòng")
    assert troly("people", "leave", "Nguyễn Thị Lan", "--hand-over-to", "Trần Văn Nam")[0] == 0
    assert "đã nghỉ" in troly("people", "list")[1]


def test_two_people_of_one_name_are_told_apart_by_number(troly: Troly) -> None:
    for _ in range(2):
        troly("people", "add", "Nguyễn Thị Lan", "--role", "officer", "--unit", "Văn phòng")
    code, _, error = troly("people", "link", "Nguyễn Thị Lan")
    assert code == 2
    assert "Có nhiều người" in error
    assert troly("people", "link", "2")[0] == 0


def test_a_mailbox_named_for_somebody_gets_a_code_or_an_administrator_s_word(
    troly: Troly, monkeypatch: pytest.MonkeyPatch
) -> None:
    troly("people", "add", "Nguyễn Thị Lan", "--role", "officer", "--unit", "Văn phòng")
    troly("people", "add", "Quản Trị", "--role", "administrator", "--unit", "Văn phòng")
    reach = ("people", "reach", "Nguyễn Thị Lan")
    code, _, error = troly(*reach, "--email", "lan@example.vn")
    assert (code, "Chưa cấu hình máy chủ thư" in error) == (2, True)
    monkeypatch.setenv("TROLY_EMAIL__HOST", "localhost")
    monkeypatch.setenv("TROLY_EMAIL__SENDER", "so@example.vn")
    said = troly(*reach, "--email", "lan@example.vn")[1]
    assert "l•••@example.vn: chờ người nhận gõ mã" in said
    assert "email" not in said.splitlines()[0]
    for by in ((), ("--as", "Nguyễn Thị Lan")):
        code, _, error = troly(*reach, "--confirmed", "gọi điện", *by)
        assert (code, "Chỉ người quản trị" in error) == (2, True)
    assert troly(*reach, "--confirmed", "  ", "--as", "Quản Trị")[0] == 2
    said = troly(*reach, "--confirmed", "gọi điện ngày 24/11", "--as", "Quản Trị")[1]
    assert "email (l•••@example.vn)" in said
    assert "chờ" not in said
    assert "email" not in troly(*reach, "--no-email")[1]
