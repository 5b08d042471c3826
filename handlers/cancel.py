"""`/huy` ends whatever form is open, and says what was kept."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from handlers.says import Says, words
from handlers.turn import Turn

router = Router(name=__name__)
say = words("handlers/cancel")


def form_name(state: str) -> str:
    """Return which form a state belongs to: "Opening:matter" is of "Opening"."""
    return state.partition(":")[0]


def reminder(state: str, language: str) -> str:
    """Return the line that says which form still waits."""
    return say[language].waiting(form_name(state))


@router.message(Says("huy", "huy bo", "cancel", "thoat"))
@router.callback_query(Says("huy"))
async def cancel(_event: Message | CallbackQuery, turn: Turn, state: FSMContext) -> None:
    open_form = await state.get_state()
    if open_form is None:
        turn.say(say[turn.language].nothing_open(staff=turn.who.is_staff))
        return
    await state.clear()
    turn.say(say[turn.language].cancelled(form_name(open_form), staff=turn.who.is_staff))
