"""`/xacnhanngay`, `/xacnhannam`: an administrator confirms a marked day, or a year's, by the official document."""

from datetime import date

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.calendar import A_DATE
from handlers.says import Says, Typed, number, words
from handlers.turn import Button, Turn
from knowledge.day_words import day_meant
from knowledge.workdays import today
from storage import days
from storage.base import NoSuchRecord
from storage.days import CalendarDay
from storage.who import Role

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/calendar_work")

_LONGEST = 200


class Confirming(StatesGroup):
    document = State()
    year = State()


@router.message(Says("xacnhanngay", "xac nhan ngay", then=A_DATE, alone=False))
@router.callback_query(Says("xacnhanngay"))
async def begin(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    of = say[turn.language]
    if Role.ADMINISTRATOR not in turn.who.roles:
        turn.say(of.administrators_only(staff=turn.who.is_staff))
        return
    marked = await _marked(turn, day_meant(rest, today(turn.now)))
    if marked.confirmed:
        turn.say(of.already(marked))
        return
    await state.set_state(Confirming.document)
    await state.set_data({"day": marked.day.isoformat()})
    buttons = ((Button(of.by_this(), f"/dungngay {marked.day}"),),) if marked.source else ()
    turn.say(of.ask_document(marked), buttons=buttons)


@router.message(Says("dungngay"))
@router.callback_query(Says("dungngay"))
async def as_recorded(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    marked = await _marked(turn, day_meant(rest, today(turn.now)))
    if marked.source is None:
        raise NoSuchRecord(rest)
    await state.clear()
    await _confirm(turn, marked.day, marked.source)


@forms.message(Confirming.document, Typed())
async def by_document(_event: Message, turn: Turn, state: FSMContext) -> None:
    if not _names_a_document(turn):
        return
    day = date.fromisoformat((await state.get_data())["day"])
    await state.clear()
    await _confirm(turn, day, turn.text[:_LONGEST])


@router.message(Says("xacnhannam", "xac nhan nam", "xac nhan lich nam", then=r"\d{4}", alone=False))
@router.callback_query(Says("xacnhannam"))
async def begin_year(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    of, year = say[turn.language], number(rest)
    if Role.ADMINISTRATOR not in turn.who.roles:
        turn.say(of.administrators_only(staff=turn.who.is_staff))
        return
    async with turn.reading() as tx:
        waiting = [each for each in await days.calendar(tx) if each.day.year == year and not each.confirmed]
    if not waiting:
        turn.say(of.nothing_waits(year))
        return
    await state.set_state(Confirming.year)
    # What is confirmed is what was shown, not what somebody has marked meanwhile.
    await state.set_data({"days": [each.day.isoformat() for each in waiting]})
    turn.say(of.ask_document_of_year(year, waiting))


@forms.message(Confirming.year, Typed())
async def year_by_document(_event: Message, turn: Turn, state: FSMContext) -> None:
    if not _names_a_document(turn):
        return
    shown = {date.fromisoformat(day) for day in (await state.get_data())["days"]}
    await state.clear()
    source, by = turn.text[:_LONGEST], turn.who.person_id
    async with turn.begin() as tx:
        marked = [each for each in await days.calendar(tx) if each.day in shown]
        new = [
            each
            for each in marked
            if await days.confirm(tx, each.day, source=each.source or source, by=by, at=turn.now)
        ]
        turn.say(say[turn.language].confirmed_year(new, source))


def _names_a_document(turn: Turn) -> bool:
    """Tell whether what was typed can be a document: "chưa có" confirms nothing. The form goes on waiting."""
    if any(sign.isdigit() for sign in turn.text):
        return True
    turn.say(say[turn.language].no_number())
    return False


async def _confirm(turn: Turn, day: date, source: str) -> None:
    async with turn.begin() as tx:
        new = await days.confirm(tx, day, source=source, by=turn.who.person_id, at=turn.now)
        marked = await days.one(tx, day)
        of = say[turn.language]
        turn.say(of.confirmed(marked) if new else of.already(marked))


async def _marked(turn: Turn, day: date | None) -> CalendarDay:
    async with turn.reading() as tx:
        marked = await days.one(tx, day) if day else None
    if marked is None:
        raise NoSuchRecord(f"calendar day {day}")
    return marked
