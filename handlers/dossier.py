"""`hồ sơ MÃ`: where a dossier stands, for whoever can prove whose it is; in the same words for whoever cannot.

A code that does not exist is asked for the same proof, costs the same and is refused in the same words as one that
does. What proves it stands in no record (bot/hearing.py).
"""

import asyncio
import secrets

from aiogram import Router
from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.dossier_desk import show_work
from handlers.dossier_receipt import printed
from handlers.dossier_view import code_of, listing, show
from handlers.elsewhere import to_the_page
from handlers.office import Office
from handlers.says import Says, number, words
from handlers.turn import Button, Turn
from knowledge import dossier_codes
from knowledge.workdays import today
from storage import dossier_guesses, dossier_rights
from storage.dossier_guesses import Verdict
from storage.dossier_links import PIN_MARK
from storage.dossiers import Dossier

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
# A code in a sentence, after everything else that might be waiting for it.
free = Router(name=f"{__name__}.free")
pins = Router(name=f"{__name__}.pins")
say = words("handlers/dossier")

# Behind the command only what can be a code: "hồ sơ xin cấp phép gồm những gì" is a question.
CODE = r"(?=(?:\D*\d){10}).+|\d\.\d{6}\S*"


class Proving(StatesGroup):
    digits = State()


class BroughtAPin(Filter):
    """The PIN of a receipt stood in what was typed, or in the link of its QR code."""

    async def __call__(self, _event: Message, turn: Turn) -> bool:
        return turn.secret.upper().startswith(PIN_MARK) and not turn.in_group


class NamesADossier(Filter):
    """A dossier's code stands in what was typed; in a group it is a question like any other."""

    async def __call__(self, _event: Message, turn: Turn) -> bool:
        return not turn.in_group and not turn.command.startswith("/") and dossier_codes.named(turn.text) is not None


class BroughtDigits(Filter):
    """What was asked for, or another code instead; anything else is said to whoever it is meant for."""

    async def __call__(self, _event: Message, turn: Turn) -> bool:
        return turn.secret.isdigit() or dossier_codes.named(turn.text) is not None


@router.message(
    Says(
        "hoso",
        *("ho so", "hs", "ma ho so", "ma hs", "tra cuu", "tra cuu ho so", "tra ho so", "tinh trang ho so", "xem ho so"),
        *("ho so cua toi", "hs cua toi", "ho so cua toi den dau roi", "ho so den dau roi", "hs den dau roi"),
        *("ho so toi dau roi", "hs toi dau r", "hs den dau r", "my dossiers", "dossier", "dossiers", "my file"),
        then=CODE,
    )
)
@router.callback_query(Says("hoso"))
async def ask(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, office: Office, rest: str) -> None:
    if code := code_of(turn, rest):
        await _asked(turn, state, office, *code)
    elif procedure := dossier_codes.procedure(rest):
        turn.say(say[turn.language].procedure_code(procedure))
    elif any(map(str.isdigit, rest)) and not rest.startswith("trang "):
        turn.say(say[turn.language].no_code())
    else:
        await listing(turn, office, page=number(rest.removeprefix("trang ")) or 0)


@router.message(
    Says("quenma", *("ko nho ma hs", "khong nho ma ho so", "quen ma ho so", "mat giay hen", "ma ho so o dau"))
)
@router.callback_query(Says("quenma"))
async def forgotten(_event: Message | CallbackQuery, turn: Turn, office: Office) -> None:
    turn.say(say[turn.language].where_is_the_code(office))


@free.message(NamesADossier())
async def in_passing(_event: Message, turn: Turn, state: FSMContext, office: Office) -> None:
    if code := code_of(turn, ""):
        await _asked(turn, state, office, *code)


async def _asked(turn: Turn, state: FSMContext, office: Office, code: str, key: str) -> None:
    async with turn.reading() as tx:
        day = today(turn.now)
        dossier = await dossier_rights.find(tx, key, for_=turn.who, day=day)
        works = dossier is not None and await dossier_rights.is_work(tx, dossier, turn.who, day=day)
    if dossier is not None:
        await state.clear()
        await (show_work if works else show)(turn, office, dossier)
        return
    await state.set_state(Proving.digits)
    await state.set_data({"code": code, "key": key})
    if turn.secret.isdigit():
        await prove(turn, state, office)
        return
    turn.say(say[turn.language].ask_digits(code, staff=turn.who.is_staff), buttons=to_the_page(turn, office))


@forms.message(Proving.digits, BroughtDigits())
async def digits(_event: Message, turn: Turn, state: FSMContext, office: Office) -> None:
    if code := code_of(turn, ""):
        await _asked(turn, state, office, *code)
        return
    await prove(turn, state, office)


async def prove(turn: Turn, state: FSMContext, office: Office) -> None:
    """Try the digits that were typed on the dossier that the form names; a clerk's form may ask for its PIN."""
    form = await state.get_data()
    # Before the look, not after it: a committed reply is read at once by a page that looks. By chance longer, so that
    # what the look itself takes cannot be told from it.
    await asyncio.sleep(secrets.SystemRandom().uniform(1, 1.5) * office.reply_floor)
    await state.set_state(Proving.digits)  # so that it is written again: a wrong digit is soon put right
    async with turn.begin() as tx:
        verdict, dossier = await dossier_guesses.prove(
            tx, turn.who, key=form["key"], digits=turn.secret, address=turn.address, budgets=office.guesses, at=turn.now
        )
        if verdict is Verdict.PROVEN and dossier is not None:
            turn.form.state, turn.form.data = None, {}
            if wanted := form.get("pin"):
                await printed(turn, office, dossier, tx, everything=wanted == "all")
            else:
                await show(turn, office, dossier, tx=tx)
        else:
            turn.reminder = ""
            turn.say(_refusal(turn, office, verdict))


def _refusal(turn: Turn, office: Office, verdict: Verdict) -> str:
    of = say[turn.language]
    match verdict:
        case Verdict.WAIT:
            return of.wait(office)
        case Verdict.WHOLE_NEEDED:
            return of.whole_needed(office)
    return of.wrong(office)


@pins.message(BroughtAPin())
async def pin(_event: Message, turn: Turn, state: FSMContext, office: Office) -> None:
    await state.clear()
    async with turn.begin() as tx:
        found = await dossier_guesses.redeem(tx, turn.secret, turn.who, budgets=office.guesses, at=turn.now)
        match found:
            case Dossier():
                turn.say(say[turn.language].linked())
                await show(turn, office, found, tx=tx)
            case Verdict.WAIT:
                turn.say(say[turn.language].wait(office))
            case True:
                turn.say(say[turn.language].linked_to_all(), buttons=((Button(say[turn.language].all_(), "/hoso"),),))
            case _:
                turn.say(say[turn.language].wrong_pin(office))
