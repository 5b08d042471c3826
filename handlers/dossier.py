"""`hồ sơ MÃ`: where a dossier stands, for whoever can prove whose it is; in the same words for whoever cannot.

A code that does not exist is asked for the same proof, costs the same and is refused in the same words as one that
does. What proves it stands in no record (bot/hearing.py).
"""

import asyncio
import secrets
from typing import Literal

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
from storage import dossier_guesses, dossier_links, dossier_rights
from storage.dossier_guesses import Verdict
from storage.dossier_links import PIN_MARK
from storage.dossiers import Dossier

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
# A code in a sentence, after everything else that might be waiting for it.
free = Router(name=f"{__name__}.free")
# What is no dossier's code where one is meant; before what is asked of a procedure.
mistaken = Router(name=f"{__name__}.mistaken")
pins = Router(name=f"{__name__}.pins")
say = words("handlers/dossier")
follow_words = words("handlers/dossier_follow")

# Behind the command only what can be a code: "hồ sơ xin cấp phép gồm những gì" is a question.
_OTHERS = 5
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


class MeansADossier(Filter):
    """Somebody asks for a dossier by the code of a procedure: `rest`."""

    async def __call__(self, _event: Message, turn: Turn) -> bool | dict[str, str]:
        if turn.in_group or turn.command.startswith("/") or dossier_codes.named(turn.text):
            return False
        found = dossier_codes.procedure_for_a_dossier(turn.text)
        return {"rest": found} if found else False


class NearlyADossier(Filter):
    """What stands there has the look of a dossier's code, a digit short or too long, or is the end of one alone."""

    async def __call__(self, _event: Message, turn: Turn) -> bool:
        return not turn.in_group and not turn.command.startswith("/") and dossier_codes.damaged(turn.text)


class DigitsAlone(Filter):
    """Nothing but a number, which nobody has asked for: of staff it is the end of a code."""

    async def __call__(self, _event: Message, turn: Turn) -> bool:
        return turn.secret.isdigit() and not turn.in_group and not turn.who.is_staff and turn.form.state is None


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
        await asked(turn, state, office, *code)
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
        await asked(turn, state, office, *code)


@mistaken.message(MeansADossier())
async def no_dossiers(_event: Message, turn: Turn, rest: str) -> None:
    turn.say(say[turn.language].procedure_code(rest))


@free.message(NearlyADossier())
async def nearly(_event: Message, turn: Turn) -> None:
    turn.say(say[turn.language].no_code())


@free.message(DigitsAlone())
async def code_first(_event: Message, turn: Turn) -> None:
    turn.say(say[turn.language].code_first())


async def asked(
    turn: Turn, state: FSMContext, office: Office, code: str, key: str, *, then: Literal["show", "follow"] = "show"
) -> None:
    """Show a dossier to whoever may see it, ask everybody else for the proof. `then`: what follows on it."""
    _further(turn, key)
    async with turn.reading() as tx:
        day = today(turn.now)
        dossier = await dossier_rights.find(tx, key, for_=turn.who, day=day)
        works = dossier is not None and await dossier_rights.is_work(tx, dossier, turn.who, day=day)
    if dossier is not None:
        await state.clear()
        await (show_work if works else show)(turn, office, dossier)
        return
    await state.set_state(Proving.digits)
    await state.set_data({"code": code, "key": key, "then": then})
    if turn.secret.isdigit():
        await prove(turn, state, office)
        return
    turn.say(say[turn.language].ask_digits(code, staff=turn.who.is_staff), buttons=to_the_page(turn, office))


def _further(turn: Turn, key: str) -> None:
    """Of several codes in one message one is looked up; the others are a press away."""
    codes = {dossier_codes.key(code): code for code in dossier_codes.all_named(turn.text)}
    others = [code for each, code in codes.items() if each != key and dossier_codes.written(code)][:_OTHERS]
    if others and not turn.command.startswith("/"):
        buttons = tuple((Button(code, f"/hoso {code}"),) for code in others)
        turn.say(say[turn.language].one_at_a_time(), buttons=buttons)


@forms.message(Proving.digits, BroughtDigits())
async def digits(_event: Message, turn: Turn, state: FSMContext, office: Office) -> None:
    if code := code_of(turn, ""):
        await asked(turn, state, office, *code)
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
                if form.get("then") == "follow" and not turn.who.is_staff:
                    await dossier_links.follow(tx, turn.who, dossier, on=True, at=turn.now)
                    turn.say(follow_words[turn.language].followed(dossier, dossier_links.FOLLOWED_FOR.days))
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
