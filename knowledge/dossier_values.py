"""What stands in one cell of an export, read: moments, terms, sums. Nothing is guessed: None, or a refusal."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from knowledge.vietnamese import fold
from knowledge.workdays import VIETNAM, Term, TermUnit

# Before the first one-stop system, or so far ahead that it is a slip.
_FIRST, _LAST = date(2000, 1, 1), date(2100, 1, 1)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?!\d)")
_SPELLED = re.compile(r"(?<!\d)(\d{1,2})\s*tháng\s*(\d{1,2})\s*(?:năm|,)?\s*(\d{4})(?!\d)", re.IGNORECASE)
# What a spreadsheet writes into a CSV where a column was not given the form of a date.
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_RUN_TOGETHER = re.compile(r"(20\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
# "5:00 CH" is how a spreadsheet set to Vietnamese writes the afternoon.
_TIME = re.compile(
    r"(?<![\d/.\-])(\d{1,2})\s?(?::|h|giờ|g)\s?(\d{2})?(?::(\d{2}))?(?!\d)(?:[\d.]*\s?(SA|CH|AM|PM)\b)?", re.IGNORECASE
)
_ZONED = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
_NOON = 12
_SHEET_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  what Excel counts days from; its days have no zone
_SHEET_DAYS = range(30_000, 80_000)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def moment(value: Any, *, at: time) -> datetime | None:
    """Return the moment in UTC that a cell holds; `at`: the hour in Viet Nam of what is only a day, or midnight there.

    Raises ValueError for what is none, or lies outside of 2000-2100.
    """
    found = _moment(value)
    if found is None:
        return None
    if not isinstance(found, datetime):
        found = datetime.combine(found, at)
    found = found.replace(tzinfo=VIETNAM) if found.tzinfo is None else found.astimezone(VIETNAM)
    if found.time() == time():  # nobody hands out results at midnight: so databases write a day alone
        found = datetime.combine(found.date(), at, VIETNAM)
    if not _FIRST <= found.date() < _LAST:
        raise ValueError(str(value))
    return found.astimezone(UTC)


def _moment(value: Any) -> date | None:
    match value:
        case None | "":
            return None
        case datetime():
            return value
        case date():
            return value
        case int() | float() if int(value) in _SHEET_DAYS:
            return _counted(float(value))
    text = str(value).strip()
    return _counted(float(text.replace(",", "."))) if _SERIAL.fullmatch(text) else _written(text)


def _counted(days: float) -> datetime:
    if int(days) not in _SHEET_DAYS:
        raise ValueError(days)
    return (_SHEET_EPOCH + timedelta(days=round(days * 86_400) / 86_400)).replace(microsecond=0)


def _written(text: str) -> date:
    if run := _RUN_TOGETHER.fullmatch(text):
        year, month, day, *clock = (int(part) if part else None for part in run.groups())
        on = date(year or 0, month or 0, day or 0)
        return on if clock[0] is None else datetime.combine(on, time(clock[0], clock[1] or 0, clock[2] or 0))
    if _ZONED.search(text) and "T" in text:
        return datetime.fromisoformat(text)
    if found := _YEAR_FIRST.search(text):
        on = date(int(found[1]), int(found[2]), int(found[3]))
    elif found := _DAY_FIRST.search(text) or _SPELLED.search(text):
        year = int(found[3])
        on = date(year + 2000 if year < 100 else year, int(found[2]), int(found[1]))  # noqa: PLR2004  "26" is 2026
    else:
        raise ValueError(text)
    rest = f"{text[: found.start()]} {text[found.end() :]}".replace("T", " ")
    clock_ = _TIME.search(rest)
    if clock_ is None:
        return on
    return datetime.combine(on, time(_hour(int(clock_[1]), clock_[4]), int(clock_[2] or 0), int(clock_[3] or 0)))


def _hour(written: int, half: str | None) -> int:
    if half is None or written > _NOON:  # "17:00 CH" says it twice
        return written
    return written % _NOON + (_NOON if half.upper() in {"CH", "PM"} else 0)


def term(value: Any, *, unit: TermUnit) -> Term | None:
    """Return the term in a cell ("15 ngày làm việc", "120 giờ", "7"); `unit`: of a number alone. Raises ValueError."""
    text = fold(str(value)).strip() if value is not None else ""
    if not text:
        return None
    found = _NUMBER.search(text)
    if found is None:
        raise ValueError(text)
    try:
        number = Decimal(found.group().replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if "gio" in text or "hour" in text or (unit is TermUnit.HOURS and "ngay" not in text and "day" not in text):
        return Term.counted_in_hours(number)
    if "lam viec" in text or "working" in text:
        return Term(number, TermUnit.WORKING_DAYS)
    return Term(number, TermUnit.CALENDAR_DAYS if "ngay" in text or "day" in text else unit)


def sum_of_money(value: Any) -> int | None:
    """Return a sum in đồng ("1.200.000 đ"); None for an empty cell. Raises ValueError."""
    if value is None or not str(value).strip():
        return None
    if isinstance(value, int | float):
        return _payable(int(value))
    digits = re.sub(r"\D", "", re.sub(r"[.,]00?$", "", str(value).strip()))
    if not digits:
        raise ValueError(str(value))
    return _payable(int(digits))


def _payable(dong: int) -> int:
    if not 0 <= dong < 10**_MOST_DIGITS:
        raise ValueError("nobody pays so much")
    return dong


# What any database holds, and more than anything costs.
_MOST_DIGITS = 15


def lines(value: Any) -> tuple[str, ...]:
    """Return what a cell lists, one thing each: parted by lines or semicolons, numbering gone."""
    parts = re.split(r"[\n;]+", str(value)) if value is not None else []
    plain = (re.sub(r"^\s*(?:[-+•*]|\d{1,2}[.)])\s*", "", part).strip() for part in parts)
    return tuple(part for part in plain if part)


def yes(value: Any) -> bool:
    return fold(str(value)).strip() in {"1", "x", "co", "yes", "true", "dung"}
