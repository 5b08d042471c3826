"""`/cauhoi`: the questions that the documents did not answer, for whoever owns the documents."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.pieces import glimpse
from handlers.says import Says, Typed, number, words
from handlers.turn import Button, Rows, Turn
from storage import unanswered
from storage.base import NoSuchRecord
from storage.unanswered import Queued, UnansweredState

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
    if (item_id := number(rest)) is not None:
        item = await _found(turn, item_id)
        turn.say(of.one(item), buttons=_steps(turn, item))
        return
    async with turn.reading() as tx:
        lines = await unanswered.queue(tx, for_=turn.who, limit=SHOWN)
        count = await unanswered.waiting(tx, for_=turn.who)
    for item in lines:
        turn.concerns("question", item.question_id)
    buttons = tuple((Button(_line(turn, item), f"/cauhoi {item.id}"),) for item in lines)
    turn.say(of.listed(count, SHOWN), buttons=buttons)


async def _found(turn: Turn, item_id: int | None) -> Queued:
    """Return the item of this number if this person may see it. Raises NoSuchRecord."""
    if item_id is None:
        raise NoSuchRecord("unanswered")
    async with turn.reading() as tx:
        item = await unanswered.find(tx, item_id, for_=turn.who)
    turn.concerns("question", item.question_id)
    return item


def _line(turn: Turn, item: Queued) -> str:
    return f"{item.id} · {glimpse(item.text or say[turn.language].erased(), _GLIMPSE)}"


def _steps(turn: Turn, item: Queued) -> Rows:
    of = say[turn.language]
    dismiss = Button(of.dismiss(), f"/boqua {item.id}")
    if item.state is UnansweredState.OPEN:
        return ((Button(of.take(), f"/nhancauhoi {item.id}"), dismiss),)
    if item.state is UnansweredState.TAKEN and item.owner_id == turn.who.person_id:
        return ((Button(of.settle(), f"/xong {item.id}"), dismiss),)
    return ()


@router.message(Says("nhancauhoi"))
@router.callback_query(Says("nhancauhoi"))
async def take(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    item = await _found(turn, number(rest))
    async with turn.begin() as tx:
        await unanswered.take(tx, item.id, turn.who.person_id, turn.now)
        taken = await unanswered.find(tx, item.id, for_=turn.who)
        turn.say(say[turn.language].taken(taken), buttons=_steps(turn, taken))


@router.message(Says("xong"))
@router.callback_query(Says("xong"))
async def begin_settling(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    item = await _found(turn, number(rest))
    if item.owner_id != turn.who.person_id:
        raise NoSuchRecord(rest)
    await state.set_state(Settling.note)
    await state.set_data({"item": item.id})
    turn.say(say[turn.language].ask_note(item))


@router.message(Says("boqua"))
@router.callback_query(Says("boqua"))
async def begin_dismissing(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    item = await _found(turn, number(rest))
    await state.set_state(Dismissing.note)
    await state.set_data({"item": item.id})
    turn.say(say[turn.language].ask_reason(item))


@forms.message(Settling.note, Typed())
async def settle(_event: Message, turn: Turn, state: FSMContext) -> None:
    item_id: int = (await state.get_data())["item"]
    await state.clear()
    async with turn.begin() as tx:
        await unanswered.settle(tx, item_id, turn.who.person_id, turn.text, turn.now)
        turn.say(say[turn.language].settled(item_id))


@forms.message(Dismissing.note, Typed())
async def dismiss(_event: Message, turn: Turn, state: FSMContext) -> None:
    item_id: int = (await state.get_data())["item"]
    await state.clear()
    async with turn.begin() as tx:
        await unanswered.dismiss(tx, item_id, turn.who.person_id, turn.text, turn.now)
        turn.say(say[turn.language].dismissed(item_id))
