"""`xac nhan`: the officer in charge confirms what the catalogue says of a procedure, by the decision that says so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram import Router
from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.says import Says, Typed, plainly, words
from handlers.turn import Button, Rows, Turn
from knowledge.procedure_records import procedure
from knowledge.procedures import Aspect, Mark, Procedure
from knowledge.vietnamese import fold
from knowledge.workdays import today
from storage import procedures
from storage.base import NoSuchRecord, NotAllowed
from storage.procedures import Held

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/confirm")

ALL = "tat-ca"
SHOWN = 8
_LABEL = 44
# What is typed without a slash is a command only where a code follows: "xác nhận khuyến mại mấy ngày" is a question,
# and so is "xác nhận mẫu 01 là gì".
_THEN = r"(?:\d\.\d{6}|[a-z]{1,8} ?\d[\w./ ]*)(?: .+)?"
_CODED = re.compile(r"(?:\S+ ){1,3}?(?:\d\.\d{6}|[A-Za-zĐđ]{1,8}[-.]?\d[\w.\-/]*)(?: .*)?", re.DOTALL)
_NAMES = {fold(aspect.value).replace("-", " "): aspect.value for aspect in Aspect} | {"tat ca": ALL}
_ANY = re.compile(r"\s+")
_BARE = frozenset({"xacnhan", "xac nhan", "confirm", "boxacnhan", "bo xac nhan", "unconfirm"})


class Coded(Filter):
    """A slash command, the bare name, or a name with a code behind it that is one word."""

    async def __call__(self, _event: Message | CallbackQuery, turn: Turn) -> bool:
        said = _ANY.sub(" ", turn.command.strip())
        return said.startswith("/") or plainly(said) in _BARE or _CODED.fullmatch(said) is not None


class ConfirmingAspects(StatesGroup):
    decision = State()


class TakingBack(StatesGroup):
    reason = State()


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed or pressed: the code, the aspect ("" none, ALL), and the rest in the writer's own letters."""

    code: str
    aspect: str
    rest: str


@router.message(Says("xacnhan", "xac nhan", "confirm", then=_THEN), Coded())
@router.callback_query(Says("xacnhan"))
async def confirm(_event: Message | CallbackQuery, turn: Turn, state: FSMContext) -> None:
    of = say[turn.language]
    if not turn.who.is_staff:
        turn.say(of.staff_only())
        return
    asked = _asked(turn, 2)
    if not asked.code:
        await _list(turn)
        return
    held, found = await _found(turn, asked.code)
    if held is None or found is None:
        turn.say(of.unknown(asked.code))
    elif not asked.aspect:
        turn.say(of.one(found, _lines(turn, found)), buttons=_aspects(turn, found))
    elif not (chosen := _chosen(held, found, asked.aspect)):
        turn.say(of.nothing_left(found), buttons=_back(turn, found))
    elif any(letter.isdigit() for letter in asked.rest) and len(asked.rest) <= procedures.MOST_DECISION:
        await _confirm(turn, found, chosen, asked.rest)
    else:
        await state.set_state(ConfirmingAspects.decision)
        await state.set_data({"code": found.cited, "rows": [held.aspect_ids[aspect] for aspect in chosen]})
        turn.say(of.ask_decision(found, _values(turn, found, chosen)))


@forms.message(ConfirmingAspects.decision, Typed())
async def decide(_event: Message, turn: Turn, state: FSMContext) -> None:
    of, data = say[turn.language], await state.get_data()
    if not any(letter.isdigit() for letter in turn.text):
        turn.say(of.no_number())
        return
    if len(turn.text) > procedures.MOST_DECISION:
        turn.say(of.too_long(procedures.MOST_DECISION))
        return
    await state.clear()
    held, found = await _found(turn, data["code"])
    names = {} if held is None else {row: name for name, row in held.aspect_ids.items()}
    if found is None or any(row not in names for row in data["rows"]):
        turn.say(of.changed(data["code"]))
        return
    await _confirm(turn, found, [names[row] for row in data["rows"]], turn.text)


@router.message(Says("boxacnhan", "bo xac nhan", "unconfirm", then=_THEN), Coded())
@router.callback_query(Says("boxacnhan"))
async def take_back(_event: Message | CallbackQuery, turn: Turn, state: FSMContext) -> None:
    of = say[turn.language]
    if not turn.who.is_staff:
        turn.say(of.staff_only())
        return
    asked = _asked(turn, 3)
    held, found = await _found(turn, asked.code)
    if held is None or found is None:
        turn.say(of.unknown(asked.code))
        return
    chosen = [a.value for a, said in found.aspects.items() if said.mark is Mark.CONFIRMED and asked.aspect in {a, ALL}]
    if not chosen:
        turn.say(of.not_confirmed(found), buttons=_back(turn, found))
        return
    await state.set_state(TakingBack.reason)
    await state.set_data({"code": found.cited, "rows": [held.aspect_ids[aspect] for aspect in chosen]})
    turn.say(of.ask_reason(found, [of.aspect(aspect) for aspect in chosen]))


@forms.message(TakingBack.reason, Typed())
async def give_reason(_event: Message, turn: Turn, state: FSMContext) -> None:
    data = await state.get_data()
    await state.clear()
    _, found = await _found(turn, data["code"])
    if found is None:
        raise NoSuchRecord(data["code"])
    async with turn.begin() as tx:
        for row in data["rows"]:
            await procedures.take_back(tx, row, by=turn.who.person_id, reason=turn.text, at=turn.now)
        turn.say(say[turn.language].taken_back(found))


async def _confirm(turn: Turn, found: Procedure, chosen: Sequence[str], decision: str) -> None:
    of = say[turn.language]
    held, _ = await _found(turn, found.cited)
    if held is None:
        raise NoSuchRecord(found.cited)
    rows = [held.aspect_ids[aspect] for aspect in chosen]
    try:
        async with turn.begin() as tx:
            for row in rows:
                await procedures.confirm(tx, row, by=turn.who.person_id, decision=decision, at=turn.now)
            turn.say(
                of.confirmed(found, [of.aspect(aspect) for aspect in chosen], decision), buttons=_back(turn, found)
            )
    except NotAllowed:
        turn.start_over()
        turn.say(of.not_in_charge(found))


async def _list(turn: Turn) -> None:
    """Say how much of the catalogue waits, and name the procedures that wait, those of the person's unit first."""
    of = say[turn.language]
    async with turn.reading() as tx:
        waiting = await procedures.waiting(tx, today(turn.now), for_=turn.who, limit=SHOWN)
    buttons = tuple((Button(_short(f"{each.code} · {each.name}"), f"/xacnhan {each.code}"),) for each in waiting.first)
    turn.say(of.listed(waiting), buttons=buttons)


async def _found(turn: Turn, code: str) -> tuple[Held, Procedure] | tuple[None, None]:
    async with turn.reading() as tx:
        held = await procedures.find(tx, code, today(turn.now))
    return (None, None) if held is None else (held, procedure(held.record))


def _asked(turn: Turn, spoken: int) -> Asked:
    """Take a command apart. `spoken`: how many words its longest spoken form has."""
    parts = _ANY.split(turn.command.strip())
    first = fold(parts[0])
    if not first.startswith("/") and first not in {"xacnhan", "boxacnhan", "confirm", "unconfirm"}:
        parts = parts[spoken - 1 :]
    code, rest = "".join(parts[1:2]), parts[2:]
    for count in (2, 1):
        name = " ".join(fold(part) for part in rest[:count]).replace("-", " ")
        if name in _NAMES:
            return Asked(code, _NAMES[name], " ".join(rest[count:]))
    return Asked(code, "", " ".join(rest))


def _chosen(held: Held, found: Procedure, aspect: str) -> list[str]:
    """Return what is to be confirmed: one aspect (also one confirmed before: a later decision), or what is open."""
    if aspect != ALL:
        return [aspect] if aspect in held.aspect_ids else []
    return [name.value for name, said in found.aspects.items() if said.mark is not Mark.CONFIRMED]


def _values(turn: Turn, found: Procedure, chosen: Sequence[str]) -> list[tuple[str, str, str]]:
    of = say[turn.language]
    said = {aspect.value: value for aspect, value in found.aspects.items()}
    return [(of.aspect(name), said[name].text, said[name].source) for name in chosen]


def _lines(turn: Turn, found: Procedure) -> list[str]:
    of = say[turn.language]
    return [of.line(of.aspect(aspect.value), said) for aspect, said in found.aspects.items()]


def _aspects(turn: Turn, found: Procedure) -> Rows:
    of = say[turn.language]
    left = [aspect for aspect, said in found.aspects.items() if said.mark is not Mark.CONFIRMED]
    buttons = [Button(of.aspect(aspect.value), f"/xacnhan {found.cited} {aspect.value}") for aspect in left]
    rows: Rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    if len(left) > 1:
        rows = (*rows, (Button(of.confirm_all(), f"/xacnhan {found.cited} {ALL}"),))
    if len(left) < len(found.aspects):
        rows = (*rows, (Button(of.undo(), f"/boxacnhan {found.cited} {ALL}"),))
    return rows


def _back(turn: Turn, found: Procedure) -> Rows:
    return ((Button(say[turn.language].whole(), f"/xacnhan {found.cited}"),),)


def _short(text: str) -> str:
    return text if len(text) <= _LABEL else text[: _LABEL - 1].rstrip() + "…"
