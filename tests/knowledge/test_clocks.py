"""When a dossier is due after all that stopped its clock."""

from datetime import date

import pytest

from knowledge.clocks import ClockRule, Stop, due, stops
from knowledge.statuses import Clock, Status, clock
from knowledge.workdays import Term
from storage import dossiers
from tests.knowledge.year import CALENDAR, at

RECEIVED = at("2026-11-02 09:00")  # a Monday; seven working days end on Wednesday 11/11
SEVEN = Term(7)
SUPPLEMENT = Stop(at("2026-11-04 10:00"), at("2026-11-16 15:00"), Status.TO_SUPPLEMENT)
FEE = Stop(at("2026-11-17 10:00"), at("2026-11-19 15:00"), Status.TO_PAY)


@pytest.mark.parametrize(
    ("rule", "stopped", "day"),
    [
        (ClockRule.PAUSE, [], "2026-11-11"),
        (ClockRule.RESTART, [], "2026-11-11"),
        (ClockRule.PAUSE, [SUPPLEMENT], "2026-11-23"),  # 3 and 4 are used; five days after the 16th
        (ClockRule.RESTART, [SUPPLEMENT], "2026-11-26"),  # all seven after the 16th; the 24th is off
        (ClockRule.PAUSE, [SUPPLEMENT, FEE], "2026-11-26"),
        (ClockRule.RESTART, [SUPPLEMENT, FEE], "2026-11-30"),
        (ClockRule.RESTART, [FEE, SUPPLEMENT], "2026-11-30"),
        (ClockRule.PAUSE, [Stop(at("2026-11-12 08:00"), at("2026-11-20 08:00"), Status.TO_PAY)], "2026-11-11"),
    ],
)
def test_the_rule_at_receipt_says_what_a_request_to_supplement_does(
    rule: ClockRule, stopped: list[Stop], day: str
) -> None:
    found = due(CALENDAR, RECEIVED, SEVEN, rule=rule, stopped=stopped)
    assert found is not None
    assert found.day == date.fromisoformat(day)


@pytest.mark.parametrize("rule", ClockRule)
def test_while_the_clock_stands_still_nobody_knows_when_it_is_due(rule: ClockRule) -> None:
    open_ended = Stop(at("2026-11-04 10:00"), None, Status.TO_PAY)
    assert due(CALENDAR, RECEIVED, SEVEN, rule=rule, stopped=[open_ended]) is None


def test_stops_are_read_from_the_history_whatever_its_order() -> None:
    history = [
        (RECEIVED, Status.ACCEPTED),
        (at("2026-11-04 10:00"), Status.TO_SUPPLEMENT),
        (at("2026-11-05 10:00"), Status.TO_PAY),
        (at("2026-11-06 10:00"), Status.IN_PROGRESS),
        (at("2026-11-09 10:00"), Status.HALTED),
    ]
    expected = [
        Stop(at("2026-11-04 10:00"), at("2026-11-05 10:00"), Status.TO_SUPPLEMENT),
        Stop(at("2026-11-05 10:00"), at("2026-11-06 10:00"), Status.TO_PAY),
        Stop(at("2026-11-09 10:00"), None, Status.HALTED),
    ]
    assert stops(history) == stops(reversed(history)) == expected


def test_the_register_and_the_rules_know_the_same_statuses() -> None:
    assert [status.name for status in Status] == [status.name for status in dossiers.Status]
    assert [str(clock) for clock in Clock] == [str(clock) for clock in dossiers.Clock]
    assert clock(Status.HALTED) is Clock.STOPPED
    assert clock(Status.HALTED, halted_ends=True) is Clock.ENDED
    assert clock(Status.IN_PROGRESS, halted_ends=True) is Clock.RUNNING
