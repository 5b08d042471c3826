"""`/hieuluc`: what rests on law that has moved or is about to end, for whoever owns it."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.says import Says, Typed, number, words
from handlers.turn import Button, Turn
from storage import validity_flags
from storage.base import NoSuchRecord
from storage.validity_flags import ValidityFlag

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/validity")

SHOWN = 8
_LABEL = 44


class Settling(StatesGroup):
    note = State()


@router.message(Says("hieuluc", "xem hieu luc", "can cu het hieu luc", "validity", then=r"\d+"))
@router.callback_query(Says("hieuluc"))
async def show(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    of = say[turn.language]
    if not turn.who.is_staff:
        turn.say(of.staff_only())
        return
    flags = await _flags(turn)
    if (flag_id := number(rest)) is not None:
        flag = _one(flags, flag_id)
        turn.say(of.one(flag), buttons=((Button(of.settle(), f"/xemxong {flag.id}"),),))
        return
    buttons = tuple((Button(_line(flag), f"/hieuluc {flag.id}"),) for flag in flags[:SHOWN])
    turn.say(of.listed(len(flags), SHOWN), buttons=buttons)


@router.message(Says("xemxong"))
@router.callback_query(Says("xemxong"))
async def begin_settling(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    flag = _one(await _flags(turn), number(rest))
    await state.set_state(Settling.note)
    await state.set_data({"flag": flag.id})
    turn.say(say[turn.language].ask_note(flag))


@forms.message(Settling.note, Typed())
async def settle(_event: Message, turn: Turn, state: FSMContext) -> None:
    flag_id: int = (await state.get_data())["flag"]
    await state.clear()
    async with turn.begin() as tx:
        flag = await validity_flags.settle(tx, flag_id, for_=turn.who, note=turn.text, at=turn.now)
        turn.say(say[turn.language].settled(flag))


async def _flags(turn: Turn) -> list[ValidityFlag]:
    if not turn.who.is_staff:
        return []
    async with turn.reading() as tx:
        return await validity_flags.queue(tx, for_=turn.who)


def _one(flags: list[ValidityFlag], flag_id: int | None) -> ValidityFlag:
    """Return the flag of this number as far as this person may see it. Raises NoSuchRecord."""
    flag = next((flag for flag in flags if flag.id == flag_id), None)
    if flag is None:
        raise NoSuchRecord(f"flag {flag_id}")
    return flag


def _line(flag: ValidityFlag) -> str:
    text = f"{flag.id} · {flag.cites or flag.place} · {flag.name}"
    return text if len(text) <= _LABEL else text[: _LABEL - 1].rstrip() + "…"
