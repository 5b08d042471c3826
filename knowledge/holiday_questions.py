"""Questions about a holiday: "tết nghỉ mấy ngày", "2/9 nghỉ từ ngày nào", "khi nào đi làm lại sau tết"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from knowledge.marked_days import Marked
from knowledge.vietnamese import fold
from knowledge.workdays import Calendar, days

_LONGEST = 100


class Holiday(StrEnum):
    """What the law calls a holiday, by the folded beginning of its name in the calendar."""

    TET = "tet nguyen dan"
    NEW_YEAR = "tet duong lich"
    HUNG = "gio to hung vuong"
    VICTORY = "ngay chien thang"
    LABOUR = "ngay quoc te lao dong"
    NATIONAL = "quoc khanh"
    CULTURE = "ngay van hoa"


_SAID: Mapping[tuple[Holiday, ...], str] = {
    (Holiday.NEW_YEAR,): r"(?:tet )?duong lich|tet tay|1/1|nam moi|new year",
    (Holiday.TET,): r"tet(?: nguyen dan| am lich| ta| co truyen| am)?|nguyen dan|lunar new year",
    (Holiday.HUNG,): r"gio to(?: hung vuong)?|10/3(?: am lich)?|mung 10 thang 3",
    (Holiday.VICTORY, Holiday.LABOUR): r"30/4(?: va| ?[,&])? ?1/5|30/4 den 1/5",
    (Holiday.VICTORY,): r"30/4|giai phong(?: mien nam)?|chien thang",
    (Holiday.LABOUR,): r"1/5|quoc te lao dong",
    (Holiday.NATIONAL,): r"2/9|quoc khanh",
    (Holiday.CULTURE,): r"ngay van hoa(?: viet nam)?|van hoa viet nam|24/11",
}
_NAMED = "|".join(f"(?P<h{at}>{pattern})" for at, pattern in enumerate(_SAID.values()))
_YEAR = r"(?: (?:sap )?(?:nay|toi))?(?: (?:nam )?(?P<year>\d{4})| (?P<this>nam nay)| (?P<next>nam sau| nam toi))?"
_PEOPLE = r"(?:so|co quan|van phong|minh|ta|cac anh|anh chi|cong chuc)"
_WHO = rf"(?: {_PEOPLE})?"
_HOLIDAY = rf"(?:(?:ngay |dip |ky |nghi )*(?:le )?)(?:{_NAMED}){_YEAR}"
_MUCH = r"(?:may|bao nhieu) (?:ngay|hom|buoi)"
_WHEN = (
    r"(?:tu )?(?:ngay|hom) (?:nao|may|bao nhieu)(?: (?:den|toi)(?: (?:het|ngay|hom))*(?: (?:nao|may))?)?"
    r"|(?:tu )?khi nao|(?:tu )?bao gio|the nao|ra sao|nhung ngay nao|lich (?:the nao|ra sao)"
)
_OFF = r"(?:(?:duoc |se |co )*nghi(?: le| lam)?)"
_WHICH, _WORK = r"(?:bao gio|khi nao|hom nao|ngay nao|chung nao)", r"(?:lam|mo cua)(?: viec)?(?: lai)?"
_EITHER = r"(?:co )?(?:duoc |van )?(?:nghi|lam viec|di lam|lam|mo cua)"
_NOT = r"(?:khong|ko|k|kg|khg|hong|hok|hem|chua)"
_CLOSING = r"(?: (?:vay|a|nhi|the|ad|ban|em|anh|chi|roi))*"
_ASKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:cho hoi )?{_HOLIDAY}{_WHO} {_OFF} (?:{_MUCH}|{_WHEN}){_CLOSING}",
        rf"(?:cho hoi )?{_HOLIDAY} (?:{_MUCH}){_CLOSING}",
        rf"(?:cho hoi )?(?:{_PEOPLE} )?{_OFF} {_HOLIDAY} (?:{_MUCH}|{_WHEN}){_CLOSING}",
        rf"{_WHICH}(?: thi)?{_WHO} {_OFF} {_HOLIDAY}{_CLOSING}",
        rf"(?:xem )?(?:lich|ke hoach) (?:nghi |lam viec |truc )?(?:le |dip )?{_HOLIDAY}{_WHO}{_CLOSING}",
        # A holiday named by its date is a day, of which another conversation speaks.
        rf"(?:cho hoi )?(?!(?:ngay |dip |ky |le )*\d){_HOLIDAY}{_WHO} {_EITHER}{_WHO} {_NOT}{_CLOSING}",
        rf"(?:cho hoi )?{_HOLIDAY}{_WHO} (?:lam viec|di lam) (?:the nao|ra sao){_CLOSING}",
        rf"{_WHICH}(?: thi)?{_WHO} (?:di )?{_WORK}(?: binh thuong)? (?:sau )?{_HOLIDAY}{_CLOSING}",
        rf"(?:sau |nghi )?{_HOLIDAY}(?: xong)?{_WHO} {_WHICH}(?: thi)?(?: di)? {_WORK}{_CLOSING}",
        rf"(?:how many days|when is|when are the days) off (?:for |at )?{_HOLIDAY}",
        rf"{_HOLIDAY} holidays?",
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which holidays are meant, and of which year; None: the next that comes."""

    holidays: tuple[Holiday, ...]
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Days without work in a row, from `first` to `last`. `back`: the next that is worked.

    `named`: those of the holiday itself. `confirmed`: nothing of it waits for somebody to confirm it.
    """

    first: date
    last: date
    named: tuple[Marked, ...]
    back: date
    confirmed: bool

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


def asks_of_a_holiday(plain: str, today: date) -> Asked | None:
    """Return what the whole of `plain` asks about, said on the day `today`; None for anything else."""
    for pattern in _ASKS if len(plain) <= _LONGEST else ():
        if found := pattern.fullmatch(plain):
            said = found.groupdict()
            at = next(at for at in range(len(_SAID)) if said[f"h{at}"])
            year = int(said["year"]) if said["year"] else None
            year = today.year if said["this"] else today.year + 1 if said["next"] else year
            return Asked(list(_SAID)[at], year)
    return None


def rests(calendar: Calendar, holidays: Iterable[Holiday], year: int) -> list[Rest]:
    """Return the days without work around these holidays in a year, in order; none where nobody has marked any."""
    named = [
        mark
        for day in days(date(year, 1, 1), date(year, 12, 31))
        if (mark := calendar.mark(day)) and not mark.working and fold(mark.name).startswith(tuple(holidays))
    ]
    found: list[Rest] = []
    for mark in named:
        if found and mark.day <= found[-1].last:
            found[-1] = replace(found[-1], named=(*found[-1].named, mark))
            continue
        first = last = mark.day
        while not calendar.is_working(first - timedelta(days=1)):
            first -= timedelta(days=1)
        while not calendar.is_working(last + timedelta(days=1)):
            last += timedelta(days=1)
        marks = [each for day in days(first, last) if (each := calendar.mark(day))]
        confirmed = all(each.confirmed for each in marks)
        found.append(Rest(first, last, (mark,), last + timedelta(days=1), confirmed))
    return found
