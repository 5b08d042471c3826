"""Questions about one day, or about the end of a term, told from questions to the documents. Over folded text."""

import re
from datetime import date, time

from knowledge.day_words import day_meant, term_meant
from knowledge.tet_days import tet_day_meant
from knowledge.workdays import Term, TermUnit

# Any day will do to tell whether words name one.
_ANY = date(2026, 1, 1)
# A longer text is about something else, whatever it ends with.
_LONGEST = 120

_WHO = (
    r"(?:so|so minh|co quan|van phong|mot cua|bo phan mot cua|ben (?:minh|so|em)|minh|anh chi|cac anh chi|cac anh|ta)"
)
_OPENING = rf"(?:(?:cho|xin|cho (?:em|toi|minh)|em|minh|toi|xin cho) hoi )?(?:(?:thi|la) )?(?:{_WHO} )?"
_DO = (
    r"(?:lam viec|di lam|nghi lam|nghi le|nghi|lam|mo cua|nhan ho so|tiep dan|tiep cong dan|tra ket qua|truc"
    r"|phai (?:la )?ngay (?:nghi|le|lam viec)|la ngay (?:nghi|le|lam viec)|lam bu|nghi bu|di lam bu|nhan giay to)"
)
_CO = r"(?:co )?(?:duoc |phai |van |con )?"
_NOT = r"(?:hay )?(?:khong|ko|k|kg|khg|hong|hok|hem|chua|a|ha|hay nghi|hay ngay nghi|hay lam|nghi)"
_CLOSING = r"(?: (?:vay|a|nhi|the|ad|ban|shop|em|anh|chi))*"
# The time of day tells nothing about the day: what is worked then stands in the answer.
_PART = r"(?:buoi )?(?:sang|trua|chieu) "
_WEEKDAY = r"(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|t[2-7]|cn)(?: ngay)? (?=\d+/)"
_DAY = rf"(?:{_PART})?(?:{_WEEKDAY})?(?P<day>\S+(?: \S+){{0,5}}?)"
_OF_A_DAY = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_OPENING}{_DAY} (?:thi )?(?:{_WHO} )?{_CO}{_DO}(?: {_WHO})? {_NOT}{_CLOSING}",
        rf"{_OPENING}{_CO}{_DO}(?: vao)? {_DAY} {_NOT}{_CLOSING}",
        rf"(?:is|are|will|do|does) (?:you|the office|it|they|we) (?:be )?(?:open|work|working|closed) (?:on )?{_DAY}",
        rf"is {_DAY} an? (?:working|business|public|official)? ?(?:day|holiday|day off)(?: off)?",
    )
)
# "29/2/2027": a day that is none is asked for all the same.
_NUMERIC = re.compile(r"(?:ngay |hom )?\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?")
_WEEK_END = re.compile(r"(?:ngay )?cuoi tuan(?: nay)?")
_SINCE = r"(?:ke |tinh )?(?:tu|from|after|sau)(?: ngay| luc)?"
_ASKING = r"(?:vao )?(?:ngay|thu|hom|luc) (?:nao|may|bao nhieu)|(?:vao )?khi nao|bao gio|chung nao|bao lau|may gio"
_HANDED_IN = (
    r"(?:(?:toi|em|minh|anh|chi|chung toi|cong ty|ben em|ben minh) )?(?:(?:da|vua|moi|se|muon) )*"
    r"(?:(?:ho so|hs|giay to|don)(?: (?:cua )?(?:toi|em|minh))? )?(?:(?:da|duoc|moi|vua) )*"
    r"(?:nop|gui|nhan|tiep nhan)(?: (?:ho so|hs|giay to|don))?(?: (?:vao|tu|luc|ngay(?= \d)))*"
)
# No two of these begin alike, and none may be two others: a long text is looked through once.
_RESULT = r"(?:co|duoc|se|thi|la|moi|tra|nhan|lay|xong|ket qua|kq|giai quyet|het|den|han|is|ho so|hs|toi|em|minh)"
_NO_DAY = r"ho so|hs|giay to|don|nop|gui|tiep nhan|nhan|bao gio|khi nao|ngay nao|chung nao|vao|luc|tu"
_OF_A_TERM = re.compile(
    rf"{_OPENING}(?:tinh |neu |nop |nhan |tiep nhan )*(?:(?:thoi )?han (?:la |cua |giai quyet |tra |nop |xu ly )*)?"
    rf"(?:(?P<since>{_SINCE})|{_HANDED_IN}|nua)? ?(?P<day>(?!(?:{_NO_DAY})\b)\S+(?: \S+){{0,5}}?)?"
    rf"(?: (?:cong|them|nua|nop|roi vao|thoi han|{_RESULT})){{0,8}}"
    rf"(?P<asking> (?:{_ASKING}))?(?(asking)(?: {_RESULT}){{0,6}}){_CLOSING}"
)
_NOON = 12
# "16:50", "16h50", "lúc 8 giờ 30": the day's time at which something was received.
_AT = re.compile(
    r"(?:\b(?:vao )?luc )?(?<![\d/.:])(\d{1,2})(?::|h| ?gio ?)(\d{2})?(?![\d/])(?: (?:sang|chieu|phut|ngay(?= \d)))*"
)


def time_of(plain: str) -> tuple[time | None, str]:
    """Return the time of day that is named in `plain`, and the rest of it; None where none is, or no real one."""
    found = _AT.search(plain)
    if found is None:
        return None, plain
    hour, minute = int(found[1]), int(found[2] or 0)
    if "chieu" in found[0] and hour < _NOON:
        hour += _NOON
    rest = " ".join(f"{plain[: found.start()]} {plain[found.end() :]}".split())
    return (time(hour, minute), rest) if hour < 24 and minute < 60 else (None, plain)  # noqa: PLR2004 a day's


def asks_of_a_day(plain: str) -> str | None:
    """Return the words for the day, if the whole of `plain` asks whether somebody works on it; otherwise None."""
    for pattern in _OF_A_DAY if len(plain) <= _LONGEST else ():
        found = pattern.fullmatch(plain)
        if found and (_is_day(found["day"]) or _NUMERIC.fullmatch(found["day"])):
            return found["day"]
        if found and _WEEK_END.fullmatch(found["day"]):
            return "thu bay"
    return None


def _is_day(said: str) -> bool:
    return day_meant(said, _ANY) is not None or tet_day_meant(said, _ANY) is not None


def _term_and_time(plain: str) -> tuple[Term, str, time | None] | None:
    """Return the term, what stands beside it, and the time of day. Raises ValueError for a term too long."""
    if (named := term_meant(plain)) is None:
        return None
    if named[0].unit is TermUnit.HOURS and (other := term_meant(named[1])) and other[0].unit is not TermUnit.HOURS:
        # "nộp lúc 9h, 5 ngày làm việc": the hours are a time of day.
        at, rest = time_of(plain)
        if at is not None and (named := term_meant(rest)):
            return *named, at
        return None
    at, rest = time_of(named[1])
    return named[0], rest, at


def asks_of_a_term(plain: str) -> tuple[Term, str, time | None] | None:
    """Return the term, the words for the day it runs from ("" for now) and the time of that day, if it is asked for."""
    try:
        named = _term_and_time(plain) if len(plain) <= _LONGEST else None
    except ValueError:
        return None
    if named is None:
        return None
    at, rest = named[2], named[1]
    found = _OF_A_TERM.fullmatch(" ".join(rest.replace(",", " ").split()))
    if found is None or not (found["asking"] or found["since"]):
        return None
    day = (found["day"] or "").strip()
    if named[0].unit is not TermUnit.HOURS:  # hours are counted from a time, and "this afternoon" is none
        day = re.sub(rf"^{_PART}", "", day)
    if day in {"nua", "la", "thi", ""}:
        return (named[0], "", at) if found["asking"] else None
    return (named[0], day, at) if day_meant(day, _ANY) else None
