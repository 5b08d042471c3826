"""A calendar that was changed, held against the appointments that rest on it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from knowledge.clocks import ClockRule, due, stops
from knowledge.statuses import Status
from knowledge.workdays import Calendar, Hours, Term, TermUnit
from storage import Tx, dossier_recounts
from storage.days import CalendarDay
from storage.dossier_recounts import Counted

# A due day moves from a rest day to the next working day, over Tết at the furthest.
_REACH = timedelta(days=20)


async def recount(
    tx: Tx, before: Iterable[CalendarDay], after: Iterable[CalendarDay], hours: Hours, *, by: int | None, at: datetime
) -> list[Counted]:
    """Propose what the new calendar makes of open dossiers; return those for which it differs from the old one.

    In the transaction of the change: what was given to people stays, and nobody forgets that it is in question.
    """
    old, new = Calendar.of(before, hours), Calendar.of(after, hours)
    days = sorted({(each.day, each.working) for each in old.marked} ^ {(each.day, each.working) for each in new.marked})
    if not days:
        return []
    first, last = new.close(days[0][0]) - _REACH, new.close(days[-1][0]) + timedelta(days=1)
    changed = []
    for one in await dossier_recounts.counted_over(tx, first, last):
        term = Term(Decimal(one.term), TermUnit(one.term_unit))
        was, is_ = old.due(one.received_at, term).moment, new.due(one.received_at, term).moment
        if was != is_:
            changed.append((one, was, is_))
    await dossier_recounts.recount(tx, changed, by=by, at=at)
    return [one for one, _, _ in changed]


async def redated(tx: Tx, keys: Iterable[str], calendar: Calendar) -> None:
    """Count anew the appointments that are our own arithmetic, where the clock goes on after it stood still.

    By the rule at receipt; where none is known the term goes on, so that nobody believes in more time than there is.
    """
    for one in await dossier_recounts.undated(tx, list(keys)):
        history = [(at, Status(status)) for at, status in one.history]
        rule = ClockRule(one.clock_rule or ClockRule.PAUSE)
        term = Term(Decimal(one.term), TermUnit(one.term_unit))
        if found := due(calendar, one.received_at, term, rule=rule, stopped=stops(history)):
            await dossier_recounts.date_(tx, one.id, found.moment)
