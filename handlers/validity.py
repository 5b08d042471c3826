"""`/hieuluc`: what rests on law that has moved or is about to end, for whoever owns it."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.pieces import glimpse
from handlers.says import Says, Typed, number, words
from handlers.turn import Button, Turn
from storage import validity_flags
from storage.base import NoSuchRecord
from storage.validity_flags import ValidityFlag

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/validity")

SHOWN = 8
ALL = "ca"
_LABEL = 44


class SettlingFlags(StatesGroup):
    note = State()


@router.message(Says("hieuluc", "xem hieu luc", "can cu het hieu luc", "validity", then=r"\d+(?: ca)?"))
@router.callback_query(Says("hieuluc"))
async def show(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    of = say[turn.language]
    if not turn.who.is_staff:
        turn.say(of.staff_only())
        return
    flags = await _flags(turn)
    if (flag_id := number(rest)) is None:
        groups = _groups(flags)
        buttons = tuple(
            (Button(_group(turn, group), f"/hieuluc {group[0].id}{_all(group)}"),) for group in groups[:SHOWN]
        )
        turn.say(of.listed(len(flags), len(groups), SHOWN), buttons=buttons)
        return
    flag = _one(flags, flag_id)
    alike = _alike(flags, flag) if rest.endswith(ALL) else [flag]
    if len(alike) == 1:
        turn.say(of.one(flag), buttons=((Button(of.settle(), f"/xemxong {flag.id}"),),))
        return
    each = tuple((Button(_line(one), f"/hieuluc {one.id}"),) for one in alike[:SHOWN])
    turn.say(of.many(flag, len(alike), SHOWN), buttons=(*each, (Button(of.settle_all(), f"/xemxong {flag.id} {ALL}"),)))


@router.message(Says("xemxong"))
@router.callback_query(Says("xemxong"))
async def begin_settling(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    flags = await _flags(turn)
    flag = _one(flags, number(rest))
    alike = _alike(flags, flag) if rest.endswith(ALL) else [flag]
    await state.set_state(SettlingFlags.note)
    await state.set_data({"flags": [one.id for one in alike]})
    turn.say(say[turn.language].ask_note(flag, len(alike)))


@forms.message(SettlingFlags.note, Typed())
async def settle(_event: Message, turn: Turn, state: FSMContext) -> None:
    ids: list[int] = (await state.get_data())["flags"]
    await state.clear()
    async with turn.begin() as tx:
        for flag_id in ids:
            await validity_flags.settle(tx, flag_id, for_=turn.who, note=turn.text, at=turn.now)
        turn.say(say[turn.language].settled(len(ids)))


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


def _groups(flags: list[ValidityFlag]) -> list[list[ValidityFlag]]:
    """Put together what rests on one text: one decree that goes may be cited in a hundred procedures."""
    groups: dict[tuple[str, str], list[ValidityFlag]] = {}
    for flag in flags:
        groups.setdefault((flag.cites, flag.trouble), []).append(flag)
    return list(groups.values())


def _alike(flags: list[ValidityFlag], flag: ValidityFlag) -> list[ValidityFlag]:
    return [one for one in flags if (one.cites, one.trouble) == (flag.cites, flag.trouble)]


def _all(group: list[ValidityFlag]) -> str:
    return f" {ALL}" if len(group) > 1 else ""


def _group(turn: Turn, group: list[ValidityFlag]) -> str:
    if len(group) == 1:
        return _line(group[0])
    return glimpse(say[turn.language].group(group[0], len(group)), _LABEL)


def _line(flag: ValidityFlag) -> str:
    return glimpse(f"{flag.id} · {flag.cites or flag.place} · {flag.name}", _LABEL)
