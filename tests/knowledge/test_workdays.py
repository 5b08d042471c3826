"""Terms by the calendar of 2024-2026, counted by hand on a wall calendar."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from knowledge.marked_days import MarkedDay
from knowledge.workdays import Calendar, Due, Hours, Pause, Term, TermUnit, today
from tests.knowledge.year import CALENDAR, at

D, C, H = TermUnit.WORKING_DAYS, TermUnit.CALENDAR_DAYS, TermUnit.HOURS

BY_HAND = [
    # Tết 2025: Monday 27 to Friday 31 January are off
    ("2025-01-22 09:00", 2, D, "2025-01-24 17:00"),
    ("2025-01-22 09:00", 3, D, "2025-02-03 17:00"),
    ("2025-01-24 09:00", 1, D, "2025-02-03 17:00"),
    ("2025-01-24 09:00", 5, D, "2025-02-07 17:00"),
    ("2025-01-28 09:00", 1, D, "2025-02-03 17:00"),
    ("2025-01-22 09:00", 7, C, "2025-02-03 17:00"),
    ("2025-01-22 09:00", 10, C, "2025-02-03 17:00"),
    ("2025-01-22 09:00", 12, C, "2025-02-03 17:00"),
    ("2025-01-22 09:00", 13, C, "2025-02-04 17:00"),
    # Tết 2026: Monday 16 to Friday 20 February are off
    ("2026-02-12 16:30", 1, D, "2026-02-13 17:00"),
    ("2026-02-12 16:30", 2, D, "2026-02-23 17:00"),
    ("2026-02-13 16:30", 3, D, "2026-02-25 17:00"),
    ("2026-02-17 00:30", 1, D, "2026-02-23 17:00"),
    ("2026-02-13 16:30", 7, C, "2026-02-23 17:00"),
    ("2026-02-13 16:30", 15, C, "2026-03-02 17:00"),
    ("2026-02-13 16:30", 1, H, "2026-02-23 07:30"),
    # swapped days: off 2/1 for 10/1, off 31/8 for 22/8 (2026); off 2/5 for 26/4 (2025); off 29/4 for 4/5 (2024)
    ("2025-12-31 10:00", 1, D, "2026-01-05 17:00"),
    ("2026-01-09 10:00", 1, D, "2026-01-10 17:00"),
    ("2026-01-08 10:00", 3, D, "2026-01-12 17:00"),
    ("2026-08-21 10:00", 1, D, "2026-08-22 17:00"),
    ("2026-08-21 10:00", 2, D, "2026-08-24 17:00"),
    ("2026-08-19 10:00", 3, C, "2026-08-22 17:00"),
    ("2026-08-20 10:00", 3, C, "2026-08-24 17:00"),
    ("2026-08-28 10:00", 1, D, "2026-09-03 17:00"),
    ("2026-08-28 10:00", 3, C, "2026-09-03 17:00"),
    ("2026-08-21 16:00", 9, H, "2026-08-22 17:00"),
    ("2025-04-25 10:00", 1, D, "2025-04-26 17:00"),
    ("2025-04-25 10:00", 3, D, "2025-04-29 17:00"),
    ("2025-04-25 10:00", 4, D, "2025-05-05 17:00"),
    ("2024-04-26 10:00", 1, D, "2024-05-02 17:00"),
    ("2024-05-03 10:00", 1, D, "2024-05-04 17:00"),
    # 10/3 lunar on Sunday 26/4/2026 is made up on Monday; 30/4 and 1/5 follow
    ("2026-04-24 10:00", 1, D, "2026-04-28 17:00"),
    ("2026-04-24 10:00", 3, D, "2026-05-04 17:00"),
    # 24/11 is off from 2026, a Tuesday; in 2025 it was a Monday like any other
    ("2026-11-20 10:00", 1, D, "2026-11-23 17:00"),
    ("2026-11-20 10:00", 2, D, "2026-11-25 17:00"),
    ("2026-11-23 10:00", 1, D, "2026-11-25 17:00"),
    ("2026-11-17 10:00", 7, C, "2026-11-25 17:00"),
    ("2026-11-23 13:30", 8, H, "2026-11-25 11:30"),
    ("2025-11-21 10:00", 1, D, "2025-11-24 17:00"),
    # late in the evening and early in the morning are the day they are here, not in UTC
    ("2026-11-20 23:30", 1, D, "2026-11-23 17:00"),
    ("2026-11-23 06:30", 1, D, "2026-11-25 17:00"),
    ("2026-11-22 06:30", 1, D, "2026-11-23 17:00"),
    ("2026-11-25 23:30", 1, C, "2026-11-26 17:00"),
    ("2026-11-26 06:30", 1, C, "2026-11-27 17:00"),
    ("2026-11-20 23:30", 1, H, "2026-11-23 08:00"),
    ("2026-11-23 06:30", 1, H, "2026-11-23 08:00"),
    # hours of work, over noon, over the evening, up to the last minute of a day
    ("2026-11-19 10:00", 4, H, "2026-11-19 16:00"),
    ("2026-11-19 12:00", 2, H, "2026-11-19 15:30"),
    ("2026-11-19 16:00", 2, H, "2026-11-20 08:00"),
    ("2026-11-19 07:00", 8, H, "2026-11-19 17:00"),
    ("2026-11-19 17:00", 8, H, "2026-11-20 17:00"),
    ("2026-11-20 16:00", 2, H, "2026-11-23 08:00"),
    # half days end with the morning; the same day ends today, or tomorrow for whoever comes too late
    ("2026-11-20 10:00", Decimal("0.5"), D, "2026-11-23 11:30"),
    ("2026-11-20 10:00", Decimal("1.5"), D, "2026-11-25 11:30"),
    ("2026-11-20 10:00", Decimal("2.5"), C, "2026-11-23 17:00"),
    ("2026-11-20 10:00", 0, D, "2026-11-20 17:00"),
    ("2026-11-20 17:00", 0, D, "2026-11-23 17:00"),
    ("2026-11-24 10:00", 0, D, "2026-11-25 17:00"),
    # the leap day, and a year whose Tết nobody has announced: what the law fixes by date still holds
    ("2028-02-28 10:00", 1, D, "2028-02-29 17:00"),
    ("2028-02-28 10:00", 1, C, "2028-02-29 17:00"),
    ("2028-02-29 10:00", 1, D, "2028-03-01 17:00"),
    ("2026-12-30 10:00", 2, D, "2027-01-04 17:00"),
]


@pytest.mark.parametrize(("received", "value", "unit", "due"), BY_HAND)
def test_a_term_ends_where_the_wall_calendar_says(received: str, value: int, unit: TermUnit, due: str) -> None:
    found = CALENDAR.due(at(received), Term(value, unit))
    assert (found.moment, found.day) == (at(due), at(due).date())
    assert found.moment.tzinfo is UTC
    assert CALENDAR.due(at(received).astimezone(UTC), Term(value, unit)) == found


def test_what_rests_on_an_unconfirmed_day_says_so() -> None:
    assert CALENDAR.due(at("2026-01-09 10:00"), Term(1)).unconfirmed == (date(2026, 1, 10),)
    assert CALENDAR.due(at("2026-01-08 10:00"), Term(9)).unconfirmed == (date(2026, 1, 10),)
    assert CALENDAR.due(at("2026-01-08 10:00"), Term(3, C)).unconfirmed == (date(2026, 1, 10),)
    assert CALENDAR.due(at("2026-01-10 10:00"), Term(1)).certain
    assert CALENDAR.due(at("2026-01-10 10:00"), Term(1, H)).unconfirmed == (date(2026, 1, 10),)


def test_a_mark_that_changes_nothing_is_no_doubt() -> None:
    sunday = MarkedDay(date(2026, 3, 8), working=False, name="Chủ nhật", confirmed=False)
    calendar = Calendar.of([*CALENDAR.marked, sunday])
    assert calendar.due(at("2026-03-06 10:00"), Term(3)).certain


def test_a_year_without_tet_says_so_and_keeps_what_the_law_fixes() -> None:
    assert CALENDAR.due(at("2026-12-30 10:00"), Term(2)).uncharted == (2027,)
    assert CALENDAR.due(at("2026-12-30 10:00"), Term(1)).certain
    one = Calendar.of([*CALENDAR.marked, MarkedDay(date(2027, 3, 1), working=False, name="Bão", confirmed=True)])
    assert not one.charted(2027)
    assert not one.is_working(date(2027, 11, 24))
    assert one.is_working(date(2025, 11, 24))


def test_what_comes_after_a_cutoff_counts_as_received_on_the_next_working_day() -> None:
    friday = "2026-11-20"
    assert CALENDAR.due(at(f"{friday} 15:01"), Term(1), cutoff=time(15)).day == date(2026, 11, 25)
    assert CALENDAR.due(at(f"{friday} 15:00"), Term(1), cutoff=time(15)).day == date(2026, 11, 23)
    assert CALENDAR.due(at(f"{friday} 15:01"), Term(2, H), cutoff=time(15)).moment == at("2026-11-23 09:00")


def test_days_left_are_working_days_and_late_is_a_matter_of_the_hour() -> None:
    due = CALENDAR.due(at("2026-11-20 10:00"), Term(2))  # Wednesday 25/11
    expected = {"2026-11-20": 2, "2026-11-22": 2, "2026-11-23": 1, "2026-11-24": 1, "2026-11-25": 0, "2026-11-26": -1}
    assert {day: CALENDAR.left(at(f"{day} 06:30"), due) for day in expected} == expected
    assert not CALENDAR.overdue(at("2026-11-25 17:00"), due)
    assert CALENDAR.overdue(at("2026-11-25 17:01"), due)
    assert CALENDAR.work(at("2026-11-23 13:30"), due.moment).total_seconds() == (3.5 + 8) * 3600


@pytest.mark.parametrize(
    ("stopped", "resumed", "due"),
    [
        ("2026-11-10 09:00", "2026-11-18 15:00", "2026-11-20"),  # one day is used; two are left after Wednesday 18
        ("2026-11-12 09:00", "2026-11-20 09:00", "2026-11-20"),  # stopped on the last day: that day is still owed
        ("2026-11-12 09:00", "2026-11-21 09:00", "2026-11-23"),  # and when it comes on a Saturday, the next working day
        ("2026-11-12 17:01", "2026-11-20 09:00", "2026-11-12"),  # what was overdue stays so
        ("2026-11-09 11:00", "2026-11-20 09:00", "2026-11-26"),  # stopped on the day of receipt: all three are left
    ],
)
def test_a_clock_that_stood_still_goes_on_with_what_was_left(stopped: str, resumed: str, due: str) -> None:
    found = CALENDAR.due(at("2026-11-09 10:00"), Term(3), [Pause(at(stopped), at(resumed))])
    assert found.day == date.fromisoformat(due)


def test_the_hours_of_the_office_are_its_own() -> None:
    afternoon = Hours(((time(13), time(18)),), confirmed=True)
    calendar = Calendar.of(CALENDAR.marked, afternoon)
    assert calendar.due(at("2026-11-20 10:00"), Term(1)).moment == at("2026-11-23 18:00")
    assert calendar.due(at("2026-11-20 10:00"), Term(Decimal("0.5"))).moment == at("2026-11-23 15:30")
    assert calendar.due(at("2026-11-20 10:00"), Term(6, H)).moment == at("2026-11-23 14:00")


@pytest.mark.parametrize(
    "sessions",
    [
        (),
        ((time(8), time(8)),),
        ((time(13), time(17)), (time(7), time(11))),
        ((time(7), time(12)), (time(11), time(17))),
        ((time(7), time(9)), (time(9, 30), time(11)), (time(13), time(17))),
    ],
)
def test_working_time_is_a_morning_and_an_afternoon(sessions: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="session"):
        Hours(sessions)


@pytest.mark.parametrize(
    ("moment", "worked"),
    [
        ("2026-11-20 10:00", "2026-11-20 10:00"),
        ("2026-11-20 12:15", "2026-11-20 11:30"),
        ("2026-11-20 23:30", "2026-11-20 17:00"),
        ("2026-11-25 02:00", "2026-11-23 17:00"),
        ("2026-02-23 06:30", "2026-02-13 17:00"),
    ],
)
def test_what_a_night_tells_of_was_done_at_the_end_of_the_last_working_day(moment: str, worked: str) -> None:
    assert CALENDAR.last_worked(at(moment)) == at(worked)


@pytest.mark.parametrize("value", [-1, Decimal("-0.5"), 10**9, Decimal("NaN"), Decimal("Infinity")])
def test_a_term_that_cannot_be_is_refused(value: int | Decimal) -> None:
    for unit in TermUnit:
        with pytest.raises(ValueError, match="no term"):
            Term(value, unit)


def test_a_system_that_counts_in_hours_means_days() -> None:
    assert Term.counted_in_hours(40) == Term(5)
    assert Term.counted_in_hours(4) == Term(Decimal("0.5"))
    assert Term.counted_in_hours(3) == Term(3, H)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 20, 10, 0)  # noqa: DTZ001  the fault that is looked for
    for ask in (today, Due.at, lambda moment: CALENDAR.due(moment, Term(1))):
        with pytest.raises(ValueError, match="time zone"):
            ask(naive)
