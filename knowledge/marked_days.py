"""Days that are not what their weekday says: holidays, made-up days, days swapped for others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

SATURDAY = 5


class Marked(Protocol):
    """A day that is marked in the calendar. `confirmed`: an official document says so, and somebody has seen it."""

    @property
    def day(self) -> date: ...
    @property
    def working(self) -> bool: ...
    @property
    def name(self) -> str: ...
    @property
    def confirmed(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class MarkedDay:
    """One marked day; `working`: a rest day on which the office works in exchange."""

    day: date
    working: bool
    name: str
    confirmed: bool = False


# Art. 112(1) fixes these by date; 24/11 is Resolution 28/2026/QH16 Art. 2. Tết, 10/3 lunar and the day beside 2/9 vary.
_FIXED = {
    (1, 1): "Tết Dương lịch",
    (4, 30): "Ngày Chiến thắng",
    (5, 1): "Ngày Quốc tế lao động",
    (9, 2): "Quốc khánh",
    (11, 24): "Ngày Văn hóa Việt Nam",
}
_CULTURE_DAY, _CULTURE_DAY_SINCE = (11, 24), date(2026, 7, 1)
_LABOUR_CODE, _CULTURE_DAY_LAW = "Bộ luật Lao động 45/2019/QH14, Điều 112", "Nghị quyết 28/2026/QH16, Điều 2"


def fixed_holiday(day: date) -> str | None:
    """Return the name of the holiday that the law puts on this date of every year, or None."""
    name = _FIXED.get((day.month, day.day))
    return None if (day.month, day.day) == _CULTURE_DAY and day < _CULTURE_DAY_SINCE else name


def fixed_holidays(year: int) -> list[date]:
    """Return the days of a year that the law makes holidays by their date."""
    return [day for month, number in _FIXED if fixed_holiday(day := date(year, month, number))]


def law_of(day: date) -> str | None:
    """Return what the law is called that makes this date a holiday every year, or None."""
    if fixed_holiday(day) is None:
        return None
    return _CULTURE_DAY_LAW if (day.month, day.day) == _CULTURE_DAY else _LABOUR_CODE


def tells(mark: Marked) -> bool:
    """Tell whether the day would be another kind of day without its mark: a holiday on a Sunday changes nothing."""
    return mark.working != (mark.day.weekday() < SATURDAY)


_TET = ((1, 15), (2, 28))  # the first day of Tết falls between 21 January and 20 February
_DAYS_OF_TET = 5  # Art. 112(1)(b)


def in_season_of_tet(day: date, year: int) -> bool:
    return day.year == year and _TET[0] <= (day.month, day.day) <= _TET[1]


def charted(marks: Iterable[Marked]) -> frozenset[int]:
    """Return the years whose Tết is among the marks: five days off in its season, as the law gives."""
    off = [each.day for each in marks if not each.working]
    tet = [day.year for day in off if in_season_of_tet(day, day.year)]
    return frozenset(year for year in tet if tet.count(year) >= _DAYS_OF_TET)
