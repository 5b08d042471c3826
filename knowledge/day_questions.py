"""Questions about one day, or about the end of a term, told from questions to the documents. Over folded text."""

import re
from datetime import date

from knowledge.day_words import day_meant, term_meant
from knowledge.workdays import Term

# Any day will do to tell whether words name one.
_ANY = date(2026, 1, 1)
# A longer text is about something else, whatever it ends with.
_LONGEST = 120

_WHO = (
    r"(?:so|so minh|co quan|van phong|mot cua|bo phan mot cua|ben (?:minh|so|em)|minh|anh chi|cac anh chi|cac anh|ta)"
)
_OPENING = rf"(?:(?:cho|xin|cho (?:em|toi|minh)|em|minh|toi|xin cho) hoi )?(?:(?:thi|la) )?(?:{_WHO} )?"
_DO = (
    r"(?:lam viec|di lam|nghi lam|nghi le|nghi|lam|mo cua|nhan ho so|tiep dan|tra ket qua|truc"
    r"|phai (?:la )?ngay (?:nghi|le|lam viec)|la ngay (?:nghi|le|lam viec))"
)
_CO = r"(?:co )?(?:duoc |phai |van )?"
_NOT = r"(?:hay )?(?:khong|ko|k|kg|khg|hong|hok|hem|chua|a|ha|hay nghi|hay ngay nghi|hay lam|nghi)"
_CLOSING = r"(?: (?:vay|a|nhi|the|ad|ban|shop|em|anh|chi))*"
_DAY = r"(?P<day>\S+(?: \S+){0,5}?)"
_OF_A_DAY = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_OPENING}{_DAY} (?:thi )?(?:{_WHO} )?{_CO}{_DO}(?: {_WHO})? {_NOT}{_CLOSING}",
        rf"{_OPENING}{_CO}{_DO}(?: vao)? {_DAY} {_NOT}{_CLOSING}",
        rf"(?:is|are|will|do|does) (?:you|the office|it|they|we) (?:be )?(?:open|work|working|closed) (?:on )?{_DAY}",
        rf"is {_DAY} an? (?:working|business|public|official)? ?(?:day|holiday|day off)(?: off)?",
    )
)
_OF_A_TERM = re.compile(
    r"(?:tinh |neu |nop |nhan )?(?:(?:ke )?(?:tu|from|after|sau)(?: ngay)?|nop|nhan|nua)? ?(?P<day>\S+(?: \S+){0,5}?)?"
    r"(?: (?:nua|thi|la|den|toi|roi vao|het han|het|xong|co ket qua|den han|han|is))*"
    r" (?:ngay|thu|hom) (?:nao|may|bao nhieu)(?: vay| a| nhi)?"
)


def asks_of_a_day(plain: str) -> str | None:
    """Return the words for the day, if the whole of `plain` asks whether somebody works on it; otherwise None."""
    for pattern in _OF_A_DAY if len(plain) <= _LONGEST else ():
        found = pattern.fullmatch(plain)
        if found and day_meant(found["day"], _ANY):
            return found["day"]
    return None


def asks_of_a_term(plain: str) -> tuple[Term, str] | None:
    """Return the term and the words for the day it runs from ("" for now), if `plain` asks when it ends."""
    try:
        named = term_meant(plain) if len(plain) <= _LONGEST else None
    except ValueError:
        return None
    if named is None:
        return None
    term, rest = named
    found = _OF_A_TERM.fullmatch(rest)
    if found is None:
        return None
    day = (found["day"] or "").strip(" ,")
    if day in {"nua", "la", "thi", ""}:
        return term, ""
    return (term, day) if day_meant(day, _ANY) else None
