"""`/nhantin`: where this person is told things, in which order, and their mailbox, which a code confirms."""

import re

from aiogram import Router
from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.link import HIDDEN
from handlers.office import Office
from handlers.says import Says, plainly, words
from handlers.turn import Button, Rows, Turn
from storage import Tx, addresses, mailbox_codes
from storage.addresses import EMAIL, BadMailbox
from storage.mailbox_codes import ATTEMPTS, DIGITS, Answer, TooManyCodes

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/addresses")

_NAMES = {
    "telegram": "telegram",
    "email": EMAIL,
    "thu": EMAIL,
    "thu dien tu": EMAIL,
    "web": "web",
    "trang": "web",
    "trang tro chuyen": "web",
}
_FORGET = frozenset({"xoa thu", "xoathu", "xoa email", "forget"})
_AGAIN = frozenset({"gui lai", "guilai", "gui lai ma", "again"})
_NAMED = "|".join(sorted(_NAMES, key=len, reverse=True))
_CODE = re.compile(rf"\D{{0,30}}(\d(?:[ .-]?\d){{{DIGITS - 1}}})\D{{0,30}}")


class ConfirmingMailbox(StatesGroup):
    code = State()


class BroughtACode(Filter):
    """Six digits were typed where they were asked for, whatever is said around them; anything else is not meant."""

    async def __call__(self, _event: Message, turn: Turn) -> bool:
        return bool(_digits(turn.secret or turn.text)) and not turn.in_group


def _digits(text: str) -> str:
    found = _CODE.fullmatch(text)
    return re.sub(r"\D", "", found[1]) if found else ""


@router.message(
    Says(
        *("nhantin", "nhan tin", "noi nhan tin", "where to write"),
        then=rf"(?:{_NAMED}|xoa thu|gui lai(?: ma)?|(?:ma )?\d{{{DIGITS}}})",
    )
)
@router.callback_query(Says("nhantin"))
async def choose(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, office: Office, rest: str) -> None:
    wanted = plainly(rest)
    # A mailbox comes beside the text: it is masked there, and stands in no other record than the person's.
    if turn.secret and "@" in turn.secret:
        await _ask(turn, state, office, turn.secret)
    elif digits := _digits(wanted):
        await _confirm(turn, state, digits)
    elif wanted in _AGAIN:
        await _ask_again(turn, state, office)
    elif wanted in _FORGET:
        await _forget(turn, state)
    elif wanted in _NAMES:
        await _first(turn, _NAMES[wanted])
    else:
        async with turn.reading() as tx:
            shown, rows = await _shown(tx, turn)
        turn.say(shown, buttons=rows, numbered=True)


@forms.message(ConfirmingMailbox.code, BroughtACode())
async def typed(_event: Message, turn: Turn, state: FSMContext) -> None:
    await _confirm(turn, state, _digits(turn.secret or turn.text))


async def _shown(tx: Tx, turn: Turn) -> tuple[str, Rows]:
    of, places = say[turn.language], await addresses.of(tx, turn.who.person_id)
    mailbox = addresses.masked(await addresses.mailbox_of(tx, turn.who.person_id))
    waits = await mailbox_codes.pending(tx, turn.who.person_id, turn.now)
    channels = list(dict.fromkeys(place.channel for place in places))
    rows = [(Button(of.first(channel), f"/nhantin {channel}"),) for channel in channels[1:]]
    if waits and not waits.gone:
        rows.append((Button(of.again(), "/nhantin guilai"),))
    if mailbox or waits:
        rows.append((Button(of.forget(), "/nhantin xoathu"),))
    shown = of.shown(channels, mailbox, staff=turn.who.is_staff)
    if waits:
        shown += of.waits(addresses.masked(waits.mailbox), waits)
    return shown, tuple(rows)


async def _first(turn: Turn, channel: str) -> None:
    async with turn.begin() as tx:
        places = await addresses.of(tx, turn.who.person_id)
        known = list(dict.fromkeys(place.channel for place in places))
        if channel not in known:
            turn.say(say[turn.language].not_there(channel, staff=turn.who.is_staff))
            return
        order = [channel, *(one for one in known if one != channel)]
        await addresses.order(tx, turn.who.person_id, order, by=turn.who.person_id, at=turn.now)
        shown, rows = await _shown(tx, turn)
        turn.say(shown, buttons=rows, numbered=True)


async def _ask(turn: Turn, state: FSMContext, office: Office, mailbox: str) -> None:
    of, staff = say[turn.language], turn.who.is_staff
    if not office.writes_letters:
        turn.say(of.no_letters(staff=staff))
        return
    await state.set_state(ConfirmingMailbox.code)
    async with turn.begin() as tx:
        try:
            masked = await mailbox_codes.ask(tx, turn.who.person_id, mailbox, by=turn.who.person_id, at=turn.now)
        except BadMailbox:
            turn.form.state = None
            turn.say(of.bad())
        except TooManyCodes:
            turn.form.state = None
            turn.say(of.too_many(staff=staff))
        else:
            turn.say(of.sent(masked, staff=staff))


async def _ask_again(turn: Turn, state: FSMContext, office: Office) -> None:
    async with turn.reading() as tx:
        mailbox = await mailbox_codes.named(tx, turn.who.person_id)
    if mailbox:
        await _ask(turn, state, office, mailbox)
    else:
        turn.say(say[turn.language].nothing_waits())


async def _confirm(turn: Turn, state: FSMContext, digits: str) -> None:
    of, staff = say[turn.language], turn.who.is_staff
    turn.body = {"text": HIDDEN}
    await state.set_state(ConfirmingMailbox.code)
    async with turn.begin() as tx:
        answer = await mailbox_codes.confirm(tx, turn.who.person_id, digits, at=turn.now)
        if answer is Answer.WRONG:
            turn.reminder = ""
            turn.say(of.wrong(ATTEMPTS))
            return
        turn.form.state = None
        if answer is Answer.NONE:
            turn.say(of.nothing_waits())
            return
        shown, rows = await _shown(tx, turn)
        turn.say(of.confirmed(staff=staff) + shown, buttons=rows, numbered=True)


async def _forget(turn: Turn, state: FSMContext) -> None:
    if turn.form.state == ConfirmingMailbox.code.state:
        await state.clear()
    async with turn.begin() as tx:
        await addresses.write_no_more(tx, turn.who.person_id, by=turn.who.person_id, at=turn.now)
        await mailbox_codes.forget(tx, turn.who.person_id)
        shown, rows = await _shown(tx, turn)
        turn.say(shown, buttons=rows, numbered=True)
