"""`/nhacviec 08:00`: when somebody of the staff wants the one message of the day about their dossiers."""

import re
from datetime import time

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.says import Says, plainly, words
from handlers.turn import Button, Turn
from storage import digests

router = Router(name=__name__)
say = words("handlers/digest")

# Outside of these hours nobody works, and at night nothing is told anyway.
EARLIEST, LATEST = time(6), time(18)
_USUAL = ("07:00", "07:30", "08:00", "13:30")
_TIME = r"\d{1,2}(?: ?(?:[:.]|h|gio) ?(?:\d{2})?)?"
_PARTS = re.compile(r"(\d{1,2})(?: ?(?:[:.]|h|gio) ?(\d{2})?)?")


@router.message(Says("nhacviec", "nhac viec", "nhac viec luc", "gio nhac viec", "daily message", then=_TIME))
@router.callback_query(Says("nhacviec"))
async def choose(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    of = say[turn.language]
    if not turn.who.is_staff:
        turn.say(of.staff_only())
        return
    if not rest:
        async with turn.reading() as tx:
            chosen = (await digests.chosen(tx)).get(turn.who.person_id)
        turn.say(of.now_at(chosen), buttons=(tuple(Button(at, f"/nhacviec {at}") for at in _USUAL),))
        return
    at = _time(rest)
    if at is None or not EARLIEST <= at <= LATEST:
        turn.say(of.no_time(EARLIEST, LATEST))
        return
    async with turn.begin() as tx:
        await digests.choose(tx, turn.who.person_id, at, now=turn.now)
        turn.say(of.chosen(at))


def _time(rest: str) -> time | None:
    found = _PARTS.fullmatch(plainly(rest))
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004 hours and minutes
