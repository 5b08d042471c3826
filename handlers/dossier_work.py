"""`việc`: an officer's dossiers by urgency, a head's unit, a director's all; and what is done about one of them."""

import re
from datetime import datetime, time
from enum import StrEnum

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.dossier import CODE
from handlers.dossier_desk import left, show_work
from handlers.dossier_follow import added
from handlers.dossier_view import calendar, code_of
from handlers.office import Office
from handlers.says import Says, Typed, number, plainly, words
from handlers.turn import Button, Turn
from knowledge.dossier_phrases import Wish, meant_by_staff
from knowledge.workdays import VIETNAM, today
from storage import Tx, dossier_imports, dossier_rights, dossier_work
from storage.base import NoSuchRecord
from storage.dossiers import Dossier

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/dossier_work")

SHOWN = 8
_COLLEAGUES = 20
# Of a name, as much as a button carries beside a code.
_NAME = 15
_TITLE = re.compile(r"^(?:anh|chi|chu|co|bac|em|ong|ba|dong chi|d c) ")
_ENDS = re.compile(r"(?<!\d)\d{3,6}(?!\d)")
_PART = re.compile(r"(?P<part>tre|sap)? ?(?:trang (?P<page>\d{1,5}))?")
# "0412": the end of a code, as colleagues say it; fewer digits stand for a button.
NAMED = rf"\d{{3,6}}|{CODE}"


class Noting(StatesGroup):
    text = State()


class Reassigning(StatesGroup):
    reason = State()


async def meant(turn: Turn, rest: str, name: str, more: str = "") -> Dossier | None:
    """Return the dossier of this person's work that is meant, by its code or the end of it; None: they were asked.

    `name`, `more`: the command that is to be gone on with, on a button for each that ends so. Raises NoSuchRecord.
    """
    day = today(turn.now)
    tail = _ENDS.search(rest)
    async with turn.reading() as tx:
        if code := code_of(turn, rest):
            return await dossier_rights.worked(tx, code[1], for_=turn.who, day=day, held=False)
        if tail is None:
            raise NoSuchRecord(rest)
        found = await dossier_rights.ending_with(tx, tail[0], turn.who, day=day, limit=SHOWN)
    if len(found) == 1:
        return found[0]
    of = say[turn.language]
    buttons = tuple((Button(of.which_line(one), f"/{name} {one.code}{more}"),) for one in found)
    turn.say(of.which(tail[0]) if found else of.none_ends_so(tail[0], staff=turn.who.is_staff), buttons=buttons)
    return None


async def _held(tx: Tx, turn: Turn, key: str) -> Dossier:
    """Return the dossier until the commit, if it is still this person's work. Raises NoSuchRecord."""
    return await dossier_rights.worked(tx, key, for_=turn.who, day=today(turn.now))


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
    if part := _PART.fullmatch(rest):
        said = None if turn.command.startswith("/") else meant_by_staff(turn.text)
        spoken = _PARTS.get(said.wish, Part.ALL) if said else Part.ALL
        await listing(turn, office, Part(part["part"] or spoken), page=int(part["page"] or 1))
    elif (dossier := await meant(turn, rest, "viec")) is not None:
        await show_work(turn, office, dossier)


class Part(StrEnum):
    """Which of the open dossiers are listed; the value is how a command says it."""

    ALL = ""
    LATE = "tre"
    SOON = "sap"


_PARTS = {Wish.LATE: Part.LATE, Wish.SOON: Part.SOON}


async def listing(turn: Turn, office: Office, part: Part = Part.ALL, *, page: int = 1) -> None:
    """Say how many there are, and show a page of them, the most urgent first."""
    day = today(turn.now)
    async with turn.reading() as tx:
        worked_by = await calendar(tx, office)
        midnight = datetime.combine(day, time.max, VIETNAM)
        soon_by = worked_by.close(worked_by.next_working(day, office.soon_days))
        spans = {Part.LATE: (None, turn.now), Part.SOON: (turn.now, soon_by)}
        first = (page - 1) * SHOWN
        rows = await dossier_rights.work(
            tx, turn.who, day=day, limit=SHOWN + 1, offset=first, due=spans.get(part, (None, None))
        )
        late, at_once, soon, all_ = await dossier_rights.tally(
            tx, turn.who, day=day, moments=[turn.now, midnight, soon_by]
        )
    of = say[turn.language]
    counts = {"late": late, "today": at_once - late, "soon": soon - at_once, "all": all_, "days": office.soon_days}
    buttons = tuple((Button(of.line(row, left(turn, row, worked_by)), f"/viec {row.code}"),) for row in rows[:SHOWN])
    if len(rows) > SHOWN:
        buttons += ((Button(of.more_button(), f"/viec {part} trang {page + 1}".replace("  ", " ")),),)
    turn.say(of.listed(counts, part.value, len(rows[:SHOWN]), page), buttons=buttons)


@router.message(Says("dabiet", "da biet", then=NAMED, alone=False))
@router.callback_query(Says("dabiet"))
async def acknowledge(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    if (found := await meant(turn, rest, "dabiet")) is None:
        return
    async with turn.begin() as tx:
        dossier = await _held(tx, turn, found.key)
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
    if (found := await meant(turn, rest, "kip" if in_time else "khongkip")) is None:
        return
    async with turn.begin() as tx:
        dossier = await _held(tx, turn, found.key)
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
    if (found := await meant(turn, rest, "henmoi" if accept else "giuhen")) is None:
        return
    async with turn.begin() as tx:
        dossier = await _held(tx, turn, found.key)
        await dossier_work.decide_due(tx, dossier, turn.who, accept=accept, at=turn.now)
        turn.say(say[turn.language].decided(dossier, accept))


@router.message(Says("ghichu", "ghi chu", "ghi chu ho so", then=NAMED, alone=False))
@router.callback_query(Says("ghichu"))
async def begin_note(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    if (dossier := await meant(turn, rest, "ghichu")) is None:
        return
    await state.set_state(Noting.text)
    await state.set_data({"key": dossier.key})
    turn.say(say[turn.language].ask_note(dossier))


async def note_at_once(turn: Turn, rest: str, text: str) -> None:
    """Note what stood behind the code. Whose words need no mask are asked for by the form."""
    if (found := await meant(turn, rest, "ghichu")) is not None:
        await _note(turn, found.key, text)


@forms.message(Noting.text, Typed())
async def note(_event: Message, turn: Turn, state: FSMContext) -> None:
    key: str = (await state.get_data())["key"]
    await state.clear()
    await _note(turn, key, turn.text)


async def _note(turn: Turn, key: str, text: str) -> None:
    async with turn.begin() as tx:
        dossier = await _held(tx, turn, key)
        await dossier_work.note(tx, dossier, turn.who, text, at=turn.now)
        turn.say(say[turn.language].noted(dossier))


@router.message(Says("bosung"))
@router.callback_query(Says("bosung"))
async def supplemented(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    """Note that papers came in. The status is the source's: it changes with the next export that says so."""
    if not turn.who.is_staff:
        await added(turn, office, rest)
        return
    if (found := await meant(turn, rest, "bosung")) is None:
        return
    async with turn.begin() as tx:
        dossier = await _held(tx, turn, found.key)
        of = say[turn.language]
        await dossier_work.note(tx, dossier, turn.who, of.papers_came(), at=turn.now)
        turn.say(of.supplemented(dossier, await dossier_imports.as_of(tx, dossier)))


@router.message(Says("chuyen", "chuyen ho so", "chuyen hs", then=rf"(?:{NAMED})(?: cho .+)?", alone=False))
@router.callback_query(Says("chuyen"))
async def begin_reassigning(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    phrase = None if turn.command.startswith("/") else meant_by_staff(turn.text)
    which, _, whom = rest.partition(" cho ")
    chosen = number(which.rpartition(" ")[2]) if turn.command.startswith("/") and " " in which else None
    why = phrase.text if phrase else ""
    await hand_on(turn, state, which, whom=phrase.whom if phrase else whom, why=why, chosen=chosen)


async def hand_on(
    turn: Turn, state: FSMContext, which: str, *, whom: str, why: str = "", chosen: int | None = None
) -> None:
    """Give a dossier to a colleague: ask which one, to whom, and why, as far as it was not said."""
    of = say[turn.language]
    if not turn.who.roles & dossier_work.HANDS_ON:
        turn.say(of.only_heads())
        return
    if (dossier := await meant(turn, which, "chuyen", f" cho {whom[:_NAME]}" if whom else "")) is None:
        return
    async with turn.reading() as tx:
        people = await dossier_rights.colleagues(tx, dossier)
    named = [p for p in people if (p.id == chosen if chosen else whom and is_called(p.name, whom))]
    if len(named) != 1:
        rows = tuple((Button(p.name, f"/chuyen {dossier.code} {p.id}"),) for p in people if p.id != dossier.officer_id)
        turn.say(of.to_whom(dossier, len(rows), whom, len(named)), buttons=rows[:_COLLEAGUES])
    elif named[0].id == dossier.officer_id:
        turn.say(of.has_it(dossier, named[0].name))
    elif why:
        await _reassign(turn, dossier.key, named[0].id, why)
    else:
        await state.set_state(Reassigning.reason)
        await state.set_data({"key": dossier.key, "to": named[0].id})
        turn.say(of.ask_reason(dossier, named[0].name))


def is_called(name: str, said: str) -> bool:
    """Tell whether "lan" or "chị Lan" may mean Nguyễn Thị Lan: the name folded ends with it."""
    plain = plainly(said)
    return any(f" {plainly(name)}".endswith(f" {each}") for each in (plain, _TITLE.sub("", plain)) if each)


@forms.message(Reassigning.reason, Typed())
async def reassign(_event: Message, turn: Turn, state: FSMContext) -> None:
    form = await state.get_data()
    await state.clear()
    if (phrase := meant_by_staff(turn.text)) and phrase.wish is Wish.HAND_ON:  # no reason, but another order
        await hand_on(turn, state, phrase.which, whom=phrase.whom, why=phrase.text)
        return
    await _reassign(turn, form["key"], form["to"], turn.text)


async def _reassign(turn: Turn, key: str, to: int, reason: str) -> None:
    async with turn.begin() as tx:
        dossier = await _held(tx, turn, key)
        person = await dossier_work.reassign(tx, dossier, turn.who, to=to, reason=reason, at=turn.now)
        turn.say(say[turn.language].reassigned(dossier, person.name))
