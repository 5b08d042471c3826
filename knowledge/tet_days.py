"""Days named by the lunar calendar around Tết: "mùng 4 tết", "30 tết", "giao thừa".

Which day that is, not whether it is worked: that the Prime Minister decides each year (Labour Code 2019 Art. 112(3)).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

# The first day of Tết, and whether the month before it has thirty days ("+"): Viet Nam's lunar calendar (UTC+7).
_FIRSTS = (
    "2021-02-12+ 2022-02-01 2023-01-22+ 2024-02-10+ 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-02 "
    "2031-01-23 2032-02-11 2033-01-31+ 2034-02-19+ 2035-02-08+ 2036-01-28+ 2037-02-15+ 2038-02-04+ 2039-01-24 "
    "2040-02-12"
)
_TETS = {int(one[:4]): (date.fromisoformat(one[:10]), one.endswith("+")) for one in _FIRSTS.split()}

_NUMBERS = ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi")
_YEAR = r"(?: (?:nguyen dan|am lich|ta))?(?: (?:nam )?(?P<year>\d{4})| (?P<this>nam nay)| (?P<next>nam sau|nam toi))?"
_AFTER = re.compile(
    rf"(?:ngay |hom )?(?:mung|mong|m) ?(?P<day>10|[1-9]|{'|'.join(_NUMBERS)}) (?:tet|thang gieng|gieng){_YEAR}"
)
_BEFORE = re.compile(rf"(?:ngay |hom |dem )?(?:(?P<day>2[3-9]|30|ba muoi) (?:tet|thang chap|chap)|giao thua){_YEAR}")
_MONTH = 30
# Five days by law, of which one or two are before the New Year; those that fall on a week-end are made up for.
_MAY_BE_OFF = (2, 7)


@dataclass(frozen=True, slots=True)
class TetDay:
    """A day of Viet Nam, its number in the first month ("mùng", 1 to 10) or in the last (23 to 30, `before`).

    `shortened`: the thirtieth was asked for in a year whose last month has 29 days; it is the last of them.
    """

    day: date
    number: int
    before: bool
    shortened: bool = False


def tet_day_meant(plain: str, today: date) -> TetDay | None:
    """Return the day that the whole of the folded text means, said on the day `today`; without a year the next one."""
    found = _AFTER.fullmatch(plain) or _BEFORE.fullmatch(plain)
    if found is None:
        return None
    if found["year"] or found["this"] or found["next"]:
        year = int(found["year"]) if found["year"] else today.year + (1 if found["next"] else 0)
        return _of(found, year)
    return next((one for year in (today.year, today.year + 1) if (one := _of(found, year)) and one.day >= today), None)


def tet_day(day: date) -> TetDay | None:
    """Return how a day is named that may be off at Tết: the last two of the old year, the first seven of the new."""
    if day.year not in _TETS:
        return None
    first, is_long = _TETS[day.year]
    number = (day - first).days + 1
    if -_MAY_BE_OFF[0] < number <= 0:
        return TetDay(day, (_MONTH if is_long else _MONTH - 1) + number, before=True)
    return TetDay(day, number, before=False) if 1 <= number <= _MAY_BE_OFF[1] else None


def _of(found: re.Match[str], year: int) -> TetDay | None:
    if year not in _TETS:
        return None
    first, is_long = _TETS[year]
    said = found.groupdict().get("day") or "30"
    if found.re is _AFTER:
        number = int(said) if said.isdigit() else _NUMBERS.index(said) + 1
        return TetDay(first + timedelta(days=number - 1), number, before=False)
    last = _MONTH if is_long else _MONTH - 1
    asked = int(said) if said.isdigit() else _MONTH
    number = min(asked, last)
    # "Giao thừa" is the last night, whatever its number.
    return TetDay(first - timedelta(days=last - number + 1), number, True, asked > last and "giao" not in found[0])
