"""Every conversation, in order of precedence. Importing this takes aiogram with it.

Commands come before forms, so that help can be had in the middle of one; free text comes last. Linking comes before the
greeting: a link t.me/<bot>?start=CODE types both.
"""

from aiogram import Router

from handlers import (
    absence,
    addresses,
    apology,
    ask,
    calendar,
    calendar_marks,
    calendar_work,
    cancel,
    confirm,
    denunciation,
    digest,
    dossier,
    dossier_follow,
    dossier_phrases,
    dossier_pin,
    dossier_work,
    groups,
    help,  # noqa: A004  the conversation is called so
    holidays,
    language,
    link,
    otherwise,
    privacy,
    procedures,
    queue,
    start,
    ticket,
    tickets_work,
    validity,
    vote,
)
from handlers.says import Asked, NoPlainText, SaysAny

# Most of what is typed is a question: one look tells that it is none of these, instead of one at every door.
COMMANDS = Router(name="commands")
COMMANDS.include_routers(
    cancel.router,
    start.router,
    help.router,
    language.router,
    addresses.router,
    privacy.router,
    vote.router,
    ticket.router,
    tickets_work.router,
    queue.router,
    dossier.router,
    dossier_follow.router,
    dossier_pin.router,
    dossier_work.router,
    absence.router,
    procedures.router,
    holidays.router,
    calendar.router,
    calendar_marks.router,
    calendar_work.router,
    digest.router,
    apology.router,
    confirm.router,
    validity.router,
    ask.router,
)
for observer in (COMMANDS.message, COMMANDS.callback_query):
    observer.filter(SaysAny(COMMANDS))

FORMS = Router(name="forms")
FORMS.include_routers(
    link.forms,
    addresses.forms,
    ticket.forms,
    tickets_work.forms,
    queue.forms,
    calendar_marks.forms,
    calendar_work.forms,
    dossier.forms,
    dossier_work.forms,
    confirm.forms,
    validity.forms,
)
FORMS.message.filter(Asked())

# What no question can be; one look sends a question past it.
ASIDE = Router(name="aside")
ASIDE.include_routers(groups.router, denunciation.router, dossier.pins, link.router, COMMANDS, otherwise.router, FORMS)
for observer in (ASIDE.message, ASIDE.callback_query):
    observer.filter(NoPlainText(ASIDE))

ROUTERS = (ASIDE, absence.free, dossier.mistaken, dossier_phrases.router, dossier.free, ask.free, otherwise.last)
