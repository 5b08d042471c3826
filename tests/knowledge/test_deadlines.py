"""Who must hear of a dossier, day by day."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from knowledge.deadlines import (
    Addressee,
    Alert,
    AlertKind,
    Thresholds,
    alerts,
    apology_by,
    digest_is_due,
    overdue,
    stages,
    supplement_by,
)
from knowledge.statuses import Clock
from knowledge.workdays import Term
from tests.knowledge.year import CALENDAR, at

OFFICE = Thresholds(stale=timedelta(hours=16))
OFFICER, HEAD, DIRECTOR = Addressee.OFFICER, Addressee.HEAD, Addressee.DIRECTOR


FRIDAY, FIFTEEN_DAYS_BEFORE, MUCH_LATER = at("2026-11-20 17:00"), at("2026-10-30 10:00"), at("2026-12-31 00:00")


@dataclass(frozen=True)
class Dossier:
    due_at: datetime | None = FRIDAY
    received_at: datetime | None = FIFTEEN_DAYS_BEFORE
    clock: str = Clock.RUNNING
    is_open: bool = True
    in_time: bool | None = None
    extended_at: datetime | None = None
    supplement_asked_at: datetime | None = None
    data_at: datetime = MUCH_LATER


def heard(dossier: Dossier, day: str, hour: str = "07:30") -> set[tuple[str, str]]:
    return {(str(one.kind), str(one.to)) for one in alerts(dossier, CALENDAR, OFFICE, at(f"{day} {hour}"))}


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-16", set()),
        ("2026-11-17", {("soon", "officer")}),
        ("2026-11-18", {("soon", "officer")}),
        ("2026-11-19", {("soon", "officer")}),
        ("2026-11-20", {("today", "officer")}),
        ("2026-11-21", set()),
        ("2026-11-23", {("late", "officer"), ("late", "head_of_unit")}),
        ("2026-11-24", set()),
        ("2026-11-25", {("late", "officer"), ("late", "head_of_unit")}),
        ("2026-11-26", {("late", "officer"), ("late", "head_of_unit"), ("late", "director")}),
    ],
)
def test_the_days_of_a_dossier(day: str, said: set[tuple[str, str]]) -> None:
    assert heard(Dossier(), day) == said
    assert heard(Dossier(), day, "23:30") == said


def told(dossier: Dossier, first: str, last: str) -> list[tuple[str, str, str]]:
    """What is told when a sweep runs every day and each key is told once."""
    keys: set[tuple[str, str, str]] = set()
    lines = []
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        for one in alerts(dossier, CALENDAR, OFFICE, at(f"{day} 07:30")):
            key = (one.kind, one.to, one.once)
            if key not in keys:
                keys.add(key)
                lines.append((day.isoformat()[5:], str(one.kind), str(one.to)))
        day += timedelta(days=1)
    return lines


def test_each_stage_is_told_once_and_lateness_every_day_to_its_officer_only() -> None:
    assert told(Dossier(), "2026-11-01", "2026-11-27") == [
        ("11-03", "supplement", "officer"),
        ("11-17", "soon", "officer"),
        ("11-19", "soon", "officer"),
        ("11-20", "today", "officer"),
        ("11-23", "late", "officer"),
        ("11-23", "late", "head_of_unit"),
        ("11-25", "late", "officer"),
        ("11-26", "late", "officer"),
        ("11-26", "late", "director"),
        ("11-27", "late", "officer"),
    ]


def test_what_a_silent_week_missed_is_told_at_the_stage_that_today_is() -> None:
    assert [line[1:] for line in told(Dossier(), "2026-11-20", "2026-11-20")] == [("today", "officer")]
    assert [line[1:] for line in told(Dossier(), "2026-11-30", "2026-11-30")] == [
        ("late", "officer"),
        ("late", "head_of_unit"),
        ("late", "director"),
    ]


def test_an_extension_begins_anew() -> None:
    first = {one.once for one in alerts(Dossier(), CALENDAR, OFFICE, at("2026-11-19 08:00"))}
    moved = Dossier(due_at=at("2026-11-27 17:00"), extended_at=at("2026-11-18 10:00"))
    assert first.isdisjoint(one.once for one in alerts(moved, CALENDAR, OFFICE, at("2026-11-26 08:00")))
    assert heard(moved, "2026-11-19") == set()


@pytest.mark.parametrize(
    "closed",
    [
        Dossier(is_open=False),
        Dossier(clock=Clock.STOPPED),
        Dossier(clock=Clock.STOPPED, supplement_asked_at=at("2026-11-04 10:00")),
        Dossier(clock=Clock.ENDED, is_open=False, in_time=False),
        Dossier(due_at=None, received_at=None),
    ],
)
def test_what_is_done_or_stands_still_alerts_nobody(closed: Dossier) -> None:
    assert told(closed, "2026-11-10", "2026-12-20") == []
    assert not overdue(closed, CALENDAR, at("2026-12-20 08:00"))


def test_overdue_is_computed_from_the_moment() -> None:
    assert not overdue(Dossier(), CALENDAR, at("2026-11-20 17:00"))
    assert overdue(Dossier(), CALENDAR, at("2026-11-20 17:01"))


@pytest.mark.parametrize(
    ("days", "expected"), [(1, (0,)), (2, (0, 1)), (3, (0, 1)), (5, (0, 1, 2)), (6, (0, 1, 3)), (30, (0, 1, 3))]
)
def test_a_reminder_comes_no_earlier_than_half_the_term(days: int, expected: tuple[int, ...]) -> None:
    received = at("2026-11-02 09:00")
    assert stages(CALENDAR, received, CALENDAR.due(received, Term(days)).day, OFFICE) == expected


@pytest.mark.parametrize(
    ("due", "by"),
    [
        ("2026-11-23", "2026-11-20"),  # due on a Monday: signed and out on the Friday
        ("2026-11-25", "2026-11-23"),  # 24/11 is off
        ("2026-11-20", "2026-11-19"),
        ("2026-02-23", "2026-02-13"),  # over Tết
        ("2026-08-24", "2026-08-22"),  # a Saturday that is worked
    ],
)
def test_the_apology_is_out_by_the_last_working_day_before(due: str, by: str) -> None:
    assert apology_by(CALENDAR, date.fromisoformat(due)) == date.fromisoformat(by)


def test_not_in_time_goes_to_the_head_at_once_and_calls_for_the_apology() -> None:
    late = Dossier(in_time=False)
    assert told(late, "2026-11-12", "2026-11-19") == [
        ("11-12", "not_in_time", "head_of_unit"),
        ("11-17", "soon", "officer"),
        ("11-17", "apology", "officer"),
        ("11-17", "apology", "head_of_unit"),
        ("11-19", "soon", "officer"),
        ("11-19", "apology_last_day", "officer"),
        ("11-19", "apology_last_day", "head_of_unit"),
    ]
    [last] = [one for one in alerts(late, CALENDAR, OFFICE, at("2026-11-19 08:00")) if one == last_day(late)]
    assert last.is_urgent
    assert last.by == date(2026, 11, 19)


def last_day(dossier: Dossier) -> Alert:
    assert dossier.due_at
    return Alert(AlertKind.APOLOGY_LAST_DAY, HEAD, "2026-11-20:apology_last_day", 1, date(2026, 11, 19))


def test_an_appointment_printed_for_a_rest_day_is_not_due_before_and_its_letter_has_until_the_day_before() -> None:
    holiday = Dossier(due_at=at("2026-11-24 17:00"), in_time=False)
    assert told(holiday, "2026-11-19", "2026-11-25") == [
        ("11-19", "soon", "officer"),
        ("11-19", "not_in_time", "head_of_unit"),
        ("11-19", "apology", "officer"),
        ("11-19", "apology", "head_of_unit"),
        ("11-20", "soon", "officer"),
        ("11-23", "soon", "officer"),
        ("11-23", "apology_last_day", "officer"),
        ("11-23", "apology_last_day", "head_of_unit"),
        ("11-25", "late", "officer"),
        ("11-25", "late", "head_of_unit"),
    ]
    assert apology_by(CALENDAR, date(2026, 11, 24)) == date(2026, 11, 23)


def test_there_is_no_second_apology() -> None:
    again = Dossier(in_time=False, extended_at=at("2026-11-10 10:00"))
    kinds = {line[1] for line in told(again, "2026-11-12", "2026-11-20")}
    assert kinds == {"not_in_time", "soon", "today"}


def test_whoever_expects_to_be_in_time_is_only_reminded() -> None:
    kinds = {line[1] for line in told(Dossier(in_time=True), "2026-11-12", "2026-11-20")}
    assert kinds == {"soon", "today"}


def test_papers_are_asked_for_within_three_working_days_of_receipt() -> None:
    assert supplement_by(CALENDAR, at("2026-11-20 23:30"), OFFICE) == date(2026, 11, 26)
    assert "supplement" in {kind for kind, _ in heard(Dossier(), "2026-11-03")}
    asked = Dossier(supplement_asked_at=at("2026-11-04 16:00"), clock=Clock.STOPPED)
    assert told(asked, "2026-11-04", "2026-11-27") == []
    missed = replace(asked, supplement_asked_at=at("2026-11-05 08:00"))
    assert told(missed, "2026-11-05", "2026-11-30") == [("11-05", "supplement_missed", "head_of_unit")]
    short = Dossier(received_at=at("2026-11-18 10:00"))
    assert "supplement" not in {line[1] for line in told(short, "2026-11-18", "2026-11-20")}


def test_a_source_that_has_fallen_silent_makes_nobody_late() -> None:
    silent = Dossier(data_at=at("2026-11-20 17:00"))
    assert heard(silent, "2026-11-23") == {("late", "officer"), ("late", "head_of_unit")}
    assert heard(silent, "2026-11-25", "17:00") == {("late", "officer"), ("late", "head_of_unit")}
    assert heard(silent, "2026-11-26") == set()
    assert heard(replace(silent, due_at=at("2026-11-26 17:00")), "2026-11-26") == {("today", "officer")}


def test_the_message_of_the_day_goes_on_working_days_from_the_time_that_was_chosen() -> None:
    assert not digest_is_due(time(7, 30), CALENDAR, at("2026-11-23 07:29"))
    assert digest_is_due(time(7, 30), CALENDAR, at("2026-11-23 07:30"))
    assert digest_is_due(time(7, 30), CALENDAR, at("2026-11-23 23:59"))
    assert not digest_is_due(time(7, 30), CALENDAR, at("2026-11-24 08:00"))
    assert not digest_is_due(time(7, 30), CALENDAR, at("2026-11-22 08:00"))


# November and December 2026 as a wall calendar shows them.
WORKED = [date(2026, 11, 2) + timedelta(days=n) for n in range(46) if n % 7 < 5 and n != 22]


def by_hand(dossier: Dossier, from_: date) -> Iterator[tuple[date, str, str]]:
    """The table, from positions on the wall calendar alone."""
    assert dossier.due_at
    assert dossier.received_at
    due, got = WORKED.index(dossier.due_at.date()), WORKED.index(dossier.received_at.date())
    term = due - got
    for threshold in sorted({min(3, term // 2), min(1, term // 2)} - {0}):
        yield WORKED[due - threshold], "soon", "officer"
    yield WORKED[due], "today", "officer"
    for day in WORKED[due + 1 :]:
        yield day, "late", "officer"
    yield WORKED[due + 1], "late", "head_of_unit"
    yield WORKED[due + 3], "late", "director"
    if term > 3:
        yield WORKED[got + 2], "supplement", "officer"


def test_a_month_of_dossiers_is_told_as_the_table_says() -> None:
    random = Random(6)  # noqa: S311  no secret
    for _ in range(200):
        got = random.randrange(12)
        due = got + random.randrange(1, 14)
        dossier = Dossier(
            received_at=at(f"{WORKED[got]} {random.randrange(24):02}:30"), due_at=at(f"{WORKED[due]} 17:00")
        )
        lines = told(dossier, "2026-11-01", "2026-12-17")
        expected = sorted((day.isoformat()[5:], kind, to) for day, kind, to in by_hand(dossier, WORKED[0]))
        assert sorted(lines) == expected, dossier
