"""`/lich`: the days off and the days worked in exchange; whether a day is worked, and when a term ends."""

import re
from datetime import date, datetime, time, timedelta

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.office import Office
from handlers.says import Says, number, plainly, words
from handlers.turn import Button, Rows, Turn
from knowledge.day_questions import asks_of_a_day, asks_of_a_term, time_of
from knowledge.day_words import day_meant, term_meant
from knowledge.tet_days import tet_day, tet_day_meant
from knowledge.workdays import VIETNAM, Calendar, Term, today
from storage import days
from storage.days import CalendarDay
from storage.who import Role

router = Router(name=__name__)
say = words("handlers/calendar")

# A date as it is typed after a command: a sentence that goes on is a question.
A_DATE = r"\d{1,4}[/. ]\d{1,2}(?:[/. ]\d{2,4})?"
# The days off of most of a year.
SHOWN = 14
_BUTTONS = 5
_FAR = timedelta(days=400)
FIRST_YEAR, LAST_YEAR = 2000, 2100
_BEFORE_A_DAY = re.compile(r"^(?:,|ke|tinh|tu|nop|nhan|tiep nhan|from|after| )+(?= )\s*")


class AsksADay(Says):
    """`/ngay 24/11`, or a whole question: "mai có làm việc không". While a form waits, the question belongs to it."""

    async def __call__(self, _event: Message | CallbackQuery, turn: Turn) -> bool | dict[str, str]:
        if turn.form.state is not None and super().match(turn.command) is None:
            return False
        return await super().__call__(_event, turn)

    def match(self, command: str) -> str | None:
        given = super().match(command)
        return asks_of_a_day(plainly(command)) if given is None else given


class AsksATerm(AsksADay):
    """`/tinhhan 5 ngày làm việc từ 20/11`, or: "5 ngày làm việc kể từ 20/11 là ngày nào"."""

    def match(self, command: str) -> str | None:
        given = Says.match(self, command)
        plain = plainly(command)
        return plain if given is None and asks_of_a_term(plain) else given


async def calendar_of(turn: Turn, office: Office) -> Calendar:
    """Return the calendar as it stands, with the working time of the office."""
    async with turn.reading() as tx:
        return Calendar.of(await days.calendar(tx), office.working_time)


@router.message(Says("lich", "lich lam viec", "lich nghi", "lich nghi le", "calendar", "holidays", then=r"\d{4}"))
@router.callback_query(Says("lich"))
async def listed(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    day, year = today(turn.now), number(rest)
    year = year if year is None or FIRST_YEAR <= year <= LAST_YEAR else None
    async with turn.reading() as tx:
        marked = await days.calendar(tx)
    calendar = Calendar.of(marked, office.working_time)
    if year is None:
        shown = [each for each in marked if day <= each.day <= day + _FAR][:SHOWN]
        years = sorted({day.year, (day + _FAR).year})
    else:
        shown, years = [each for each in marked if each.day.year == year], [year]
    bare = [year for year in years if not calendar.charted(year)]
    administers = Role.ADMINISTRATOR in turn.who.roles and not turn.in_group
    said = say[turn.language].listed(shown, bare, office)
    if administers:
        said += say[turn.language].how_to_mark()
    turn.say(said, buttons=_to_do(turn, shown, bare) if administers else ())


def _to_do(turn: Turn, shown: list[CalendarDay], bare: list[int]) -> Rows:
    of = say[turn.language]
    waiting = [each.day for each in shown if not each.confirmed]
    rows = [(Button(of.confirm(day), f"/xacnhanngay {day}"),) for day in waiting]
    if len(waiting) > 1:
        rows = [*rows[:_BUTTONS], *((Button(of.confirm_year(y), f"/xacnhannam {y}"),) for y in _years(waiting))]
    return (*rows, *((Button(of.propose(year), f"/dexuatlich {year}"),) for year in bare))


def _years(marked: list[date]) -> list[int]:
    return sorted({day.year for day in marked})


@router.message(AsksADay("ngay", "ngay lam viec", then=A_DATE, alone=False))
@router.callback_query(Says("ngay"))
async def one(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    named = tet_day_meant(plainly(rest), today(turn.now))
    day = named.day if named else day_meant(rest, today(turn.now))
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        turn.say(say[turn.language].no_day())
        return
    calendar, of = await calendar_of(turn, office), say[turn.language]
    mark = calendar.mark(day)
    if mark is None and not calendar.charted(day.year) and tet_day(day) and calendar.is_working(day):
        # Its weekday tells nothing: which days of Tết are off, nobody has said.
        turn.say(of.nobody_knows(day, tet_day(day), named))
        return
    following = calendar.next_working(day)
    is_known = calendar.charted(following.year) or not tet_day(following)
    after = following if is_known else None
    turn.say(of.one(day, calendar.is_working(day), mark, calendar.announced(day.year), after, office, named))


@router.message(AsksATerm("tinhhan", "tinh han", "tinh thoi han", then=r"(?:\d|nua ).*", alone=False))
@router.callback_query(Says("tinhhan"))
async def due(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    of = say[turn.language]
    asked = _asked(rest, today(turn.now))
    if asked is None:
        turn.say(of.no_term())
        return
    term, day, at = asked
    calendar = await calendar_of(turn, office)
    received = turn.now if day == today(turn.now) and at is None else _received(day, at, office)
    turn.say(of.due(day, at, term, calendar.due(received, term), office))


def _asked(rest: str, day: date) -> tuple[Term, date, time | None] | None:
    try:
        found = asks_of_a_term(rest) or _named(rest)
    except ValueError:
        return None
    if found is None:
        return None
    term, left, at = found
    meant = day_meant(_BEFORE_A_DAY.sub("", left), day) if left else day
    return (term, meant, at) if meant and FIRST_YEAR <= meant.year <= LAST_YEAR else None


def _named(rest: str) -> tuple[Term, str, time | None] | None:
    """Return what stands behind the command: there nothing need be asked."""
    if (named := term_meant(rest)) is None:
        return None
    at, left = time_of(named[1])
    return named[0], left, at


def _received(day: date, at: time | None, office: Office) -> datetime:
    return datetime.combine(day, at or office.working_time.sessions[0][0], VIETNAM)
