"""What holds of every dossier on every day."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.deadlines import Addressee, AlertKind, Thresholds, alerts, apology_by, overdue
from knowledge.statuses import Clock
from knowledge.workdays import VIETNAM, Term, today
from tests.knowledge.year import CALENDAR

settings.register_profile("deadlines", deadline=None, derandomize=True)
settings.load_profile("deadlines")

_FIRST, _LAST = datetime(2024, 3, 1), datetime(2026, 12, 1)  # noqa: DTZ001  hypothesis wants the bounds naive
moments = st.datetimes(_FIRST, _LAST, timezones=st.sampled_from([UTC, VIETNAM]))
figures = st.builds(
    Thresholds,
    before=st.lists(st.integers(1, 10), min_size=1, max_size=3).map(tuple),
    apology=st.integers(1, 5),
    director=st.integers(1, 5),
)


def dossier(received: datetime, days: int, in_time: bool | None, clock: Clock) -> SimpleNamespace:
    return SimpleNamespace(
        is_open=clock in {Clock.RUNNING, Clock.STOPPED},
        clock=clock,
        received_at=received,
        due_at=CALENDAR.due(received, Term(days)).moment,
        in_time=in_time,
        extended_at=None,
        supplement_asked_at=None,
        data_at=datetime(2027, 1, 1, tzinfo=UTC),
    )


dossiers = st.builds(
    dossier, moments, st.integers(1, 40), st.sampled_from([None, True, False]), st.sampled_from(list(Clock))
)


@given(dossiers, figures, st.integers(0, 60), st.integers(0, 23))
def test_an_alert_is_told_on_a_working_day_under_one_key_and_for_a_reason(
    facts: SimpleNamespace, thresholds: Thresholds, later: int, hour: int
) -> None:
    day = today(facts.received_at) + timedelta(days=later)
    now = datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM)
    found = alerts(facts, CALENDAR, thresholds, now)
    assert not found or (CALENDAR.is_working(day) and facts.is_open)
    assert len({(one.kind, one.to, one.once) for one in found}) == len(found)
    due, term = today(facts.due_at), CALENDAR.working_days_between(today(facts.received_at), today(facts.due_at))
    for one in found:
        match one.kind:
            case AlertKind.SOON:
                assert 0 < one.left <= min(max(thresholds.before), term // 2)
            case AlertKind.TODAY:
                assert day == due
            case AlertKind.LATE:
                assert overdue(facts, CALENDAR, now)
                assert one.to is not Addressee.DIRECTOR or -one.left >= thresholds.director
            case AlertKind.APOLOGY | AlertKind.APOLOGY_LAST_DAY:
                assert facts.in_time is False
                assert one.by is not None
                assert day <= one.by < due


@given(st.dates(date(2024, 3, 1), date(2026, 12, 1)))
def test_between_the_last_day_of_an_apology_and_the_due_day_nobody_works(due: date) -> None:
    by = apology_by(CALENDAR, due)
    assert CALENDAR.is_working(by)
    assert by < due
    assert CALENDAR.working_days_between(by, due) == CALENDAR.is_working(due)


@settings(max_examples=40)
@given(dossiers, figures)
def test_a_daily_sweep_leaves_no_stage_out(facts: SimpleNamespace, thresholds: Thresholds) -> None:
    received, due = today(facts.received_at), today(facts.due_at)
    told: dict[tuple[AlertKind, Addressee, str], date] = {}
    for number in range((due - received).days + 30):
        day = received + timedelta(days=number)
        for one in alerts(facts, CALENDAR, thresholds, datetime(day.year, day.month, day.day, 7, 30, tzinfo=VIETNAM)):
            told.setdefault((one.kind, one.to, one.once), day)
    kinds = [kind for kind, _, _ in told]
    if facts.clock is Clock.RUNNING:
        assert told[AlertKind.TODAY, Addressee.OFFICER, f"{due}:0"] == due
        assert kinds.count(AlertKind.TODAY) == 1
        assert told[AlertKind.LATE, Addressee.HEAD, f"{due}:late"] == CALENDAR.next_working(due)
        very_late = told[AlertKind.LATE, Addressee.DIRECTOR, f"{due}:very_late"]
        assert very_late == CALENDAR.next_working(due, thresholds.director)
    else:
        assert not kinds
