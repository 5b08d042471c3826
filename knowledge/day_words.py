"""Days and terms as people say them: "mai", "thứ bảy tuần sau", "24/11", "5 ngày làm việc", "nửa ngày"."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from knowledge.vietnamese import fold
from knowledge.workdays import Term, TermUnit

_NEAR = {
    -1: "hom qua|yesterday",
    0: "hom nay|bua nay|nay|today",
    1: "ngay mai|mai|sang mai|chieu mai|tomorrow",
    2: "ngay kia|ngay mot|mot|the day after tomorrow",
}
_WEEKDAYS = {
    0: "hai|2",
    1: "ba|3",
    2: "tu|4",
    3: "nam|5",
    4: "sau|6",
    5: "bay|7",
}
_ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NEXT_WEEK = "tuan sau|tuan toi|next week"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Patterns over folded text. A date without its year is the nearest one.
_ISO = r"(?P<y>\d{4})[-/. ](?P<m>\d{1,2})[-/. ](?P<d>\d{1,2})"
_LOCAL = r"(?P<d>\d{1,2})(?:[/.\- ]| thang )(?P<m>\d{1,2})(?:(?:[/.\- ]| nam )(?P<y>\d{4}|\d{2}))?"
_SPELLED = rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{'|'.join(_MONTHS)})[a-z]*(?:,? (?P<y>\d{{4}}))?"
_WEEKDAY = (
    rf"(?:(?:thu |t)(?P<thu>{'|'.join(_WEEKDAYS.values())})|(?P<sunday>chu nhat|cn)|(?P<english>{'|'.join(_ENGLISH)}))"
    rf"(?P<next> (?:{_NEXT_WEEK}))?(?: tuan nay| nay| toi)?"
)
_DATES = tuple(re.compile(rf"(?:ngay |hom )?{pattern}") for pattern in (_ISO, _LOCAL, _SPELLED))
_NEARBY = {days: re.compile(pattern) for days, pattern in _NEAR.items()}
_ON = re.compile(rf"(?:vao |ngay |on |next )?{_WEEKDAY}")
_CENTURY = 2000


def day_meant(text: str, today: date) -> date | None:
    """Return the day that the whole of `text` means, said on the day `today`; None if it means none, or no real one."""
    said = fold(text).strip(" ?!.,")
    for days, pattern in _NEARBY.items():
        if pattern.fullmatch(said):
            return today + timedelta(days=days)
    if found := _ON.fullmatch(said):
        return _weekday(found, today)
    for pattern in _DATES:
        if found := pattern.fullmatch(said):
            return _date(found, today)
    return None


def _weekday(found: re.Match[str], today: date) -> date:
    if found["sunday"]:
        number = 6
    elif found["english"]:
        number = _ENGLISH.index(found["english"])
    else:
        number = next(number for number, names in _WEEKDAYS.items() if found["thu"] in names.split("|"))
    monday = today - timedelta(days=today.weekday())
    if found["next"] or found[0].startswith("next "):
        return monday + timedelta(days=7 + number)
    return today + timedelta(days=(number - today.weekday()) % 7)


def _date(found: re.Match[str], today: date) -> date | None:
    parts = found.groupdict()
    month = _MONTHS.index(parts["month"]) + 1 if parts.get("month") else int(parts["m"])
    if parts["y"]:
        year = int(parts["y"])
        return next(_real(year if year >= 100 else _CENTURY + year, month, int(parts["d"])), None)  # noqa: PLR2004 two digits
    near = [day for year in range(today.year - 4, today.year + 5) for day in _real(year, month, int(parts["d"]))]
    return min(near, key=lambda day: abs(day - today), default=None)


def _real(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


_AMOUNT = r"(?P<half>nua|1/2|½)|(?P<number>\d{1,5}(?:[.,]\d{1,2})?)(?: ?\([^)]{1,20}\))?"
_UNIT = r"(?P<unit>ngay lam viec|ngay|buoi lam viec|buoi|gio lam viec|gio|h|working days?|days?|working hours?|hours?)"
_TERM = re.compile(rf"(?<![\d/.,])(?:{_AMOUNT}) ?{_UNIT}(?! ?\d)(?P<and_half> ruoi)?(?P<after> lam viec)?\b")
_SAME_DAY = re.compile(r"\b(?:trong ngay(?: lam viec)?|same day)\b")


def term_meant(text: str) -> tuple[Term, str] | None:
    """Return the first term named in `text`, and the folded text without it; None if there is none.

    "ngày" alone is a calendar day, as the decrees use it; "buổi" is half a working day; "trong ngày" is the same day.
    """
    said = fold(text)
    if found := _TERM.search(said):
        amount = Decimal("0.5") if found["half"] else Decimal(found["number"].replace(",", "."))
        amount += Decimal("0.5") if found["and_half"] else 0
        unit = found["unit"]
        if unit.startswith("buoi"):
            amount /= 2
        # There is no half of a calendar day: "nửa ngày" is a morning.
        worked = "viec" in unit or "working" in unit or found["after"] or amount % 1
        if unit.startswith(("gio", "h", "working hour")):
            kind = TermUnit.HOURS
        else:
            kind = TermUnit.WORKING_DAYS if worked or unit.startswith("buoi") else TermUnit.CALENDAR_DAYS
        return Term(amount, kind), _without(said, found)
    if found := _SAME_DAY.search(said):
        return Term(0), _without(said, found)
    return None


def _without(said: str, found: re.Match[str]) -> str:
    return " ".join((said[: found.start()] + " " + said[found.end() :]).split())
