"""`/nghile tết 2027`, or "tết nghỉ mấy ngày": how long a holiday lasts by the calendar, and whether that is certain."""

from datetime import date

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.calendar import FIRST_YEAR, LAST_YEAR, AsksADay, calendar_of
from handlers.office import Office
from handlers.says import Says, plainly, words
from handlers.turn import Turn
from knowledge.holiday_questions import Asked, Rest, asks_of_a_holiday, rests
from knowledge.workdays import Calendar, today

router = Router(name=__name__)
say = words("handlers/holidays")

# Any day will do to tell whether a question is about a holiday.
_ANY = date(2026, 1, 1)


class AsksAHoliday(AsksADay):
    """The command, or a whole question: "tết nghỉ mấy ngày". While a form waits, the question belongs to it."""

    def match(self, command: str) -> str | None:
        given = Says.match(self, command)
        plain = plainly(command)
        return plain if given is None and asks_of_a_holiday(plain, _ANY) else given


@router.message(AsksAHoliday("nghile"))
@router.callback_query(Says("nghile"))
async def ask(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    of, day, plain = say[turn.language], today(turn.now), plainly(rest)
    asked = asks_of_a_holiday(plain, day) or asks_of_a_holiday(f"lich nghi {plain}", day)
    if asked is None or not FIRST_YEAR <= (asked.year or FIRST_YEAR) <= LAST_YEAR:
        turn.say(of.which())
        return
    calendar = await calendar_of(turn, office)
    year, found = _found(calendar, asked, day)
    before = [] if found or asked.year else rests(calendar, asked.holidays, year - 1)
    turn.say(of.holiday(asked.holidays, year, found, before, calendar.charted(year)))


def _found(calendar: Calendar, asked: Asked, day: date) -> tuple[int, list[Rest]]:
    """Return the year that is meant, and the days off: of the next time, where no year was named."""
    if asked.year is not None:
        return asked.year, rests(calendar, asked.holidays, asked.year)
    found = [rest for rest in rests(calendar, asked.holidays, day.year) if rest.last >= day]
    if found:
        return day.year, found
    return day.year + 1, rests(calendar, asked.holidays, day.year + 1)
