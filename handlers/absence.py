"""`vắng mặt 24/11-28/11 thay Lan`: who is away and who stands in; `có mặt lại` ends it."""

import re
from datetime import date, timedelta

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.dossier_work import is_called
from handlers.says import Says, Told, plainly, words
from handlers.turn import Button, Turn
from knowledge.day_words import day_meant
from knowledge.workdays import today
from storage import absences, people
from storage.who import ANSWERS_PEOPLE, Role

router = Router(name=__name__)
# After what a form waits for.
free = Router(name=f"{__name__}.free")
say = words("handlers/absence")

# "24/11-28/11": a dash between two days reads as a space (handlers/says.py).
_LATER = r"(?:\d[\d/.]*|thu .+?|chu nhat|cn|mai|t[2-7])"
_AWAY = re.compile(
    rf"(?:tu )?(?:ngay )?(?P<a>.+?)(?:(?: den(?: het)?(?: ngay)?| toi| to| va)? (?P<b>{_LATER}))?"
    r"(?:,? (?:(?:nho |co |de )?(?P<before>[a-z][a-z ]{0,40}?) (?:lam )?thay(?: toi| em| minh)?"
    r"|(?:va )?(?:nguoi )?thay(?: la| the)? (?P<who>.+)))?"
)
_DAY = (
    r"(?:\d{1,2}(?:[/.]\d| (?:den|toi)(?: ngay)? \d)|(?:sang |chieu )?mai\b|hom nay\b|mot\b|thu [2-7hbtns]"
    r"|tuan (?:nay|sau)\b)"
)
# "vắng mặt lãnh đạo thì ai ký" is a question.
_A_DAY = rf"(?:tu )?(?:ngay )?{_DAY}.*"
_GONE = r"(?:nghi phep|nghi om|vang mat|vang|di cong tac|cong tac|di hoc|ban viec|di vang)"
_I = r"(?:toi|em|minh|anh|chi) (?:se |xin )*"
# What staff type without the command; "mai có nghỉ không" is a question, and "nghỉ 2/9" may be one.
_TOLD = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_I}(?:{_GONE}|nghi) (?P<rest>{_A_DAY})",
        rf"(?:xin )?{_GONE} (?P<rest>{_A_DAY})",
        rf"(?:tu )?(?:ngay )?(?P<rest>{_DAY}.*?) {_I}(?:{_GONE}|nghi)(?P<after> .*)?",
    )
)
_ASKS = re.compile(r"\b(?:khong|ko|k|gi|sao|nao|ai|may|bao nhieu|the nao)$")
_WEEK = {"tuan nay": 0, "tuan sau": 7, "ca tuan sau": 7, "ca tuan": 0}
_LONGEST = timedelta(days=366)
# Letters; who says more than this says something else.
_MOST = 200


@router.message(Says("vangmat", "vang mat", "toi vang mat", "nghi phep", "away", then=_A_DAY))
@router.callback_query(Says("vangmat"))
async def away(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    await _away(turn, rest)


def told(text: str) -> str:
    """Return the days, and who stands in, of a sentence that says so ("mai tôi nghỉ, Lan thay"); "" for any other."""
    said = plainly(text).replace(",", " ").replace("  ", " ")
    if len(text) > _MOST or "?" in text or _ASKS.search(said):
        return ""
    for pattern in _TOLD:
        if found := pattern.fullmatch(said):
            return f"{found['rest']}{found.groupdict().get('after') or ''}"
    return ""


@free.message(Told(told, staff=True))
async def away_told(_event: Message, turn: Turn, rest: str) -> None:
    await _away(turn, rest)


async def _away(turn: Turn, rest: str) -> None:
    of = say[turn.language]
    if not turn.who.is_staff:
        turn.say(of.staff_only())
        return
    meant = _days(rest, today(turn.now)) if rest else None
    if meant is None:
        turn.say(of.how())
        return
    first, last, whom = meant
    async with turn.reading() as tx:
        staff = [one for one in await people.everybody(tx) if one.state is people.PersonState.ACTIVE]
    # Who receives at the desk is stood in for there; what officers do, no clerk does.
    does = ANSWERS_PEOPLE if turn.who.roles & ANSWERS_PEOPLE == {Role.CLERK} else ANSWERS_PEOPLE - {Role.CLERK}
    able = [one for one in staff if one.id != turn.who.person_id and one.roles & does]
    named = [one for one in able if whom and (is_called(one.name, whom) or str(one.id) == whom)]
    if whom and len(named) != 1:
        days_ = f"{first:%d/%m/%Y} {last:%d/%m/%Y}"
        buttons = tuple((Button(one.name, f"/vangmat {days_} thay {one.id}"),) for one in named)
        turn.say(of.nobody_called_so(whom, len(named)), buttons=buttons)
        return
    deputy = named[0] if named else None
    async with turn.begin() as tx:
        await absences.record(
            tx,
            turn.who.person_id,
            first=first,
            last=last,
            deputy_id=deputy.id if deputy else None,
            by=turn.who.person_id,
            at=turn.now,
        )
        buttons = ((Button(of.back_button(), "/comat"),),)
        turn.say(of.recorded(first, last, deputy.name if deputy else ""), buttons=buttons)


def _days(rest: str, now: date) -> tuple[date, date, str] | None:
    """Return first day, last day and who stands in; None where no day is meant, or the days run backwards."""
    found = _AWAY.fullmatch(rest) if len(rest) <= _MOST else None
    if found is None:
        return None
    whom = found["who"] or found["before"] or ""
    span = _week(found["a"], now) if found["a"] in _WEEK and not found["b"] else _span(found["a"], found["b"], now)
    return (*span, whom) if span else None


def _week(said: str, now: date) -> tuple[date, date] | None:
    monday = now - timedelta(days=now.weekday()) + timedelta(days=_WEEK[said])
    first, last = max(monday, now), monday + timedelta(days=4)
    return (first, last) if first <= last else None


def _span(a: str, b: str | None, now: date) -> tuple[date, date] | None:
    last = day_meant(b, now) if b else None
    if a.isdigit() and last is not None:  # "24 đến 28/11"
        a = f"{a}/{last.month}/{last.year}"
    first = day_meant(a, now)
    last = last if b else first
    if first is None or last is None or not first <= last <= first + _LONGEST or last < now:
        return None
    return first, last


@router.message(Says("comat", "co mat lai", "het vang mat", "toi da ve", "back"))
@router.callback_query(Says("comat"))
async def back(_event: Message | CallbackQuery, turn: Turn) -> None:
    of = say[turn.language]
    if not turn.who.is_staff:
        turn.say(of.staff_only())
        return
    async with turn.begin() as tx:
        ended = await absences.back(tx, turn.who.person_id, day=today(turn.now), by=turn.who.person_id, at=turn.now)
        turn.say(of.here_again(ended))
