"""From an update to a turn: who speaks, in which language, what they mean."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aiogram import Bot
from aiogram.fsm.storage.base import StorageKey

from bot import meaning
from bot.formstate import sheet_key
from bot.hearing import Hearing, officially, proving
from bot.incoming import Incoming
from bot.speaking import keeps_record
from bot.whence import WHENCE
from handlers import spoken_of, trouble
from handlers.cancel import reminder
from handlers.dossier import Proving
from handlers.dossier_work import Noting, Reassigning
from handlers.office import Office
from handlers.queue import Dismissing, Settling
from handlers.start import short_notice
from handlers.tickets_work import Replying
from handlers.turn import FOLLOWS, FormSheet, Turn, said
from storage import Store, arrivals, forms, identities, messages
from storage.messages import Direction
from storage.messages import Message as Row
from storage.who import Role, Who

# A number that stands for a button: "2", "2.", "(2)".
_NUMBER = re.compile(r"\(?(\d{1,2})[.)]?")
# How far back the question may be that a number answers.
_BACK = 12
# Forms into which staff write what goes to a person, or into the register.
_OFFICIAL = (Noting.text, Reassigning.reason, Replying.body, Settling.note, Dismissing.note)
OFFICIAL = frozenset(form.state for form in _OFFICIAL)


async def turn_of(
    store: Store, bot: Bot, incoming: Incoming, hearing: Hearing, *, key: StorageKey, now: datetime, office: Office
) -> Turn:
    """Return the turn, not yet worked. One reading transaction; somebody never met is recorded in one of its own."""
    number = _NUMBER.fullmatch(hearing.text) if not incoming.press_id else None
    async with store.glance() as line:
        arrival = await arrivals.of(
            line,
            bot_id=key.bot_id,
            chat_id=key.chat_id,
            number=key.user_id,
            form=sheet_key(key),
            beside=forms.key_of(key.bot_id, key.chat_id, key.user_id, spoken_of.SHEET),
            since=now - FOLLOWS,
        )
    last: Sequence[Row] = ()
    if number or incoming.press_id:
        async with store.reading() as tx:
            last = await messages.history(tx, bot_id=key.bot_id, chat_id=key.chat_id, limit=_BACK) if number else ()
            incoming = await meaning.pressed(tx, bot, incoming, key)
    form = arrival.form
    who = arrival.who or await _met(store, bot, key, now)
    if incoming.in_group:
        # What staff may read is not for everybody who stands around.
        who = replace(who, roles=frozenset({Role.CITIZEN}))
    if who.is_staff and form.state in OFFICIAL:
        hearing = officially(hearing)
    # A number alone is what proves something, also where it comes before it was asked for, or after that was stopped.
    if form.state == Proving.digits.state:
        hearing = proving(hearing)
    elif form.state is None and hearing.secret.isdigit() and not who.is_staff:
        hearing = replace(proving(hearing), masked=hearing.masked)
    language = who.language or ("en" if incoming.language_code.startswith("en") else "vi")
    turn = Turn(
        store=store,
        now=now,
        who=who,
        language=language,
        chat_id=key.chat_id,
        update_id=incoming.update_id,
        body=incoming.body(hearing),
        form=FormSheet(sheet_key(key), form.state, form.data),
        text=hearing.text,
        command=incoming.data or meaning.linked(hearing.text),
        secret=hearing.secret,
        address=WHENCE.get(),
        previous=arrival.previous if hearing.text and form.state is None else None,
        spoken_of=arrival.beside,
        pressed_on=incoming.pressed_on,
        masked=hearing.masked,
        suspicion=hearing.suspicion,
        attachment=incoming.attachment,
        in_group=bool(incoming.in_group),
        home=getattr(bot.session, "home", ""),
    )
    if number and (pressed := pressed_by(int(number[1]), last, in_form=form.state is not None)):
        turn.command, turn.pressed_on = pressed
    _prefaced(turn, hearing, office)
    return turn


def _prefaced(turn: Turn, hearing: Hearing, office: Office) -> None:
    """Add what is said whatever the answer: the notice, once; what was masked or cut; the form that still waits."""
    if turn.who.notice_version != office.notice_version:
        turn.notice_due = office.notice_version
        turn.notice = short_notice(turn.language, office)
    if turn.form.state:
        turn.reminder = reminder(turn.form.state, turn.language)
    if hearing.masked:
        trouble.masked(turn, office)
    if hearing.cut:
        trouble.cut(turn)


async def _met(store: Store, bot: Bot, key: StorageKey, now: datetime) -> Who:
    channel = "web" if keeps_record(bot) else "telegram"
    async with store.begin() as tx:
        return await identities.meet(
            tx, channel=channel, bot_id=key.bot_id, outside_id=str(key.user_id), number=key.user_id, at=now
        )


def pressed_by(number: int, last: Sequence[Row], *, in_form: bool) -> tuple[str, int] | None:
    """Return the command, and the message, of the button that a typed number stands for; None if it stands for none.

    `last`: messages of the chat, the oldest first. It is the latest message with numbered buttons, as long as the
    person has done nothing but choose since: a "1" typed after another question is no late yes to "erase everything?".
    While a form waits for text, it is only one that was said since they last spoke: a number may be what it asked for.
    """
    for row in reversed(last):
        if row.direction is Direction.IN:
            # What lies in the inbox and is not worked yet is this very message, or a later one.
            if row.worked_at is not None and (in_form or not _chose(row)):
                return None
            continue
        saying = said(row.body or {})
        if saying.numbered:
            buttons = [button for line in saying.buttons for button in line]
            chosen = buttons[number - 1] if 0 < number <= len(buttons) else None
            return (chosen.data, row.id) if chosen and chosen.data else None
    return None


def _chose(row: Row) -> bool:
    body = row.body or {}
    return "press" in body or _NUMBER.fullmatch(body.get("text", "")) is not None
