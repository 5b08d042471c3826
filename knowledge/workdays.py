"""Days as the Department counts them: working days, terms and when they end. Pure: no clock, no store.

Sources: Civil Code 2015 Art. 147-148 (the first day is excluded; a last day that is a rest day moves the end to the end
of the next working day) and Labour Code 2019 Art. 111-112 (holidays). Moments are aware, days are those of Viet Nam.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from math import ceil
from zoneinfo import ZoneInfo

from knowledge.marked_days import (
    SATURDAY,
    Marked,
    MarkedDay,
    charted,
    fixed_holiday,
    fixed_holidays,
    in_season_of_tet,
    tells,
)

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_DAY = timedelta(days=1)
# Whatever a term may reach; of years beyond, the holidays fixed by date would not be counted.
_SPAN = range(1990, 2120)
# Nothing the Department does has ten years; a slip of the keyboard must not count for minutes, or past the year 9999.
_LONGEST = {"working_days": 2600, "calendar_days": 3660, "hours": 20_800}


def today(now: datetime) -> date:
    """Return the day in Viet Nam at the aware moment `now`: until 07:00 there it is still yesterday in UTC."""
    if now.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return now.astimezone(VIETNAM).date()


class TermUnit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Term:
    """How long something may take. Half a working day is a morning or an afternoon; HOURS are hours of work.

    0 means "on the same day". Raises ValueError for less, and for more than about ten years.
    """

    value: Decimal | int
    unit: TermUnit = TermUnit.WORKING_DAYS

    def __post_init__(self) -> None:
        if not Decimal(self.value).is_finite() or not 0 <= self.value <= _LONGEST[self.unit]:
            raise ValueError(f"no term lasts {self.value} {self.unit}")

    @classmethod
    def counted_in_hours(cls, hours: Decimal | int) -> "Term":
        """Return what one-stop systems mean that keep every term in hours: 8 are a day, 4 are half a day."""
        if hours % 4:
            return cls(hours, TermUnit.HOURS)
        return cls(Decimal(hours) / 8, TermUnit.WORKING_DAYS)


@dataclass(frozen=True, slots=True)
class Hours:
    """The working time of a day: one session, or a morning and an afternoon. `confirmed`: by the office itself.

    The default has the eight hours of Labour Code Art. 105; what holds in Khánh Hòa is not known and is a setting.
    """

    sessions: tuple[tuple[time, time], ...] = ((time(7), time(11, 30)), (time(13, 30), time(17)))
    confirmed: bool = False

    def __post_init__(self) -> None:
        marks = [mark for session in self.sessions for mark in session]
        if len(self.sessions) not in {1, 2} or sorted(set(marks)) != marks:
            raise ValueError("working time is one session, or a morning and then an afternoon")


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which a clock stood still: from what the Department asked for until it came."""

    stopped: datetime
    resumed: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """When something must be done: `moment` in UTC, `day` in Viet Nam.

    `unconfirmed`: days it was counted over whose status nobody has confirmed. `uncharted`: years it was counted over
    whose Tết and swapped days are not in the calendar. Say so wherever the date is shown.
    """

    moment: datetime
    day: date
    unconfirmed: tuple[date, ...] = ()
    uncharted: tuple[int, ...] = ()

    @classmethod
    def at(cls, moment: datetime) -> "Due":
        """Return a due moment that was not counted but given, as on a printed appointment."""
        return cls(moment.astimezone(UTC), today(moment))

    @property
    def certain(self) -> bool:
        return not (self.unconfirmed or self.uncharted)


def days(first: date, last: date) -> Iterator[date]:
    """Yield each day from `first` to `last`, both included."""
    for number in range((last - first).days + 1):
        yield first + number * _DAY


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked, and how terms run over them. A value: another calendar is another value."""

    marked: tuple[Marked, ...] = ()
    hours: Hours = field(default_factory=Hours)
    _by_day: dict[date, Marked] = field(init=False, repr=False, compare=False)
    _charted: frozenset[int] = field(init=False, repr=False, compare=False)
    _doubtful: tuple[Marked, ...] = field(init=False, repr=False, compare=False)
    # Days that are no working day for their weekday, or the other way round, and how many up to each: days are counted
    # for every open dossier, so not one by one.
    _shifts: tuple[list[int], list[int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_day = {each.day: each for each in self.marked}
        object.__setattr__(self, "_by_day", by_day)
        object.__setattr__(self, "_charted", charted(by_day.values()))
        object.__setattr__(self, "_shifts", self._counted())
        doubtful = tuple(each for each in by_day.values() if not each.confirmed and tells(each))
        object.__setattr__(self, "_doubtful", doubtful)

    @classmethod
    def of(cls, marked: Iterable[Marked], hours: Hours | None = None) -> "Calendar":
        """Return the calendar with these days marked; every other day is what its weekday says."""
        return cls(tuple(marked), hours or Hours())

    def charted(self, year: int) -> bool:
        """Tell whether the calendar holds this year's Tết: without it, days of that year are guesses."""
        return year in self._charted

    def announced(self, year: int) -> bool:
        """Tell whether this year's Tết is known and confirmed: while it is a proposal, nobody knows of its swaps."""
        return self.charted(year) and not any(in_season_of_tet(each.day, year) for each in self._doubtful)

    def mark(self, day: date) -> Marked | None:
        """Return what is marked on this day; in a year that is not charted, what the law fixes by date."""
        found = self._by_day.get(day)
        if found is None and day.year not in self._charted and (name := fixed_holiday(day)):
            return MarkedDay(day, working=False, name=name, confirmed=True)
        return found

    def is_working(self, day: date) -> bool:
        mark = self.mark(day)
        return day.weekday() < SATURDAY if mark is None else mark.working

    def next_working(self, day: date, n: int = 1) -> date:
        """Return the n-th working day after `day`; for n = 0 the day itself, or the next one if it is a rest day."""
        if n == 0:
            return day if self.is_working(day) else self.next_working(day)
        while n:
            day += _DAY
            n -= self.is_working(day)
        return day

    def previous_working(self, day: date, n: int = 1) -> date:
        """Return the n-th working day before `day`; for n = 0 the day itself, or the last one if it is a rest day."""
        if n == 0:
            return day if self.is_working(day) else self.previous_working(day)
        while n:
            day -= _DAY
            n -= self.is_working(day)
        return day

    def working_days_between(self, a: date, b: date) -> int:
        """Return how many working days lie after `a`, up to `b` and with it; negative if `b` comes first."""
        return self._number(b) - self._number(a)

    def due(self, received: datetime, term: Term, pauses: Iterable[Pause] = (), *, cutoff: time | None = None) -> Due:
        """Return when a term ends that began with what was received at this moment.

        Terms in days exclude the day of receipt and end with the office hours of the last day; a term in hours runs
        at once, inside office hours. During a pause nothing runs: what was left is counted from its end as from a new
        receipt, so that neither its first day nor its last is counted twice. What was overdue before a pause stays so.
        `cutoff`: what comes later in the day counts as received on the next working day (only where a procedure says
        so). Raises ValueError for a moment without a time zone.
        """
        start, rest = self._receipt(received, cutoff), Decimal(term.value)
        spans = [(today(received), today(start))]
        for pause in sorted(pauses, key=lambda each: each.stopped):
            if pause.stopped > start:
                if self._end(start, rest, term.unit) <= pause.stopped:
                    break
                rest -= self._spent(start, pause.stopped, term.unit)
                spans.append((today(start), today(pause.stopped)))
            start = max(start, pause.resumed)
        moment = self._end(start, rest, term.unit)
        spans.append((today(start), today(moment)))
        return Due(moment, today(moment), *self._doubts(spans, with_first=term.unit is TermUnit.HOURS))

    def left(self, now: datetime, due: Due) -> int:
        """Return the working days left: 0 on the day it is due, -1 on the next working day. Late is `overdue`."""
        return self.working_days_between(today(now), due.day)

    def certain(self, a: date, b: date) -> bool:
        """Tell whether everything is confirmed that the days after `a`, up to `b` and with it, rest on."""
        first, last = min(a, b), max(a, b)
        if any(first < each.day <= last for each in self._doubtful):
            return False
        return all(year in self._charted for year in range((first + _DAY).year, last.year + 1))

    def overdue(self, now: datetime, due: Due) -> bool:
        return now > due.moment

    def work(self, a: datetime, b: datetime) -> timedelta:
        """Return the working time between two moments; negative if `b` comes first."""
        if b < a:
            return -self.work(b, a)
        inside = (min(b, end) - max(a, begin) for begin, end in self._sessions(today(a), today(b)))
        return sum((time for time in inside if time > timedelta()), timedelta())

    def after_work(self, moment: datetime, amount: timedelta) -> datetime:
        """Return the moment at which this much working time has passed, in UTC; 0: the next moment of work."""
        day = today(moment)
        while True:
            for begin, end in self._sessions(day, day):
                begins = max(begin, moment)
                if begins < end and begins + amount <= end:
                    return (begins + amount).astimezone(UTC)
                amount -= max(end - begins, timedelta())
            day += _DAY

    def last_worked(self, moment: datetime) -> datetime:
        """Return the last moment of work, in UTC, that is not after this one."""
        day = today(moment)
        begun = [end for begin, end in self._sessions(self.previous_working(day), day) if begin <= moment]
        return min(begun[-1], moment).astimezone(UTC)

    def close(self, day: date, share: Decimal = Decimal(1)) -> datetime:
        """Return the moment in UTC at which `share` of a working day is over: 1 its end, a half the end of the morning.

        With a single session a half is the middle of it.
        """
        sessions = self.hours.sessions
        number = ceil(share * len(sessions)) - 1
        begin, end = (_moment(day, at) for at in sessions[number])
        return begin + (end - begin) * float(share * len(sessions) - number)

    def _counted(self) -> tuple[list[int], list[int]]:
        fixed = (day for year in _SPAN for day in fixed_holidays(year))
        marks = [mark for day in {*self._by_day, *fixed} if (mark := self.mark(day)) and tells(mark)]
        marks.sort(key=lambda mark: mark.day)
        return [each.day.toordinal() for each in marks], [0, *accumulate(1 if each.working else -1 for each in marks)]

    def _number(self, day: date) -> int:
        """Return how many working days there are up to this one. Day 1 of the calendar is a Monday."""
        weeks, rest = divmod(day.toordinal(), 7)
        ordinals, shifts = self._shifts
        return 5 * weeks + min(rest, 5) + shifts[bisect_right(ordinals, day.toordinal())]

    def _receipt(self, received: datetime, cutoff: time | None) -> datetime:
        day = today(received)
        late = cutoff is not None and received.astimezone(VIETNAM).time() > cutoff
        return _moment(self.next_working(day), self.hours.sessions[0][0]) if late else received

    def _end(self, start: datetime, rest: Decimal, unit: TermUnit) -> datetime:
        if unit is TermUnit.HOURS:
            return self.after_work(start, timedelta(hours=1) * float(rest))
        if rest <= 0:  # due on the day itself, or stopped on the last day: then that part of a day is still owed
            day, share = self.next_working(today(start), 0), (rest % 1 + 1) % 1 or Decimal(1)
            end = self.close(day, share)
            return end if start < end else self.close(self.next_working(day), share)
        whole = ceil(rest)
        if unit is TermUnit.CALENDAR_DAYS:
            return self.close(self.next_working(today(start) + whole * _DAY, 0))
        return self.close(self.next_working(today(start), whole), rest - (whole - 1))

    def _spent(self, start: datetime, stopped: datetime, unit: TermUnit) -> Decimal:
        match unit:
            case TermUnit.HOURS:
                return Decimal(self.work(start, stopped) / timedelta(microseconds=1)) / Decimal(3_600_000_000)
            case TermUnit.WORKING_DAYS:
                return Decimal(self.working_days_between(today(start), today(stopped)))
            case TermUnit.CALENDAR_DAYS:
                return Decimal((today(stopped) - today(start)).days)

    def _sessions(self, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        for day in days(first, last):
            if self.is_working(day):
                for begin, end in self.hours.sessions:
                    yield _moment(day, begin), _moment(day, end)

    def _doubts(self, spans: list[tuple[date, date]], *, with_first: bool) -> tuple[tuple[date, ...], tuple[int, ...]]:
        counted = {day for first, last in spans for day in days(first if with_first else first + _DAY, last)}
        doubtful = [each.day for each in self._doubtful if each.day in counted]
        return tuple(sorted(doubtful)), tuple(sorted({day.year for day in counted} - self._charted))


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, VIETNAM).astimezone(UTC)
