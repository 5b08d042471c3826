"""Every conversation, in order of precedence. Importing this takes aiogram with it.

Commands come before forms, so that help can be had in the middle of one; free text comes last. Linking comes before the
greeting: a link t.me/<bot>?start=CODE types both.
"""

from handlers import (
    ask,
    cancel,
    denunciation,
    groups,
    help,  # noqa: A004  the conversation is called so
    language,
    link,
    otherwise,
    privacy,
    queue,
    start,
    ticket,
    tickets_work,
    vote,
)

ROUTERS = (
    groups.router,
    denunciation.router,
    cancel.router,
    link.router,
    start.router,
    help.router,
    language.router,
    privacy.router,
    vote.router,
    ticket.router,
    tickets_work.router,
    queue.router,
    ask.router,
    otherwise.router,
    link.forms,
    ticket.forms,
    tickets_work.forms,
    queue.forms,
    ask.free,
    otherwise.last,
)
