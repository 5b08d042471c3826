"""`/nhantin`: where this person is told things, in which order, and their mailbox."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.says import Says, plainly, words
from handlers.turn import Button, Rows, Turn
from storage import Tx, addresses
from storage.addresses import EMAIL, BadMailbox

router = Router(name=__name__)
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
_NAMED = "|".join(sorted(_NAMES, key=len, reverse=True))


@router.message(Says("nhantin", "nhan tin", "noi nhan tin", "where to write", then=rf"(?:{_NAMED}|xoa thu)"))
@router.callback_query(Says("nhantin"))
async def choose(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    # A mailbox comes beside the text: it is masked there, and stands in no other record than the person's.
    if turn.secret:
        await _write_to(turn, turn.secret)
        return
    wanted = plainly(rest)
    if wanted in _FORGET:
        await _forget(turn)
    elif wanted in _NAMES:
        await _first(turn, _NAMES[wanted])
    else:
        async with turn.reading() as tx:
            shown, rows = await _shown(tx, turn)
        turn.say(shown, buttons=rows, numbered=True)


async def _shown(tx: Tx, turn: Turn) -> tuple[str, Rows]:
    of, places = say[turn.language], await addresses.of(tx, turn.who.person_id)
    mailbox = await addresses.mailbox_of(tx, turn.who.person_id)
    channels = list(dict.fromkeys(place.channel for place in places))
    rows = [(Button(of.first(channel), f"/nhantin {channel}"),) for channel in channels[1:]]
    if mailbox:
        rows.append((Button(of.forget(), "/nhantin xoathu"),))
    return of.shown(channels, addresses.masked(mailbox), staff=turn.who.is_staff), tuple(rows)


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


async def _write_to(turn: Turn, mailbox: str) -> None:
    async with turn.begin() as tx:
        try:
            await addresses.write_to(tx, turn.who.person_id, mailbox, by=turn.who.person_id, at=turn.now)
        except BadMailbox:
            turn.say(say[turn.language].bad())
            return
        shown, rows = await _shown(tx, turn)
        turn.say(shown, buttons=rows, numbered=True)


async def _forget(turn: Turn) -> None:
    async with turn.begin() as tx:
        await addresses.write_no_more(tx, turn.who.person_id, by=turn.who.person_id, at=turn.now)
        shown, rows = await _shown(tx, turn)
        turn.say(shown, buttons=rows, numbered=True)
