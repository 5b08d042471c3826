"""`việc`: an officer's dossiers by urgency, a head's unit, a director's all; and what is done about one of them."""

from datetime import datetime, time

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.dossier import CODE
from handlers.dossier_desk import left, show_work
from handlers.dossier_view import calendar, code_of
from handlers.office import Office
from handlers.says import Says, Typed, number, plainly, words
from handlers.turn import Button, Turn
from knowledge.workdays import VIETNAM, today
from storage import Tx, dossier_rights, dossier_work
from storage.base import NoSuchRecord
from storage.dossiers import Dossier

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/dossier_work")

SHOWN = 8
_SOON = 3
# "0412": the end of a code, as colleagues say it; fewer digits stand for a button.
_TAIL = r"\d{3,6}"
NAMED = rf"{_TAIL}|{CODE}"


class Noting(StatesGroup):
    text = State()


class Reassigning(StatesGroup):
    reason = State()


async def _one(tx: Tx, turn: Turn, rest: str, *, held: bool = True) -> Dossier:
    """Return the dossier of this person's work that is meant, by its code or the end of it. Raises NoSuchRecord."""
    day = today(turn.now)
    if code := code_of(turn, rest):
        return await dossier_rights.worked(tx, code[1], for_=turn.who, day=day, held=held)
    digits = rest.partition(" ")[0]
    found = await dossier_rights.ending_with(tx, digits, turn.who, day=day, limit=2) if digits.isdigit() else []
    if len(found) != 1:
        raise NoSuchRecord(rest)
    return found[0]


@router.message(
    Says(
        "viec",
        *("viec cua toi", "viec hom nay", "ho so sap tre", "hs nao sap tre", "ho so nao sap tre", "ho so tre"),
        *("phong minh tre may hs", "phong minh tre may ho so", "my work", "work"),
        then=NAMED,
    )
)
@router.callback_query(Says("viec"))
async def work(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    if not turn.who.is_staff:
        turn.say(say[turn.language].staff_only())
        return
    if any(map(str.isdigit, rest)):
        async with turn.reading() as tx:
            dossier = await _one(tx, turn, rest, held=False)
        await show_work(turn, office, dossier)
        return
    await _list(turn, office)


async def _list(turn: Turn, office: Office) -> None:
    day = today(turn.now)
    async with turn.reading() as tx:
        worked_by = await calendar(tx, office)
        midnight = datetime.combine(day, time.max, VIETNAM)
        ends = [midnight, worked_by.close(worked_by.next_working(day, _SOON))]
        rows = await dossier_rights.work(tx, turn.who, day=day, limit=SHOWN)
        late, at_once, soon, all_ = await dossier_rights.tally(tx, turn.who, day=day, moments=[turn.now, *ends])
    of = say[turn.language]
    counts = {"late": late, "today": at_once - late, "soon": soon - at_once, "all": all_}
    buttons = tuple((Button(of.line(row, left(turn, row, worked_by)), f"/viec {row.code}"),) for row in rows)
    turn.say(of.listed(counts, SHOWN), buttons=buttons)


@router.message(Says("dabiet", "da biet", then=NAMED, alone=False))
@router.callback_query(Says("dabiet"))
async def acknowledge(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    async with turn.begin() as tx:
        dossier = await _one(tx, turn, rest)
        await dossier_work.acknowledge(tx, dossier, turn.who, at=turn.now)
        turn.say(say[turn.language].acknowledged(dossier))


@router.message(Says("kip", "kip han", then=NAMED, alone=False))
@router.callback_query(Says("kip"))
async def in_time(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    await _forecast(turn, rest, in_time=True)


@router.message(Says("khongkip", "khong kip", "ko kip", then=NAMED, alone=False))
@router.callback_query(Says("khongkip"))
async def late(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    await _forecast(turn, rest, in_time=False)


async def _forecast(turn: Turn, rest: str, *, in_time: bool) -> None:
    async with turn.begin() as tx:
        dossier = await _one(tx, turn, rest)
        await dossier_work.forecast(tx, dossier, turn.who, in_time=in_time, at=turn.now)
        of = say[turn.language]
        letter = () if in_time else ((Button(of.apology_button(), f"/xinloi {dossier.code}"),),)
        turn.say(of.forecast(dossier, in_time), buttons=letter)


@router.message(Says("henmoi"))
@router.callback_query(Says("henmoi"))
async def accept(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    await _decide(turn, rest, accept=True)


@router.message(Says("giuhen"))
@router.callback_query(Says("giuhen"))
async def keep(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    await _decide(turn, rest, accept=False)


async def _decide(turn: Turn, rest: str, *, accept: bool) -> None:
    async with turn.begin() as tx:
        dossier = await _one(tx, turn, rest)
        await dossier_work.decide_due(tx, dossier, turn.who, accept=accept, at=turn.now)
        turn.say(say[turn.language].decided(dossier, accept))


@router.message(Says("ghichu", "ghi chu", "ghi chu ho so", then=NAMED, alone=False))
@router.callback_query(Says("ghichu"))
async def begin_note(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    async with turn.reading() as tx:
        dossier = await _one(tx, turn, rest, held=False)
    await state.set_state(Noting.text)
    await state.set_data({"key": dossier.key})
    turn.say(say[turn.language].ask_note(dossier))


@forms.message(Noting.text, Typed())
async def note(_event: Message, turn: Turn, state: FSMContext) -> None:
    key: str = (await state.get_data())["key"]
    await state.clear()
    async with turn.begin() as tx:
        dossier = await dossier_rights.worked(tx, key, for_=turn.who, day=today(turn.now))
        await dossier_work.note(tx, dossier, turn.who, turn.text, at=turn.now)
        turn.say(say[turn.language].noted(dossier))


@router.message(Says("chuyen", "chuyen ho so", "chuyen hs", then=rf"(?:{NAMED})(?: cho .+)?", alone=False))
@router.callback_query(Says("chuyen"))
async def begin_reassigning(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    which, _, whom = rest.partition(" cho ")
    async with turn.reading() as tx:
        dossier = await _one(tx, turn, which, held=False)
        people = await dossier_rights.colleagues(tx, dossier)
    chosen = number(which.rpartition(" ")[2]) if turn.command.startswith("/") and " " in which else None
    named = [p for p in people if (p.id == chosen if chosen else whom and is_called(p.name, whom))]
    of = say[turn.language]
    if len(named) != 1:
        rows = tuple((Button(p.name, f"/chuyen {dossier.code} {p.id}"),) for p in people if p.id != dossier.officer_id)
        turn.say(of.to_whom(dossier, len(rows)), buttons=rows[:SHOWN])
        return
    await state.set_state(Reassigning.reason)
    await state.set_data({"key": dossier.key, "to": named[0].id})
    turn.say(of.ask_reason(dossier, named[0].name))


def is_called(name: str, said: str) -> bool:
    """Tell whether "lan" may mean Nguyễn Thị Lan: the name folded ends with it."""
    return f" {plainly(name)}".endswith(f" {plainly(said)}")


@forms.message(Reassigning.reason, Typed())
async def reassign(_event: Message, turn: Turn, state: FSMContext) -> None:
    form = await state.get_data()
    await state.clear()
    async with turn.begin() as tx:
        dossier = await dossier_rights.worked(tx, form["key"], for_=turn.who, day=today(turn.now))
        person = await dossier_work.reassign(tx, dossier, turn.who, to=form["to"], reason=turn.text, at=turn.now)
        turn.say(say[turn.language].reassigned(dossier, person.name))
