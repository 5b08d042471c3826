"""What is shown of a dossier to whoever may see it: status in plain words, what comes next, the appointment."""

from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from handlers.office import Office
from handlers.says import words
from handlers.turn import Button, Rows, Turn
from knowledge import dossier_codes
from knowledge.workdays import Calendar, Due
from storage import Tx, days, dossier_imports, dossier_links, dossier_rights
from storage.dossiers import Applicant, Clock, Dossier

say = words("handlers/dossier_view")

# As many as a phone shows without scrolling for long.
SHOWN = 8


def code_of(turn: Turn, rest: str) -> tuple[str, str] | None:
    """Return (code, key) of the dossier that a command or a text names; whatever stands behind a button is one."""
    found = dossier_codes.named(rest if turn.command.startswith("/") else turn.text)
    if found is not None:
        return found.code, found.key
    if turn.command.startswith("/") and dossier_codes.written(rest) and len(rest.split()) == 1:
        return rest, dossier_codes.key(rest)
    return None


async def calendar(tx: Tx, office: Office) -> Calendar:
    return Calendar.of(await days.calendar(tx), office.working_time)


async def show(turn: Turn, office: Office, dossier: Dossier, *, tx: Tx | None = None) -> None:
    """Say where the dossier stands. `tx`: what was just written in this turn is to be seen."""
    async with nullcontext(tx) if tx is not None else turn.reading() as reading:
        as_of = await dossier_imports.as_of(reading, dossier)
        follows = await dossier_links.follows(reading, turn.who.person_id, dossier.id)
        worked_by = await calendar(reading, office)
    time = _time(turn, dossier, worked_by) | {"old": is_old(turn, office, as_of, worked_by)}
    turn.say(
        say[turn.language].one(dossier, time, as_of, office, owner(turn, dossier)),
        buttons=_buttons(turn, dossier, follows=follows),
    )


def is_old(turn: Turn, office: Office, as_of: datetime, worked_by: Calendar) -> bool:
    """Tell whether nothing has come of a source for so long that what looks late may be done."""
    return worked_by.work(as_of, turn.now) > timedelta(hours=office.stale_hours)


def owner(turn: Turn, dossier: Dossier) -> str:
    """Return the applicant's name as it may be shown: of a person initials only, to anybody but the staff."""
    if turn.who.is_staff or dossier.applicant_kind is Applicant.COMPANY:
        return dossier.applicant
    return " ".join(f"{part[:1]}***" for part in dossier.applicant.split())


def _time(turn: Turn, dossier: Dossier, worked_by: Calendar) -> dict[str, Any]:
    """Return how the appointment stands: `left` in working days, `overdue`; nothing for one that is not waited for."""
    if dossier.due_at is None or dossier.clock is not Clock.RUNNING:  # what stands still is not late
        return {"left": None, "overdue": False, "certain": True}
    due = Due.at(dossier.due_at)
    return {
        "left": worked_by.left(turn.now, due),
        "overdue": worked_by.overdue(turn.now, due),
        "certain": worked_by.charted(due.day.year),
    }


def _buttons(turn: Turn, dossier: Dossier, *, follows: bool) -> Rows:
    of = say[turn.language]
    rows: list[tuple[Button, ...]] = []
    if dossier.missing and dossier.is_open:
        rows.append((Button(of.papers_button(len(dossier.missing)), f"/giayto {dossier.code}"),))
    if follows:
        rows.append((Button(of.unfollow_button(), f"/botheodoi {dossier.code}"),))
    elif not turn.who.is_staff:
        rows.append((Button(of.follow_button(), f"/theodoi {dossier.code}"),))
    rows.append((Button(of.history_button(), f"/lichsu {dossier.code}"),))
    if turn.who.roles & dossier_links.ISSUES:
        rows.append((Button(of.pin_button(), f"/pin {dossier.code}"),))
    return tuple(rows)


async def listing(turn: Turn, office: Office, *, page: int = 0) -> None:
    """Say which dossiers this chat is linked to, or how to come to one."""
    async with turn.reading() as tx:
        rows = await dossier_rights.linked(tx, turn.who, offset=page * SHOWN, limit=SHOWN + 1)
        worked_by = await calendar(tx, office)
        as_of = min([await dossier_imports.as_of(tx, row) for row in rows[:SHOWN]], default=None)
    of = say[turn.language]
    if not rows and not page:
        buttons: Rows = () if turn.who.is_staff else ((Button(of.where_button(), "/quenma"),),)
        turn.say(of.how(staff=turn.who.is_staff), buttons=buttons)
        return
    if len(rows) == 1 and not page:
        await show(turn, office, rows[0])
        return
    buttons = tuple((Button(of.line(row, _time(turn, row, worked_by)), f"/hoso {row.code}"),) for row in rows[:SHOWN])
    if len(rows) > SHOWN:
        buttons += ((Button(of.more_button(), f"/hoso trang {page + 1}"),),)
    turn.say(of.listed(page + 1, as_of), buttons=buttons)
