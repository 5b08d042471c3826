"""`/ghingay`, `/bongay`, `/dexuatlich`: an administrator marks a day, takes a mark away, has a year proposed.

Nothing is written before it was shown and pressed, or given its document; what is marked waits to be confirmed
(handlers/calendar_work). A change moves no appointment: dossiers whose date differs from now on are named, and whoever
works on them is asked.
"""

import asyncio
from collections.abc import Awaitable
from datetime import date, datetime
from typing import Protocol

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.calendar import A_DATE, FIRST_YEAR, LAST_YEAR
from handlers.office import Office
from handlers.says import Says, Typed, number, words
from handlers.turn import Button, Turn
from knowledge.day_words import day_meant
from knowledge.marked_days import SATURDAY
from knowledge.vietnamese import fold
from knowledge.workdays import Calendar, Hours, today
from storage import Tx, days
from storage.base import NoSuchRecord
from storage.days import CalendarDay, DayKind
from storage.dossier_recounts import Counted
from storage.who import Role

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/calendar_marks")

_KINDS = {
    ("lam", "bu"): DayKind.WORK,
    ("lam", "viec"): DayKind.WORK,
    ("work",): DayKind.WORK,
    ("worked",): DayKind.WORK,
    ("nghi",): DayKind.OFF,
    ("off",): DayKind.OFF,
}
# A day off: the day, its name, the law that fixes it by date.
_Day = tuple[date, str, str | None]
_LONGEST_NAME, _LONGEST_SOURCE, _NAMED = 120, 200, 10


class Recount(Protocol):
    """Hold a changed calendar against the appointments that were given; see bot/recounting.py."""

    def __call__(
        self,
        tx: Tx,
        before: list[CalendarDay],
        after: list[CalendarDay],
        hours: Hours,
        /,
        *,
        by: int | None,
        at: datetime,
    ) -> Awaitable[list[Counted]]: ...


class Marking(StatesGroup):
    document = State()


class AdministratorSays(Says):
    """A command whose spoken forms are an administrator's alone: from anybody else such a sentence is a question."""

    async def __call__(self, _event: Message | CallbackQuery, turn: Turn) -> bool | dict[str, str]:
        if not turn.command.startswith("/") and Role.ADMINISTRATOR not in turn.who.roles:
            return False
        return await super().__call__(_event, turn)


_MARK = AdministratorSays(
    "ghingay", "ghi ngay", "danh dau ngay", then=rf"{A_DATE} (?:nghi|lam bu|lam viec).*", alone=False
)
_REMOVE = AdministratorSays("bongay", "bo ngay", "xoa ngay", then=A_DATE, alone=False)
_PROPOSE = AdministratorSays("dexuatlich", "de xuat lich", "de xuat lich nam", then=r"\d{4}", alone=False)


def _may(turn: Turn) -> bool:
    if Role.ADMINISTRATOR in turn.who.roles and not turn.in_group:
        return True
    turn.say(say[turn.language].administrators_only(staff=turn.who.is_staff))
    return False


# -- marking


@router.message(_MARK)
async def mark(_event: Message, turn: Turn, state: FSMContext) -> None:
    if not _may(turn):
        return
    of, meant = say[turn.language], _meant(turn.text, today(turn.now))
    if meant is None:
        turn.say(of.how())
        return
    day, kind, name = meant
    async with turn.reading() as tx:
        known = await days.one(tx, day)
    await state.set_state(Marking.document)
    await state.set_data({"day": day.isoformat(), "kind": kind.value, "name": name})
    buttons = ((Button(of.without_document(), f"/luungay {day}"),),)
    turn.say(of.ask_document(day, kind is DayKind.WORK, name, known), buttons=buttons)


def _meant(text: str, now: date) -> tuple[date, DayKind, str] | None:
    """Return day, kind and name of “/ghingay 11/2/2027 nghỉ Tết Nguyên đán”; None where one of them is missing."""
    said = text.split()
    plain = [fold(word).strip(":,;-–.") or "-" for word in said]
    for at in range(1, len(said)):
        for words_, kind in _KINDS.items():
            if tuple(plain[at : at + len(words_)]) != words_:
                continue
            behind = (
                1 if said[0].startswith("/") else next((n for n, word in enumerate(plain) if word[0].isdigit()), at)
            )
            day = day_meant(" ".join(said[behind:at]), now)
            name = " ".join(said[at + len(words_) :]).strip(" -–:;,.")[:_LONGEST_NAME]
            if day is not None and name and FIRST_YEAR <= day.year <= LAST_YEAR:
                return day, kind, name
    return None


@router.message(Says("luungay"))
@router.callback_query(Says("luungay"))
async def without_document(
    _event: Message | CallbackQuery, turn: Turn, state: FSMContext, office: Office, recount: Recount, rest: str
) -> None:
    data = await state.get_data() if turn.form.state == Marking.document.state else {}
    if data.get("day") != rest:  # pressed too late, or made up: what would be written was never shown
        raise NoSuchRecord(rest)
    await _written(turn, state, office, recount, source=None)


@forms.message(Marking.document, Typed())
async def by_document(_event: Message, turn: Turn, state: FSMContext, office: Office, recount: Recount) -> None:
    # "chưa có văn bản": what has no number is no document that anybody could look up.
    source = turn.text[:_LONGEST_SOURCE] if any(sign.isdigit() for sign in turn.text) else None
    await _written(turn, state, office, recount, source=source)


async def _written(turn: Turn, state: FSMContext, office: Office, recount: Recount, *, source: str | None) -> None:
    data = await state.get_data()
    day, kind = date.fromisoformat(data["day"]), DayKind(data["kind"])
    await state.clear()
    of, by = say[turn.language], turn.who.person_id
    async with turn.begin() as tx:
        before = await days.calendar(tx)
        put = await days.put(tx, day, kind=kind, name=data["name"], source=source, by=by, at=turn.now)
        moved = await _recounted(tx, turn, office, recount, before)
        buttons = ((Button(of.confirm(day), f"/xacnhanngay {day}"),),)
        turn.say(of.marked(put, moved[:_NAMED], len(moved)), buttons=buttons)


async def _recounted(tx: Tx, turn: Turn, office: Office, recount: Recount, before: list[CalendarDay]) -> list[Counted]:
    after = await days.calendar(tx)
    return await recount(tx, before, after, office.working_time, by=turn.who.person_id, at=turn.now)


# -- taking a mark away


@router.message(_REMOVE)
@router.callback_query(Says("bongay"))
async def ask_to_remove(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    if not _may(turn):
        return
    day = day_meant(rest, today(turn.now))
    async with turn.reading() as tx:
        known = await days.one(tx, day) if day else None
    of = say[turn.language]
    if known is None:
        turn.say(of.not_marked(day))
        return
    turn.say(of.ask_to_remove(known), buttons=((Button(of.remove(), f"/xoangay {known.day}"),),))


@router.message(Says("xoangay"))
@router.callback_query(Says("xoangay"))
async def remove(_event: Message | CallbackQuery, turn: Turn, office: Office, recount: Recount, rest: str) -> None:
    day = day_meant(rest, today(turn.now))
    if day is None:
        raise NoSuchRecord(rest)
    async with turn.begin() as tx:
        before = await days.calendar(tx)
        gone = await days.remove(tx, day, by=turn.who.person_id, at=turn.now)
        moved = await _recounted(tx, turn, office, recount, before)
        turn.say(say[turn.language].removed(gone, moved[:_NAMED], len(moved)))


# -- a year to come


@router.message(_PROPOSE)
@router.callback_query(Says("dexuatlich"))
async def ask_to_propose(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    if _may(turn) and (found := await _proposal(turn, rest)):
        year, new, _ = found
        of = say[turn.language]
        turn.say(of.ask_to_propose(year, new), buttons=((Button(of.propose(len(new)), f"/ghidexuat {year}"),),))


@router.message(Says("ghidexuat"))
@router.callback_query(Says("ghidexuat"))
async def propose(_event: Message | CallbackQuery, turn: Turn, office: Office, recount: Recount, rest: str) -> None:
    found = await _proposal(turn, rest) if _may(turn) else None
    if found is None:
        return
    (year, new, basis), of = found, say[turn.language]
    async with turn.begin() as tx:
        before = await days.calendar(tx)
        marked = await days.propose(tx, new, basis=basis, by=turn.who.person_id, at=turn.now)
        moved = await _recounted(tx, turn, office, recount, before)
        buttons = ((Button(of.confirm_year(year), f"/xacnhannam {year}"),),)
        turn.say(of.proposed(year, len(marked), moved[:_NAMED], len(moved)), buttons=buttons)


async def _proposal(turn: Turn, rest: str) -> tuple[int, list[_Day], str] | None:
    """Return the year, the days that would be new, and what they rest on; say so where there are none."""
    year = number(rest)
    found, basis = await asyncio.to_thread(_looked_up, year) if year is not None else ([], "")
    async with turn.reading() as tx:
        known = await days.calendar(tx)
    marked, calendar = {each.day for each in known}, Calendar.of(known)
    new = [each for each in found if each[0] not in marked]
    if year is not None and calendar.charted(year):
        # Its Tết is known: only working days that are still missing, not the names of its week-ends.
        new = [each for each in new if each[0].weekday() < SATURDAY]
    if year is None or not new:
        turn.say(say[turn.language].nothing_to_propose(year))
        return None
    return year, new, basis


def _looked_up(year: int) -> tuple[list[_Day], str]:
    from knowledge.proposed_days import BASIS, NothingToPropose, proposed  # noqa: PLC0415 its package is slow to import

    try:
        return [(each.day, each.name, each.law) for each in proposed(year)], BASIS
    except NothingToPropose:
        return [], ""
