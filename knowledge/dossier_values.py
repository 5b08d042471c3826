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
_ZONED = re.compile(r"(?P<moment>\d{4}-?\d{2}-?\d{2}[T ]\d{2}:?\d{2}.*?) ?(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})[ \-](?P<month>[A-Za-z]{3})[a-z]{0,6}[ \-,]+(?P<year>\d{4}|\d{2})(?!\d)"
    r"|(?P<month_>[A-Z][a-z]{2})[a-z]{0,6} (?P<day_>\d{1,2}), ?(?P<year_>\d{4})(?!\d)"
)
# Seconds or thousandths since 1970, as JSON has them; "/Date(…)/" is how .NET writes the latter.
_SINCE_1970 = re.compile(r"(?:/Date\()?(\d{10}|\d{13})(?:[+-]\d{4})?(?:\)/)?")
# What stands in a cell where there is nothing: in words, or the first day that a data base or a spreadsheet knows.
_NOTHING = re.compile(
    r"[-–—.]+|0|n/?a|null|none|nan|nat|khong(?: co| xac dinh)?|chua(?: co| xac dinh| tra| xong)?"
    r"|(?:0000|0001|1753|1899|1900)[/.\-]\d{1,2}[/.\-]\d{1,2}.*|\d{1,2}[/.\-]\d{1,2}[/.\-](?:0000|0001|1753|1899|1900)\b.*"
)
_NOON = 12
_SHEET_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  what Excel counts days from; its days have no zone
_SHEET_DAYS = range(30_000, 80_000)
# "(mười lăm)" may stand behind the number; behind the unit whatever else is said of it, but no other length.
_TERM = re.compile(
    r"(?:[a-z][a-z ,:]*)?(?P<number>\d+(?:[.,]\d+)?(?: ?/ ?\d+)?) ?(?:\([a-z ]+\) ?)??\(?"
    r"(?P<unit>(?P<hours>gio|tieng|hours?|h)\b|(?P<week>tuan|weeks?)\b"
    r"|(?P<working>(?:ngay|days?) ?\(?(?:lam viec|lv)\b|nlv\b|working days?\b)|(?:ngay|days?)\b|\)?$)"
)
_AT_ONCE = re.compile(r"^(?:(?:giai quyet )?(?:ngay )?trong ngay\b|giai quyet ngay\b)|^(?P<half>nua ngay|nua buoi)\b")


def moment(value: Any, *, at: time) -> datetime | None:
    """Return the moment in UTC that a cell holds; `at`: the hour in Viet Nam of what is only a day, or midnight there.

    None for an empty cell, and for what systems write into one ("-", "0001-01-01T00:00:00"). Raises ValueError for what
    is no moment, or lies outside of 2000-2100.
    """
    if _NOTHING.fullmatch(fold(str(value)).strip()):
        return None
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


def _since_1970(digits: str) -> datetime:
    return datetime.fromtimestamp(int(digits[:10]), UTC)


def _counted(days: float) -> datetime:
    if int(days) not in _SHEET_DAYS:
        raise ValueError(days)
    return (_SHEET_EPOCH + timedelta(days=round(days * 86_400) / 86_400)).replace(microsecond=0)


def _written(text: str) -> date:
    if run := _RUN_TOGETHER.fullmatch(text):
        year, month, day, *clock = (int(part) if part else None for part in run.groups())
        on = date(year or 0, month or 0, day or 0)
        return on if clock[0] is None else datetime.combine(on, time(clock[0], clock[1] or 0, clock[2] or 0))
    if zoned := _ZONED.fullmatch(text):
        return datetime.fromisoformat(f"{zoned['moment']}{zoned['zone']}")
    if since := _SINCE_1970.fullmatch(text):
        return _since_1970(since[1])
    if found := _YEAR_FIRST.search(text):
        on = date(int(found[1]), int(found[2]), int(found[3]))
    elif found := _DAY_FIRST.search(text) or _SPELLED.search(text):
        on = date(_year(found[3]), int(found[2]), int(found[1]))
    elif found := _ENGLISH.search(text):
        of, name, on_the = (found[part] or found[f"{part}_"] for part in ("year", "month", "day"))
        on = date(_year(of), 1 + _MONTHS.index(name.lower()), int(on_the))
    else:
        raise ValueError(text)
    rest = f"{text[: found.start()]} {text[found.end() :]}".replace("T", " ")
    clock_ = _TIME.search(rest)
    if clock_ is None:
        return on
    return datetime.combine(on, time(_hour(int(clock_[1]), clock_[4]), int(clock_[2] or 0), int(clock_[3] or 0)))


def _year(written: str) -> int:
    """Return the year: "26" is 2026, and "0001" is none of ours."""
    return int(written) + (2000 if len(written) < len("2026") else 0)


def _hour(written: int, half: str | None) -> int:
    if half is None or written > _NOON:  # "17:00 CH" says it twice
        return written
    return written % _NOON + (_NOON if half.upper() in {"CH", "PM"} else 0)


def term(value: Any, *, unit: TermUnit) -> Term | None:
    """Return the term in a cell ("15 ngày làm việc", "120 giờ", "7"); `unit`: of a number alone. Raises ValueError.

    Of "15 ngày làm việc (120 giờ)" the first counts. Months and minutes are none of the units in which a dossier's
    appointment is counted, and of "5-7 ngày" nobody can tell which.
    """
    text = " ".join(fold(str(value)).split()) if value is not None else ""
    if not text or (text != "0" and _NOTHING.fullmatch(text)):
        return None
    if said := _AT_ONCE.search(text):
        return Term(Decimal("0.5") if said["half"] else 0)
    found = _TERM.match(text)
    if found is None:
        raise ValueError(text)
    number, said_unit = _number(found["number"]), found["unit"] or ""
    if found["week"]:
        return Term(number * 7, TermUnit.CALENDAR_DAYS)
    if found["hours"] or (unit is TermUnit.HOURS and not said_unit):
        return Term.counted_in_hours(number)
    if found["working"]:
        return Term(number, TermUnit.WORKING_DAYS)
    return Term(number, TermUnit.CALENDAR_DAYS if said_unit else unit)


def _number(written: str) -> Decimal:
    try:
        above, _, below = written.replace(" ", "").replace(",", ".").partition("/")
        return Decimal(above) / Decimal(below or 1)
    except (InvalidOperation, ZeroDivisionError) as error:
        raise ValueError(written) from error


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
