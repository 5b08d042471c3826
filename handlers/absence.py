"""`vắng mặt 24/11-28/11 thay Lan`: who is away and who stands in; `có mặt lại` ends it."""

import re
from datetime import date, timedelta

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.dossier_work import is_called
from handlers.says import Says, words
from handlers.turn import Button, Turn
from knowledge.day_words import day_meant
from knowledge.workdays import today
from storage import absences, people
from storage.who import ANSWERS_PEOPLE, Role

router = Router(name=__name__)
say = words("handlers/absence")

# "24/11-28/11": a dash between two days reads as a space (handlers/says.py).
_AWAY = re.compile(
    r"(?:tu )?(?:ngay )?(?P<a>.+?)(?:(?: den(?: ngay)?| toi| to)? (?P<b>\d[\d/.]*))?(?: thay(?: la)? (?P<who>.+))?"
)
# "vắng mặt lãnh đạo thì ai ký" is a question.
_A_DAY = r"(?:tu )?(?:ngay )?(?:\d{1,2}[/.]\d|mai\b|hom nay\b|mot\b|thu ).*"
_LONGEST = timedelta(days=366)


@router.message(Says("vangmat", "vang mat", "toi vang mat", "nghi phep", "away", then=_A_DAY))
@router.callback_query(Says("vangmat"))
async def away(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
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
        turn.say(of.nobody_called_so(whom, len(named)))
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
    found = _AWAY.fullmatch(rest)
    first = day_meant(found["a"], now) if found else None
    if found is None or first is None:
        return None
    last = day_meant(found["b"], now) if found["b"] else first
    if last is None or not first <= last <= first + _LONGEST or last < now:
        return None
    return first, last, found["who"] or ""


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
