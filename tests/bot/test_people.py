"""People at the command line, and the codes that link their chats to them."""

import re

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
