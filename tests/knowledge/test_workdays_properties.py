"""What holds of every term, whatever the calendar."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.marked_days import MarkedDay
from knowledge.workdays import VIETNAM, Calendar, Pause, Term, TermUnit, today
from tests.knowledge.year import CALENDAR

# The same cases every time, and no stop-watch: a machine that is busy is no fault of the calendar.
settings.register_profile("calendar", deadline=None, derandomize=True)
settings.load_profile("calendar")

_FIRST, _LAST = datetime(2024, 1, 1), datetime(2026, 10, 1)  # noqa: DTZ001  hypothesis wants the bounds naive
moments = st.datetimes(_FIRST, _LAST, timezones=st.sampled_from([UTC, VIETNAM]))
marks = st.builds(
    MarkedDay,
    st.dates(_FIRST.date(), date(2026, 12, 31)),
    working=st.booleans(),
    name=st.just("x"),
    confirmed=st.booleans(),
)
# The calendar as it is, and calendars in which any fifty days are something else.
calendars = st.just(CALENDAR) | st.lists(marks, max_size=50, unique_by=lambda m: m.day).map(Calendar.of)
halves = st.integers(1, 60).map(lambda number: Decimal(number) / 2)
terms = st.one_of(
    halves.map(Term),
    st.integers(1, 60).map(lambda days: Term(days, TermUnit.CALENDAR_DAYS)),
    st.integers(1, 200).map(lambda quarters: Term(Decimal(quarters) / 4, TermUnit.HOURS)),
)


@given(calendars, moments, terms)
def test_a_due_day_is_a_working_day_after_the_receipt(calendar: Calendar, received: datetime, term: Term) -> None:
    due = calendar.due(received, term)
    assert calendar.is_working(due.day)
    assert due.day == today(due.moment)
    assert due.moment > received
    assert term.unit is TermUnit.HOURS or due.day > today(received)


@given(calendars, moments, terms, st.integers(0, 24 * 60 - 1))
def test_nothing_is_left_on_the_day_it_is_due(calendar: Calendar, received: datetime, term: Term, minute: int) -> None:
    due = calendar.due(received, term)
    on_the_day = datetime(due.day.year, due.day.month, due.day.day, tzinfo=VIETNAM) + timedelta(minutes=minute)
    assert calendar.left(on_the_day, due) == 0
    assert calendar.left(received, due) >= 0
    assert calendar.left(due.moment + timedelta(days=30), due) < 0


@given(calendars, moments, st.integers(1, 60))
def test_a_term_in_working_days_has_exactly_as_many(calendar: Calendar, received: datetime, days: int) -> None:
    due = calendar.due(received, Term(days))
    assert calendar.working_days_between(today(received), due.day) == days
    assert calendar.previous_working(due.day, days) <= today(received)
    assert calendar.next_working(today(received), days) == due.day


@given(calendars, moments, st.integers(1, 300))
def test_a_term_in_hours_has_exactly_as_many(calendar: Calendar, received: datetime, quarters: int) -> None:
    due = calendar.due(received, Term(Decimal(quarters) / 4, TermUnit.HOURS))
    assert calendar.work(received, due.moment) == timedelta(minutes=15) * quarters


@given(calendars, moments, terms, terms)
def test_more_time_ends_later_and_so_does_a_later_receipt(
    calendar: Calendar, received: datetime, term: Term, other: Term
) -> None:
    longer = Term(term.value + other.value, term.unit)
    assert calendar.due(received, longer).moment >= calendar.due(received, term).moment
    later = received + timedelta(hours=float(other.value))
    assert calendar.due(later, term).moment >= calendar.due(received, term).moment


@given(calendars, moments, terms, st.floats(0, 1), st.timedeltas(timedelta(), timedelta(days=40)))
def test_a_pause_keeps_the_amount_of_work(
    calendar: Calendar, received: datetime, term: Term, part: float, pause: timedelta
) -> None:
    plain = calendar.due(received, term)
    stopped = received + (plain.moment - received) * part
    resumed = stopped + pause
    due = calendar.due(received, term, [Pause(stopped, resumed)])
    assert calendar.is_working(due.day)
    assert due.moment >= plain.moment
    if stopped >= plain.moment:
        assert due == plain
        return
    assert due.moment > resumed
    match term.unit:
        case TermUnit.HOURS:
            spent = calendar.work(received, stopped) + calendar.work(resumed, due.moment)
            assert abs(spent - timedelta(hours=float(term.value))) <= timedelta(microseconds=2)
        case TermUnit.WORKING_DAYS:
            first = calendar.working_days_between(today(received), today(stopped))
            rest = calendar.working_days_between(today(resumed), due.day)
            whole = ceil(term.value)
            # Stopped on the very last day, that day is owed again; it is the next one when it comes after hours.
            assert first + rest == whole or (first == whole and rest <= 1)


@given(calendars, moments, terms, st.floats(0, 1))
def test_a_pause_of_no_length_changes_nothing(calendar: Calendar, received: datetime, term: Term, part: float) -> None:
    plain = calendar.due(received, term)
    stopped = received + (plain.moment - received) * part
    due = calendar.due(received, term, [Pause(stopped, stopped)])
    assert abs(due.moment - plain.moment) <= timedelta(microseconds=2)


@given(
    calendars, moments, terms, st.lists(st.tuples(moments, st.timedeltas(timedelta(), timedelta(days=20))), max_size=4)
)
def test_pauses_in_any_order_end_in_the_same_day(
    calendar: Calendar, received: datetime, term: Term, stops: list[tuple[datetime, timedelta]]
) -> None:
    pauses = [Pause(stopped, stopped + length) for stopped, length in stops]
    assert calendar.due(received, term, pauses) == calendar.due(received, term, reversed(pauses))


@given(moments, terms, st.lists(marks, max_size=20, unique_by=lambda m: m.day))
def test_only_unconfirmed_days_that_could_move_it_are_a_doubt(
    received: datetime, term: Term, marked: list[MarkedDay]
) -> None:
    known = {each.day for each in CALENDAR.marked}
    marked = [each for each in marked if each.day not in known]
    calendar = Calendar.of([*CALENDAR.marked, *marked])
    due = calendar.due(received, term)
    doubtful = {each.day for each in marked if not each.confirmed} | {date(2026, 1, 10)}
    assert set(due.unconfirmed) <= doubtful
    assert all(today(received) <= day <= due.day for day in due.unconfirmed)
    settled = [each for each in marked if each.confirmed or each.day in due.unconfirmed]
    assert Calendar.of([*CALENDAR.marked, *settled]).due(received, term).moment == due.moment


@given(calendars, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 500))
def test_working_days_are_counted_as_one_would_one_by_one(calendar: Calendar, first: date, number: int) -> None:
    last = first + timedelta(days=number)
    count = sum(calendar.is_working(first + timedelta(days=n)) for n in range(1, number + 1))
    assert calendar.working_days_between(first, last) == count
    assert calendar.working_days_between(last, first) == -count


@given(calendars, moments, terms)
def test_what_is_left_is_as_certain_as_the_due_day(calendar: Calendar, received: datetime, term: Term) -> None:
    due = calendar.due(received, term)
    assert term.unit is TermUnit.HOURS or calendar.certain(today(received), due.day) is due.certain
