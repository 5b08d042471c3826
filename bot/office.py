"""What the conversations may say of the office, from the settings."""

from bot.settings import Settings
from handlers.office import Office
from knowledge.workdays import Hours
from storage.dossier_guesses import Budgets


def office_of(settings: Settings) -> Office:
    """Return the office as configured; what is not configured stays empty and is said to be so."""
    retention = settings.retention
    return Office(
        **settings.office.model_dump(exclude={"superior", "place"}),  # these stand on letters alone
        working_time=Hours(settings.calendar.sessions, confirmed=settings.calendar.sessions_confirmed),
        messages_days=retention.messages_days,
        questions_days=retention.questions_days,
        guesses=Budgets(**settings.dossiers.guesses.model_dump()),
        reply_floor=settings.dossiers.reply_floor,
        stale_hours=settings.alerts.stale_hours,
        soon_days=max(settings.alerts.before, default=0),
        writes_letters=bool(settings.email.host and settings.email.sender),
        web_url=settings.web.public_url.rstrip("/"),
    )
