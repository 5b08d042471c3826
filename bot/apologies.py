"""The letter of apology of one dossier: what the record knows is filled in, the rest is left to the officer."""

from datetime import datetime

from bot.settings import Settings
from knowledge.deadlines import apology_by
from knowledge.official_forms import FormKey, form
from knowledge.workdays import Calendar, Hours, today
from storage import Tx, days
from storage.dossiers import Dossier


class NoApology(LookupError):  # noqa: N818  it says why there is nothing to draft
    """The dossier has no appointment, is closed, or was given its one new appointment already."""


async def draft(
    tx: Tx,
    settings: Settings,
    dossier: Dossier,
    *,
    now: datetime,
    reason: str | None = None,
    again: datetime | None = None,
) -> bytes:
    """Return the letter as a DOCX file. Raises NoApology; a second one is never drafted (Decree 61/2018 Art. 19(9))."""
    if dossier.due_at is None or not dossier.is_open or dossier.extended_at is not None:
        raise NoApology(dossier.code)
    hours = Hours(settings.calendar.sessions, confirmed=settings.calendar.sessions_confirmed)
    calendar = Calendar.of(await days.calendar(tx), hours)
    last = apology_by(calendar, today(dossier.due_at))
    from knowledge.apology import Apology, drafted  # noqa: PLC0415 Word's library is only for this

    letter = Apology(
        office=settings.office.name,
        superior=settings.office.superior,
        place=settings.office.place,
        code=dossier.code,
        procedure=dossier.procedure_name,
        applicant=dossier.applicant or None,
        received=dossier.received_at,
        due=dossier.due_at,
        reason=reason,
        again=again,
        last_day=last,
    )
    return drafted(letter, form(FormKey.APOLOGY, today(now)))
