"""When a dossier is due, after all that stopped its clock. The rule is that of the procedure's version at receipt.

Decree 61/2018 Art. 19(4): after a request to supplement the term is counted again from the complete dossier; decrees of
single sectors (26/2026) let it go on. Decree 118/2025, which has replaced the first, was not seen: the rule is data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from knowledge.statuses import Status
from knowledge.workdays import Calendar, Due, Pause, Term


class ClockRule(StrEnum):
    """What a request to supplement does to the term: it goes on afterwards, or begins again."""

    PAUSE = "pause"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which the clock stood still. `status`: why (5, 6, 8); `until` None: it still does."""

    since: datetime
    until: datetime | None
    status: Status


def stops(history: Iterable[tuple[datetime, Status]]) -> list[Stop]:
    """Return the stops in a history of (moment, status), in any order; two statuses that stop are one stop each."""
    found: list[Stop] = []
    for at, status in sorted(history):
        if found and found[-1].until is None:
            found[-1] = Stop(found[-1].since, at, found[-1].status)
        if status in {Status.TO_SUPPLEMENT, Status.TO_PAY, Status.HALTED}:
            found.append(Stop(at, None, status))
    return found


def due(
    calendar: Calendar,
    received: datetime,
    term: Term,
    *,
    rule: ClockRule,
    stopped: Sequence[Stop] = (),
    cutoff: time | None = None,
) -> Due | None:
    """Return when the dossier is due; None while its clock stands still, for nobody knows when it goes on.

    With RESTART only a request to supplement (5) begins the term again; a fee or a halt is waited for.
    """
    if any(stop.until is None for stop in stopped):
        return None
    begun = received
    if rule is ClockRule.RESTART:
        completed = [stop.until for stop in stopped if stop.until and stop.status is Status.TO_SUPPLEMENT]
        begun = max([received, *completed])
    pauses = [Pause(stop.since, stop.until) for stop in stopped if stop.until and stop.until > begun]
    return calendar.due(begun, term, pauses, cutoff=cutoff)
