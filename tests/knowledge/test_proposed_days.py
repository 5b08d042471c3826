"""What is proposed for a year, against the official years, and the known faults of the package."""

from datetime import date

import pytest

from knowledge.proposed_days import FIRST, LAST, NothingToPropose, proposed
from tests.knowledge.year import CALENDAR


def off(year: int) -> set[date]:
    return {each.day for each in proposed(year) if each.day.weekday() < 5}


@pytest.mark.parametrize(
    ("year", "swapped"),
    [
        (2024, {date(2024, 4, 29)}),
        (2025, {date(2025, 5, 2)}),
        (2026, {date(2026, 1, 2), date(2026, 8, 31)}),
    ],
)
def test_the_rules_give_the_official_years_but_for_the_swaps(year: int, swapped: set[date]) -> None:
    official = {each.day for each in CALENDAR.marked if each.day.year == year and not each.working}
    assert off(year) == {day for day in official if day.weekday() < 5} - swapped


def test_culture_day_is_never_made_up() -> None:
    for year, after in ((2029, date(2029, 11, 26)), (2030, date(2030, 11, 25))):
        days = {each.day for each in proposed(year)}
        assert date(year, 11, 24) in days
        assert after not in days
    assert date(2025, 11, 24) not in {each.day for each in proposed(2025)}


def test_what_falls_on_a_rest_day_is_made_up_on_the_next_working_day() -> None:
    made_up = {2027: date(2027, 5, 3), 2028: date(2028, 1, 3), 2029: date(2029, 9, 4)}
    for year, day in made_up.items():
        assert "nghỉ bù" in next(each.name for each in proposed(year) if each.day == day)
    # 30/4/2028 is a Sunday and 1/5 the Monday: the day after.
    assert date(2028, 5, 2) in off(2028)


def test_only_what_the_law_fixes_by_date_has_a_law() -> None:
    by_law = {(each.day.month, each.day.day) for each in proposed(2027) if each.law}
    assert by_law == {(1, 1), (4, 30), (5, 1), (9, 2), (11, 24)}


@pytest.mark.parametrize("year", range(FIRST, LAST + 1))
def test_every_year_has_its_tet_and_eleven_days_or_more(year: int) -> None:
    found = proposed(year)
    assert len([each for each in found if "Tết Nguyên đán" in each.name]) >= 5
    assert len(found) >= 11
    assert len({each.day for each in found}) == len(found)
    assert all(each.day.year == year for each in found)


@pytest.mark.parametrize("year", [0, 1990, FIRST - 1, LAST + 1, 9999])
def test_a_year_out_of_reach_is_refused(year: int) -> None:
    with pytest.raises(NothingToPropose):
        proposed(year)
