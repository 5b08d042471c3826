"""What the days off of a year will probably be, before anybody has announced them. Never used by itself.

The package `holidays` is asked for what takes a lunar calendar: Tết, the tenth of the third month, the day beside 2/9.
The rest is the law's own: the package makes up 24/11 (in 2029, 2030), which no law does, knows no swap until somebody
writes it into the package, and may say something else after an upgrade; what was proposed is a row and stays.
"""

from datetime import date, timedelta
from importlib.metadata import version
from typing import NamedTuple

import holidays

from knowledge.marked_days import SATURDAY, fixed_holiday, law_of
from knowledge.workdays import days

BASIS = f"ước tính theo luật và gói holidays {version('holidays')}; chưa có thông báo chính thức"
# The Labour Code of 2019 is in force from 2021; the package's lunar calendar ends in 2099.
FIRST, LAST = 2021, 2099

_HUNG = "Ngày Giỗ Tổ Hùng Vương"
_NATIONAL = "Quốc khánh"
_TET = "Tết"
_NEW_YEAR = "Tết Dương lịch"
_DAY = timedelta(days=1)


class NothingToPropose(ValueError):  # noqa: N818  it says why there is no proposal
    """The year is out of reach, or what the package says of its Tết cannot be."""


class Proposed(NamedTuple):
    """A day off. `law`: what fixes it by date, so that nobody need announce it; None for an estimate."""

    day: date
    name: str
    law: str | None


def proposed(year: int) -> list[Proposed]:
    """Return the days off of `year` with their names, in order. Raises NothingToPropose."""
    if not FIRST <= year <= LAST:
        raise NothingToPropose(str(year))
    lunar = _lunar(year)
    named = {day: name for day in days(date(year, 1, 1), date(year, 12, 31)) if (name := fixed_holiday(day))} | lunar
    for day in sorted(named):
        if day.weekday() >= SATURDAY and _is_made_up(day, lunar):
            named[_next_free(day, named)] = f"{named[day]} (nghỉ bù)"
    return [Proposed(day, name, law_of(day)) for day, name in sorted(named.items())]


def _lunar(year: int) -> dict[date, str]:
    said = holidays.country_holidays("VN", years=year, language="vi")
    tet = {day: "Tết Nguyên đán" for day, name in said.items() if _TET in name and _NEW_YEAR not in name}
    if len(tet) < 5 or not all(date(year, 1, 15) <= day <= date(year, 2, 28) for day in tet):  # noqa: PLR2004 Art. 112
        raise NothingToPropose(f"{year}: Tết {sorted(tet)}")
    hung = {day: "Giỗ Tổ Hùng Vương (10/3 âm lịch)" for day, name in said.items() if name == _HUNG}
    second = date(year, 9, 2)
    beside = {
        day: f"{_NATIONAL} (ngày liền kề)"
        for day, name in said.items()
        if _NATIONAL in name and abs(day - second) == _DAY
    }
    return tet | hung | beside


def _is_made_up(day: date, lunar: dict[date, str]) -> bool:
    """Tell whether a holiday on a rest day is made up (Art. 111(3)): those of Art. 112, which does not name 24/11.

    The package has moved the days of Tết already.
    """
    return "Tết Nguyên đán" not in lunar.get(day, "") and (day.month, day.day) != (11, 24)


def _next_free(day: date, taken: dict[date, str]) -> date:
    while day in taken or day.weekday() >= SATURDAY:
        day += _DAY
    return day
