"""The work calendar at the command line."""

import json

import pytest

from tests.bot.conftest import Troly

ADMIN = "Quản trị mẫu"


@pytest.fixture
def office(troly: Troly) -> Troly:
    assert troly("people", "add", ADMIN, "--role", "administrator")[0] == 0
    assert troly("people", "add", "Lê Thu Hải", "--role", "director")[0] == 0
    return troly


def test_the_calendar_says_its_sources_and_what_nobody_has_confirmed(office: Troly) -> None:
    code, said, _ = office("calendar", "list", "2026")
    assert code == 0
    lines = said.splitlines()
    assert "2026-11-24  thứ Ba    nghỉ    Ngày Văn hóa Việt Nam – Nghị quyết 28/2026/QH16, Điều 2" in lines
    assert [line[:10] for line in lines if "CHƯA XÁC NHẬN" in line] == ["2026-01-10"]
    assert "07:00–11:30, 13:30–17:00 (chưa xác nhận" in said


def test_a_year_is_proposed_confirmed_by_an_administrator_and_then_counts_without_a_doubt(office: Troly) -> None:
    ask = ("calendar", "due", "2027-02-02 10:00", "5 ngày làm việc", "--json")
    assert json.loads(office(*ask)[1])["uncharted"] == [2027]
    assert office("calendar", "propose", "2027")[0] == 0
    proposed = json.loads(office(*ask)[1])
    assert (proposed["day"], proposed["uncharted"]) == ("2027-02-16", [])
    assert proposed["unconfirmed"] == [f"2027-02-{day:02}" for day in (4, 5, 8, 9, 10)]
    assert office("calendar", "confirm", "2027", "--as", "Lê Thu Hải", "--source", "TB 1")[0] == 2
    code, _, error = office("calendar", "confirm", "2027", "--as", ADMIN)
    assert (code, "--source" in error) == (2, True)
    assert json.loads(office(*ask)[1]) == proposed
    assert office("calendar", "confirm", "2027", "--as", ADMIN, "--source", "TB 1/TB-BNV")[0] == 0
    assert json.loads(office(*ask)[1])["unconfirmed"] == []
    assert "Không còn ngày nào" in office("calendar", "confirm", "2027", "--as", ADMIN)[1]
    assert office("journal", "verify")[0] == 0


def test_a_year_that_is_known_is_not_proposed_again(office: Troly) -> None:
    for year in ("2024", "2025", "2026"):
        assert "không có ngày nào để đề xuất" in office("calendar", "propose", year)[1]
    assert office("calendar", "propose", "2027")[0] == 0
    assert "không có ngày nào để đề xuất" in office("calendar", "propose", "2027")[1]


def test_a_swap_is_set_confirmed_and_taken_back(office: Troly) -> None:
    show = ("calendar", "show", "28/11/2026", "--json")
    assert json.loads(office(*show)[1])["working"] is False
    office("calendar", "set", "28/11/2026", "work", "--name", "Làm bù", "--source", "CV 9", "--as", ADMIN)
    assert json.loads(office(*show)[1]) == {
        "day": "2026-11-28",
        "working": True,
        "name": "Làm bù",
        "confirmed": False,
        "charted": True,
    }
    assert "2026-11-28" in office("calendar", "due", "2026-11-27T08:00", "1 ngày làm việc", "--json")[1]
    assert office("calendar", "confirm", "2026-11-28", "--as", ADMIN)[0] == 0
    assert json.loads(office(*show)[1])["confirmed"] is True
    assert office("calendar", "remove", "2026-11-28", "--as", ADMIN)[0] == 0
    assert json.loads(office(*show)[1])["working"] is False


IMPOSSIBLE = [
    ["confirm", "2026-11-25", "--as", ADMIN],
    ["remove", "2026-11-25", "--as", ADMIN],
    ["remove", "2026-11-24", "--as", "Không Ai"],
    ["set", "2026-11-25", "off", "--as", ADMIN],
    ["set", "31/2", "off", "--name", "x", "--as", ADMIN],
    ["show", "hôm nào"],
    ["due", "hôm nay", "5 ngày"],
    ["due", "2026-11-20", "lâu lâu"],
    ["due", "2026-11-20", "99999 ngày"],
    ["propose", "1800"],
]


def test_what_cannot_be_done_is_said_in_words(office: Troly) -> None:
    for words in IMPOSSIBLE:
        code, _, error = office("calendar", *words)
        assert code == 2, words
        assert error.strip(), words
        assert "Traceback" not in error


def test_the_office_sets_its_own_hours(office: Troly, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROLY_CALENDAR__SESSIONS", "7:30–11:30, 13:30-17:30")
    monkeypatch.setenv("TROLY_CALENDAR__SESSIONS_CONFIRMED", "true")
    said = office("calendar", "due", "2026-11-19 16:30", "2 giờ")[1]
    assert "08:30 ngày 20/11/2026 (thứ Sáu)" in said
    assert "chưa được xác nhận" not in said
    monkeypatch.setenv("TROLY_CALENDAR__SESSIONS", "13:00-7:00")
    code, _, error = office("calendar", "list")
    assert code == 2
    assert "TROLY_CALENDAR__SESSIONS" in error


def test_of_a_tet_that_nobody_has_announced_no_weekday_tells_what_is_worked(office: Troly) -> None:
    assert "chưa biết làm việc hay nghỉ" in office("calendar", "show", "8/2/2027")[1]
    assert "(29 tháng Chạp): chưa biết" in office("calendar", "show", "30 tết 2027")[1]
    assert "làm việc. Năm 2027" in office("calendar", "show", "18/2/2027")[1]


def test_a_moment_is_read_as_people_write_it(office: Troly) -> None:
    for said in ("2026-02-13 16:50", "16h50 13/2/2026", "13/2/2026 16:50"):
        assert json.loads(office("calendar", "due", said, "5 ngày làm việc", "--json")[1])["day"] == "2026-02-27"
