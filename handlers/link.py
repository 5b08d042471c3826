"""`/lienket CODE`: this chat becomes that of a person whom the Department knows. The code is stored nowhere."""

from aiogram import Router
from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.says import Says, Typed, plainly, words
from handlers.start import menu
from handlers.turn import Turn
from storage import identities, links
from storage.links import Linked, Refused, Why

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/link")

# What stands in the record of the conversation where the code was.
HIDDEN = "••••"


class Linking(StatesGroup):
    code = State()


class BroughtACode(Filter):
    """A one-time code stood in what was typed, with "liên kết" before it or alone."""

    async def __call__(self, _event: Message, turn: Turn) -> bool:
        if not turn.secret or turn.secret.isdigit():
            return False
        before, _, after = turn.text.partition(HIDDEN)
        if plainly(after):
            return False
        # A link t.me/<bot>?start=CODE types "/start CODE".
        return plainly(before) in {"", "start"} or _link.match(before.strip()) is not None


_link = Says("lienket", "lien ket", "link", "ma lien ket")


@router.message(BroughtACode())
async def redeem(_event: Message, turn: Turn, state: FSMContext) -> None:
    await _redeemed(turn, state, turn.secret)


@router.message(_link)
@router.callback_query(_link)
async def ask_code(_event: Message | CallbackQuery, turn: Turn, state: FSMContext) -> None:
    await state.set_state(Linking.code)
    turn.say(say[turn.language].ask_code())


@forms.message(Linking.code, Typed())
async def typed_code(_event: Message, turn: Turn, state: FSMContext) -> None:
    # Even a code with a mistake in it is most of a code.
    turn.body = {"text": HIDDEN}
    if not turn.secret and " " in turn.text:
        # A sentence is no attempt at a code: it must not lock anybody out.
        await state.set_state(Linking.code)
        turn.say(say[turn.language].no_code())
        return
    await _redeemed(turn, state, turn.secret or turn.text)


async def _redeemed(turn: Turn, state: FSMContext, code: str) -> None:
    await state.set_state(Linking.code)
    async with turn.begin() as tx:
        match await links.redeem(tx, code, turn.who.identity_id, at=turn.now):
            case Linked(name=name):
                turn.form.state = None
                turn.who = await identities.known(tx, turn.who.identity_id) or turn.who
                turn.say(say[turn.language].linked(name), buttons=menu(turn.who, turn.language), numbered=True)
            case Refused(reason=Why.OCCUPIED):
                turn.form.state = None
                turn.say(say[turn.language].occupied())
            case _:
                # The same words whatever the reason: the reasons would tell which codes exist.
                turn.say(say[turn.language].refused(links.ATTEMPTS))
