"""Who must hear of a dossier today, and why: computed from its facts and the calendar, stored nowhere.

Pure: a sweep asks for every open dossier and posts each alert under its `once` key; it may be late or run twice. What
was missed yesterday is told today, at the stage that today is; a dossier that is done, or whose clock stands still,
alerts nobody. Decree 61/2018 Art. 19(4) (papers are asked for within three working days of receipt) and 19(9) (the
apology at the latest a day before it is due); the other figures are the office's own, see `Thresholds`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from knowledge.statuses import Clock
from knowledge.workdays import VIETNAM, Calendar, Due, today


class Facts(Protocol):
    """What is known of a dossier; moments in UTC. `is_open`: neither done nor ended. `clock`: a `Clock`.

    `in_time`: what its officer expects, if asked. `due_at`: the appointment in force, an extension included. `data_at`:
    as of when its source said so.
    """

    @property
    def is_open(self) -> bool: ...
    @property
    def clock(self) -> str: ...
    @property
    def received_at(self) -> datetime | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def in_time(self) -> bool | None: ...
    @property
    def extended_at(self) -> datetime | None: ...
    @property
    def supplement_asked_at(self) -> datetime | None: ...
    @property
    def data_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The figures of the office, in working days.

    `before`: when an officer is reminded, counted down to the due day; at the first they are asked whether it will be
    done in time. Each is the lesser of this and half the term. `apology`: how long before the due day its letter of
    apology is called for. `supplement`: within how many days of receipt papers may be asked for. `director`: on which
    late day the director hears. `stale`: after how much working time without news of its source nothing is called late.
    """

    before: tuple[int, ...] = (3, 1)
    apology: int = 3
    supplement: int = 3
    director: int = 3
    stale: timedelta = timedelta(hours=40)


class AlertKind(StrEnum):
    SOON = "soon"
    TODAY = "today"
    LATE = "late"
    NOT_IN_TIME = "not_in_time"
    APOLOGY = "apology"
    APOLOGY_LAST_DAY = "apology_last_day"
    SUPPLEMENT = "supplement"
    SUPPLEMENT_MISSED = "supplement_missed"


class Addressee(StrEnum):
    OFFICER = "officer"
    HEAD = "head_of_unit"
    DIRECTOR = "director"


# These are told as soon as they are found, in working time; the others wait for the one message of the morning.
URGENT = frozenset({AlertKind.NOT_IN_TIME, AlertKind.APOLOGY_LAST_DAY})


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing for one person to hear. `once`: under this key it is one, however often it is found.

    The key names the due day, so that an extension begins anew. `left`: working days until due, negative when late.
    `by`: the last day on which an apology or a request to supplement still counts.
    """

    kind: AlertKind
    to: Addressee
    once: str
    left: int
    by: date | None = None

    @property
    def is_urgent(self) -> bool:
        return self.kind in URGENT


def overdue(facts: Facts, calendar: Calendar, now: datetime) -> bool:
    """Tell whether a dossier is overdue: its clock runs, and its due moment is past. Never stored."""
    if not facts.is_open or facts.clock != Clock.RUNNING or facts.due_at is None:
        return False
    return calendar.overdue(now, Due.at(facts.due_at))


def stale(data_at: datetime, calendar: Calendar, thresholds: Thresholds, now: datetime) -> bool:
    """Tell whether a source has been silent for so long that what looks late may be done."""
    return calendar.work(data_at, now) > thresholds.stale


def apology_by(calendar: Calendar, due: date) -> date:
    """Return the last lawful day of the apology, its sending included: the last working day up to the day before.

    Due on a Monday means signed and out on the Friday (Decree 61/2018 Art. 19(9)).
    """
    return calendar.previous_working(due)


def supplement_by(calendar: Calendar, received: datetime, thresholds: Thresholds) -> date:
    """Return the last day on which papers may be asked for (Decree 61/2018 Art. 19(4))."""
    return calendar.next_working(today(received), thresholds.supplement)


def stages(calendar: Calendar, received: datetime | None, due: date, thresholds: Thresholds) -> tuple[int, ...]:
    """Return at how many working days left an officer is reminded, the last first; 0 is the day itself.

    Each is the lesser of the setting and half the term, so that a term of two days is not "three days left" from its
    beginning. Where no receipt is known, the settings themselves.
    """
    half = max(thresholds.before, default=0)
    if received is not None:
        half = max(calendar.working_days_between(today(received), due), 0) // 2
    return tuple(sorted({0, *(min(days, half) for days in thresholds.before)}))


def alerts(facts: Facts, calendar: Calendar, thresholds: Thresholds, now: datetime) -> list[Alert]:
    """Return what there is to hear of a dossier today; nothing on a rest day."""
    day = today(now)
    if not facts.is_open or not calendar.is_working(day):
        return []
    due = today(facts.due_at) if facts.due_at else None
    found = list(_supplement(facts, calendar, thresholds, day, due))
    if due is None or facts.clock != Clock.RUNNING:
        return found
    left = calendar.working_days_between(day, due)
    if due < day:
        known = not stale(facts.data_at, calendar, thresholds, now)
        return [*found, *(_late(thresholds, due, left, day) if known else ())]
    return [
        *found,
        *_reminder(facts, calendar, thresholds, due, day),
        *_not_in_time(facts, calendar, thresholds, due, day),
    ]


def _reminder(facts: Facts, calendar: Calendar, thresholds: Thresholds, due: date, day: date) -> Iterator[Alert]:
    left = calendar.working_days_between(day, due)
    stage = next((stage for stage in stages(calendar, facts.received_at, due, thresholds) if left <= stage), None)
    if stage is not None:
        # Printed for a rest day, it is not due on the last working day before: then there is no day left.
        kind = AlertKind.TODAY if due == day else AlertKind.SOON
        yield Alert(kind, Addressee.OFFICER, f"{due}:{stage}", left)


def _late(thresholds: Thresholds, due: date, left: int, day: date) -> Iterator[Alert]:
    yield Alert(AlertKind.LATE, Addressee.OFFICER, f"{due}:late:{day}", left)
    yield Alert(AlertKind.LATE, Addressee.HEAD, f"{due}:late", left)
    if -left >= thresholds.director:
        yield Alert(AlertKind.LATE, Addressee.DIRECTOR, f"{due}:very_late", left)


def _not_in_time(facts: Facts, calendar: Calendar, thresholds: Thresholds, due: date, day: date) -> Iterator[Alert]:
    """Yield what follows when its officer expects that it will not be done in time."""
    if facts.in_time is not False:
        return
    left, by = calendar.working_days_between(day, due), apology_by(calendar, due)
    yield Alert(AlertKind.NOT_IN_TIME, Addressee.HEAD, f"{due}:not_in_time", left)
    # A new appointment is given at most once (Art. 19(9)): after an extension there is no further letter.
    if day > by or facts.extended_at is not None or left > max(thresholds.apology, 1):
        return
    for to in (Addressee.OFFICER, Addressee.HEAD):
        yield Alert(AlertKind.APOLOGY, to, f"{due}:apology", left, by)
        if day == by:
            yield Alert(AlertKind.APOLOGY_LAST_DAY, to, f"{due}:apology_last_day", left, by)


def _supplement(
    facts: Facts, calendar: Calendar, thresholds: Thresholds, day: date, due: date | None
) -> Iterator[Alert]:
    if facts.received_at is None:
        return
    by, asked = supplement_by(calendar, facts.received_at, thresholds), facts.supplement_asked_at
    left = calendar.working_days_between(day, due) if due else 0
    if asked is not None:
        # Told once, and not of what an import brings from long ago.
        if by < today(asked) and calendar.working_days_between(today(asked), day) <= thresholds.supplement:
            yield Alert(AlertKind.SUPPLEMENT_MISSED, Addressee.HEAD, f"{by}:supplement_missed", left, by)
    elif (
        facts.clock == Clock.RUNNING and (due is None or by < due) and calendar.working_days_between(day, by) in {0, 1}
    ):
        yield Alert(AlertKind.SUPPLEMENT, Addressee.OFFICER, f"{by}:supplement", left, by)


def digest_is_due(chosen: time, calendar: Calendar, now: datetime) -> bool:
    """Tell whether somebody's one message of the day may go: on a working day, from the time that they chose on."""
    local = now.astimezone(VIETNAM)
    return calendar.is_working(local.date()) and local.time() >= chosen
