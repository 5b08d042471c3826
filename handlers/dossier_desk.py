"""What an officer sees of a dossier: everything that the work needs, numbers masked, and what can be done about it."""

from contextlib import nullcontext

from handlers.dossier_view import calendar
from handlers.office import Office
from handlers.says import words
from handlers.turn import Button, Rows, Turn
from knowledge.workdays import Calendar, Due
from storage import Tx, dossier_imports, dossier_links, dossier_rights, dossier_work
from storage.dossiers import Clock, Dossier
from storage.people import name_of

say = words("handlers/dossier_desk")


async def show_work(turn: Turn, office: Office, dossier: Dossier, *, tx: Tx | None = None) -> None:
    """Say how a dossier stands, to somebody whose work it is."""
    async with nullcontext(tx) if tx is not None else turn.reading() as reading:
        as_of = await dossier_imports.as_of(reading, dossier)
        numbers = await dossier_rights.numbers(reading, dossier.id)
        officer = await name_of(reading, dossier.officer_id) or dossier.officer
        worked_by = await calendar(reading, office)
    of = say[turn.language]
    html = of.one(dossier, left(turn, dossier, worked_by), as_of, numbers, officer, dossier_work.proposal(dossier))
    turn.say(html, buttons=_steps(turn, dossier))


def left(turn: Turn, dossier: Dossier, worked_by: Calendar) -> int | None:
    """Return the working days left, below 0 when it is late; None where the clock stands still."""
    if dossier.due_at is None or dossier.clock is not Clock.RUNNING:
        return None
    due = Due.at(dossier.due_at)
    days = worked_by.left(turn.now, due)
    return -1 if days == 0 and worked_by.overdue(turn.now, due) else days


def _steps(turn: Turn, dossier: Dossier) -> Rows:
    """Return buttons for what this person may do with it now; each command checks again for itself."""
    of, code = say[turn.language], dossier.code
    rows: list[tuple[Button, ...]] = []
    if dossier.is_open and turn.who.roles & dossier_work.WORKS:
        if dossier.acknowledged_at is None:
            rows.append((Button(of.acknowledge_button(), f"/dabiet {code}"),))
        rows.append((Button(of.in_time_button(), f"/kip {code}"), Button(of.late_button(), f"/khongkip {code}")))
        if dossier_work.proposal(dossier) is not None:
            rows.append((Button(of.accept_button(), f"/henmoi {code}"), Button(of.keep_button(), f"/giuhen {code}")))
    last = [Button(of.note_button(), f"/ghichu {code}")]
    if dossier.is_open and turn.who.roles & dossier_work.HANDS_ON:
        last.append(Button(of.reassign_button(), f"/chuyen {code}"))
    printing = ((Button(of.pin_button(), f"/pin {code}"),),) if turn.who.roles & dossier_links.ISSUES else ()
    return (*rows, tuple(last), (Button(of.history_button(), f"/lichsu {code}"),), *printing)
