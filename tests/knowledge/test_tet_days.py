"""Days around Tết as people name them, by the lunar calendar."""

from datetime import date, timedelta

import pytest

from knowledge.proposed_days import proposed
from knowledge.tet_days import TetDay, tet_day, tet_day_meant

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("mung 1 tet", "2027-02-06"),
        ("mung bon tet", "2027-02-09"),
        ("mong 10 tet 2026", "2026-02-26"),
        ("mung 3 tet nam nay", "2026-02-19"),
        ("30 tet", "2027-02-05"),
        ("30 tet nam 2024", "2024-02-09"),
        ("29 tet 2024", "2024-02-08"),
        ("28 tet 2025", "2025-01-27"),
        ("giao thua nam sau", "2027-02-05"),
        ("23 thang chap", "2027-01-30"),
    ],
)
def test_a_day_is_named_by_the_lunar_calendar(said: str, day: str) -> None:
    found = tet_day_meant(said, SUNDAY)
    assert found is not None
    assert found.day == date.fromisoformat(day)


def test_the_thirtieth_of_a_month_of_29_days_is_its_last_and_says_so() -> None:
    assert tet_day_meant("30 tet 2026", SUNDAY) == TetDay(date(2026, 2, 16), 29, before=True, shortened=True)
    assert tet_day_meant("30 tet 2033", SUNDAY) == TetDay(date(2033, 1, 30), 30, before=True)


@pytest.mark.parametrize("said", ["tet", "mung 11 tet", "mung 1", "20 tet", "30 thang 1", "mung 1 tet 1999", "30/4"])
def test_what_names_no_such_day_is_none(said: str) -> None:
    assert tet_day_meant(said, SUNDAY) is None


@pytest.mark.parametrize("year", range(2021, 2041))
def test_the_first_days_of_tet_are_those_that_the_package_knows(year: int) -> None:
    found = tet_day_meant(f"mung 1 tet {year}", SUNDAY)
    assert found is not None
    assert found.day in {each.day for each in proposed(year) if each.name.startswith("Tết Nguyên đán")}
    assert tet_day(found.day) == found
    assert tet_day(found.day + timedelta(days=7)) is None
