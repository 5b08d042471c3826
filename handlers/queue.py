"""`/cauhoi`: the questions that the documents did not answer, for whoever owns the documents."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.says import Says, Typed, number, words
from handlers.turn import Button, Rows, Turn
from storage import questions
from storage.base import NoSuchRecord
from storage.questions import UnansweredState
from storage.unanswered import Queued

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/queue")

SHOWN = 8
_GLIMPSE = 44


class Settling(StatesGroup):
    note = State()


class Dismissing(StatesGroup):
    note = State()


@router.message(Says("cauhoi", "cau hoi", "questions", then=r"\d+"))
@router.callback_query(Says("cauhoi"))
async def show(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    of = say[turn.language]
    if not turn.who.is_staff:
        turn.say(of.staff_only())
        return
    lines = await _lines(turn)
    if (item_id := number(rest)) is not None:
        item = _one(turn, lines, item_id)
        turn.say(of.one(item), buttons=_steps(turn, item))
        return
    for item in lines[:SHOWN]:
        turn.concerns("question", item.question_id)
    buttons = tuple((Button(_line(turn, item), f"/cauhoi {item.id}"),) for item in lines[:SHOWN])
    turn.say(of.listed(len(lines), SHOWN), buttons=buttons)


async def _lines(turn: Turn) -> list[Queued]:
    async with turn.reading() as tx:
        return await questions.queue(tx, for_=turn.who)


def _one(turn: Turn, lines: list[Queued], item_id: int | None) -> Queued:
    """Return the item of this number as far as this person may see it. Raises NoSuchRecord."""
    item = next((line for line in lines if line.id == item_id), None)
    if item is None:
        raise NoSuchRecord(f"unanswered {item_id}")
    turn.concerns("question", item.question_id)
    return item


def _line(turn: Turn, item: Queued) -> str:
    text = item.text or say[turn.language].erased()
    return f"{item.id} · {text if len(text) <= _GLIMPSE else text[:_GLIMPSE].rstrip() + '…'}"


def _steps(turn: Turn, item: Queued) -> Rows:
    of = say[turn.language]
    if item.state is UnansweredState.OPEN:
        return ((Button(of.take(), f"/nhancauhoi {item.id}"), Button(of.dismiss(), f"/boqua {item.id}")),)
    if item.owner_id == turn.who.person_id:
        return ((Button(of.settle(), f"/xong {item.id}"), Button(of.dismiss(), f"/boqua {item.id}")),)
    return ()


@router.message(Says("nhancauhoi"))
@router.callback_query(Says("nhancauhoi"))
async def take(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    item = _one(turn, await _lines(turn), number(rest))
    async with turn.begin() as tx:
        await questions.take(tx, item.id, turn.who.person_id, turn.now)
        of = say[turn.language]
        after = ((Button(of.settle(), f"/xong {item.id}"), Button(of.dismiss(), f"/boqua {item.id}")),)
        turn.say(of.taken(item), buttons=after)


@router.message(Says("xong"))
@router.callback_query(Says("xong"))
async def begin_settling(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    item = _one(turn, await _lines(turn), number(rest))
    if item.owner_id != turn.who.person_id:
        raise NoSuchRecord(rest)
    await state.set_state(Settling.note)
    await state.set_data({"item": item.id})
    turn.say(say[turn.language].ask_note(item))


@router.message(Says("boqua"))
@router.callback_query(Says("boqua"))
async def begin_dismissing(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    item = _one(turn, await _lines(turn), number(rest))
    await state.set_state(Dismissing.note)
    await state.set_data({"item": item.id})
    turn.say(say[turn.language].ask_reason(item))


@forms.message(Settling.note, Typed())
async def settle(_event: Message, turn: Turn, state: FSMContext) -> None:
    item_id: int = (await state.get_data())["item"]
    await state.clear()
    async with turn.begin() as tx:
        await questions.settle(tx, item_id, turn.who.person_id, turn.text, turn.now)
        turn.say(say[turn.language].settled(item_id))


@forms.message(Dismissing.note, Typed())
async def dismiss(_event: Message, turn: Turn, state: FSMContext) -> None:
    item_id: int = (await state.get_data())["item"]
    await state.clear()
    async with turn.begin() as tx:
        await questions.dismiss(tx, item_id, turn.who.person_id, turn.text, turn.now)
        turn.say(say[turn.language].dismissed(item_id))
