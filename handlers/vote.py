"""👍 or 👎 under an answer; 👎 asks why, and the question goes to whoever owns the documents."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.says import Says, number, words
from handlers.turn import Button, Rows, Saying, Turn, said
from storage import Tx, messages, questions
from storage.base import NoSuchRecord
from storage.questions import Reason

router = Router(name=__name__)
say = words("handlers/vote")

# How a reason is written on a button, and typed.
REASONS = {
    "sai": Reason.WRONG,
    "thieu": Reason.INCOMPLETE,
    "cu": Reason.OUTDATED,
    "khac": Reason.NOT_MY_QUESTION,
}
_TICK = " ✓"


@router.message(Says("hay"))
@router.callback_query(Says("hay"))
async def up(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    question_id = _question(rest)
    async with turn.begin() as tx:
        await questions.vote(tx, question_id, who=turn.who, up=True, at=turn.now)
        await _tick(tx, turn, f"/hay {question_id}")
        turn.toast(say[turn.language].thanks_toast(staff=turn.who.is_staff))
        if turn.pressed_on is None:
            turn.say(say[turn.language].thanks(staff=turn.who.is_staff))


@router.message(Says("do"))
@router.callback_query(Says("do"))
async def down(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    question_id = _question(rest)
    of = say[turn.language]
    async with turn.begin() as tx:
        await questions.vote(tx, question_id, who=turn.who, up=False, at=turn.now)
        asked_already = await _tick(tx, turn, f"/do {question_id}")
        turn.toast(of.down_toast())
        if not asked_already:
            rows: Rows = tuple((Button(of.reason(word), f"/visao {question_id} {word}"),) for word in REASONS)
            turn.say(of.why(), buttons=rows, numbered=True)


@router.message(Says("khongphai"))
@router.callback_query(Says("khongphai"))
async def none_of_these(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    """Record that none of the offered places was meant. Nothing was answered, so there is nothing to ask about."""
    question_id, of = _question(rest), say[turn.language]
    async with turn.begin() as tx:
        await questions.vote(tx, question_id, who=turn.who, up=False, at=turn.now)
        await questions.why(tx, question_id, who=turn.who, reason=Reason.NOT_MY_QUESTION, at=turn.now)
        officer = ((Button(of.person(), f"/gapcanbo {question_id}"),),)
        turn.say(of.none_of_these(staff=turn.who.is_staff), buttons=officer)


@router.message(Says("visao"))
@router.callback_query(Says("visao"))
async def why(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    question_id, word = _question(rest), rest.partition(" ")[2]
    if word not in REASONS:
        raise NoSuchRecord(rest)
    html = say[turn.language].recorded(word, staff=turn.who.is_staff)
    officer = ((Button(say[turn.language].person(), f"/gapcanbo {question_id}"),),)
    async with turn.begin() as tx:
        await questions.why(tx, question_id, who=turn.who, reason=REASONS[word], at=turn.now)
        if turn.pressed_on is not None and await messages.one(tx, turn.pressed_on, turn.bot_id, turn.chat_id):
            turn.edit(turn.pressed_on, html, buttons=officer)
        else:
            turn.say(html, buttons=officer)
        turn.toast(say[turn.language].thanks_toast(staff=turn.who.is_staff))


def _question(rest: str) -> int:
    question_id = number(rest)
    if question_id is None:
        raise NoSuchRecord(rest)
    return question_id


async def _tick(tx: Tx, turn: Turn, data: str) -> bool:
    """Show at the pressed message what was recorded; return whether it showed so already."""
    row = await messages.one(tx, turn.pressed_on, turn.bot_id, turn.chat_id) if turn.pressed_on is not None else None
    if row is None or not row.body:
        return False
    before = said(row.body)
    after = ticked(before, data)
    if after == before:
        return True
    turn.edits.append((row.id, after))
    return False


def ticked(saying: Saying, data: str) -> Saying:
    """Return `saying` with a tick at the button of `data` and at none of its neighbours in the row."""
    rows = tuple(
        tuple(_at(button, data) for button in row) if any(button.data == data for button in row) else row
        for row in saying.buttons
    )
    return Saying(saying.html, rows, saying.numbered)


def _at(button: Button, data: str) -> Button:
    return Button(button.text.removesuffix(_TICK) + (_TICK if button.data == data else ""), button.data, button.url)
