"""`pin MÃ`: a clerk issues the PIN of a receipt, for what they received, or after the paper of whoever stands there."""

import re

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from handlers.dossier import CODE, Proving, prove
from handlers.dossier_receipt import printed, say
from handlers.dossier_view import code_of
from handlers.office import Office
from handlers.says import Says, plainly
from handlers.turn import Button, Turn
from knowledge.workdays import today
from storage import dossier_rights
from storage.base import NoSuchRecord
from storage.dossier_links import ISSUES
from storage.dossiers import Dossier
from storage.who import Role

router = Router(name=__name__)

SHOWN = 8
_ALL = re.compile(r"(?:^| )(?:(?:cho )?(?:tat ca|moi ho so|cung chu|all))$")
_TAIL = re.compile(r"(?<!\d)\d{3,6}(?!\d)")
# "mã PIN là gì" is a question.
_THEN = rf"(?:(?:cho )?(?:ho so |hs )?)(?:\d{{3,6}}|{CODE})(?: (?:cho )?(?:tat ca|moi ho so|cung chu|all))?"


@router.message(
    Says(
        "pin",
        *("in pin", "cap pin", "ma pin", "in ma pin", "cap ma pin", "in lai pin", "in lai ma pin", "cap lai pin"),
        *("cap lai ma pin", "xin ma pin", "lay ma pin", "in giay tiep nhan", "print pin", "new pin"),
        then=_THEN,
    )
)
@router.callback_query(Says("pin"))
async def issue(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, office: Office, rest: str) -> None:
    of = say[turn.language]
    if not turn.who.roles & ISSUES:
        turn.say(of.for_clerks() if turn.who.is_staff else of.for_citizens(office))
        return
    everything = _ALL.search(plainly(rest)) is not None
    if code := code_of(turn, rest):
        await _coded(turn, state, office, *code, everything=everything)
    elif tail := _TAIL.search(rest):
        await _ending(turn, state, office, tail[0], everything=everything)
    else:
        turn.say(of.how())


async def _coded(turn: Turn, state: FSMContext, office: Office, code: str, key: str, *, everything: bool) -> None:
    async with turn.reading() as tx:
        found = await dossier_rights.at_desk(tx, key, for_=turn.who, day=today(turn.now), now=turn.now)
    if found is not None:
        await _issued(turn, state, office, found, everything=everything)
        return
    await state.set_state(Proving.digits)
    await state.set_data({"code": code, "key": key, "pin": "all" if everything else "one"})
    if turn.secret.isdigit():
        await prove(turn, state, office)
    else:
        turn.say(say[turn.language].ask_paper(code))


async def _ending(turn: Turn, state: FSMContext, office: Office, digits: str, *, everything: bool) -> None:
    found: list[Dossier] = []
    if Role.CLERK in turn.who.roles:
        async with turn.reading() as tx:
            found = await dossier_rights.received_ending(tx, digits, turn.who, day=today(turn.now), limit=SHOWN)
    of, more = say[turn.language], " tat ca" if everything else ""
    if len(found) == 1:
        await _issued(turn, state, office, found[0], everything=everything)
    elif found:
        turn.say(of.which(digits), buttons=tuple((Button(one.code, f"/pin {one.code}{more}"),) for one in found))
    else:
        turn.say(of.none_ends_so(digits))


async def _issued(turn: Turn, state: FSMContext, office: Office, found: Dossier, *, everything: bool) -> None:
    await state.clear()
    async with turn.begin() as tx:
        # Asked again: what was read before may be another's by now.
        dossier = await dossier_rights.at_desk(tx, found.key, for_=turn.who, day=today(turn.now), now=turn.now)
        if dossier is None:
            raise NoSuchRecord(found.code)
        await printed(turn, office, dossier, tx, everything=everything)
