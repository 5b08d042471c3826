"""A citizen asks for a person: `/gapcanbo`, the matter, an explicit yes; the reply comes back to this chat."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.office import Office
from handlers.says import Says, Typed, number, words
from handlers.turn import Button, Rows, Turn
from storage import consents, questions, tickets

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/ticket")

# To what a citizen says yes when sending a ticket, and the version of the words (handlers/ticket.*.j2: agree).
PURPOSE = "ticket"
CONSENT_VERSION = "2026-11"


class Opening(StatesGroup):
    matter = State()
    agree = State()


@router.message(Says("gapcanbo", "gap can bo", "gap nguoi", "officer", "ask an officer"))
@router.callback_query(Says("gapcanbo"))
async def begin(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, office: Office, rest: str) -> None:
    question_id = number(rest)
    if question_id is None:
        await state.set_state(Opening.matter)
        await state.set_data({})
        turn.say(say[turn.language].ask_matter(office, staff=turn.who.is_staff))
        return
    async with turn.reading() as tx:
        asked = await questions.find(tx, question_id, for_=turn.who)
    await _confirm(turn, state, office, asked.text or "", question_id)


@forms.message(Opening.matter, Typed())
@forms.message(Opening.agree, Typed())
async def matter(_event: Message, turn: Turn, state: FSMContext, office: Office) -> None:
    # What is typed instead of pressing a button is a better wording of the matter.
    question_id = await state.get_value("question")
    await _confirm(turn, state, office, turn.text, question_id)


async def _confirm(turn: Turn, state: FSMContext, office: Office, body: str, question_id: int | None) -> None:
    await state.set_state(Opening.agree)
    await state.set_data({"body": body, "question": question_id})
    of = say[turn.language]
    rows: Rows = ((Button(of.send(), "/gui"),), (Button(of.rewrite(), "/vietlai"),), (Button(of.cancel(), "/huy"),))
    turn.say(of.agree(body, office, staff=turn.who.is_staff), buttons=rows, numbered=True)


@router.message(Opening.agree, Says("gui", "dong y", "gui di", "send", "i agree"))
@router.callback_query(Opening.agree, Says("gui"))
async def send(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, office: Office) -> None:
    form = await state.get_data()
    await state.clear()
    async with turn.begin() as tx:
        await consents.give(tx, turn.who.person_id, PURPOSE, CONSENT_VERSION, at=turn.now)
        ticket = await tickets.open_(
            tx,
            who=turn.who,
            chat_id=turn.chat_id,
            bot_id=turn.bot_id,
            body=form["body"],
            question_id=form["question"],
            update_id=turn.update_id,
            at=turn.now,
        )
        turn.say(say[turn.language].opened(ticket.id, office, staff=turn.who.is_staff))


@router.message(Opening.agree, Says("vietlai", "viet lai", "rewrite"))
@router.callback_query(Opening.agree, Says("vietlai"))
async def rewrite(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, office: Office) -> None:
    await state.set_state(Opening.matter)
    turn.say(say[turn.language].ask_matter(office, staff=turn.who.is_staff))
