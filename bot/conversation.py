"""The dispatcher, and the one way through it: lock the chat, hear, work, commit, speak.

One update is one turn and one write transaction. Of a crash between any two steps nothing is lost and nothing doubled:
before the commit the channel sends the update again, after it the replies are spoken from the record.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.base import BaseEventIsolation, StorageKey
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.types import TelegramObject, Update

from bot.formstate import FormState
from bot.hearing import Hearing, heard_update
from bot.incoming import Incoming
from bot.recounting import recount
from bot.speaking import Line, answer_press, speak
from bot.turning import turn_of
from handlers import trouble
from handlers.office import Office
from handlers.routers import ROUTERS
from handlers.turn import Asker, RepeatedError, Turn, said
from storage import Store, messages
from storage.base import NoSuchRecord, NotAllowed

log = logging.getLogger(__name__)

Heard = Callable[[int, str], Awaitable[None]]
Clock = Callable[[], datetime]
Work = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

# What a handler may ask for by name, beside the event itself: a rule of the house compares.
PROVIDED = frozenset({"turn", "state", "asker", "office", "recount", "rest"})


def build(
    store: Store,
    *,
    asker: Asker,
    clock: Clock,
    office: Office,
    isolation: BaseEventIsolation | None = None,
    posted: Callable[[], None] | None = None,
) -> Dispatcher:
    """Return the dispatcher of every channel.

    `isolation` keeps the updates of one chat in order; the default does so within this process. `posted` is called
    after a turn that left notices behind: time to deliver.
    """
    dispatcher = Dispatcher(disable_fsm=True, asker=asker, office=office, recount=recount)
    turns = Turns(store, clock, office, isolation or SimpleEventIsolation(), posted or (lambda: None))
    dispatcher.update.outer_middleware(turns)
    dispatcher.shutdown.register(turns.isolation.close)
    for router in ROUTERS:
        # aiogram has no public way to take a router back from an earlier dispatcher of the same process.
        router._parent_router = None  # noqa: SLF001  see above
        dispatcher.include_router(router)
    return dispatcher


async def work(
    dispatcher: Dispatcher,
    bot: Bot,
    update: dict[str, Any],
    *,
    heard: Heard | None = None,
    hearing: Hearing | None = None,
) -> None:
    """Work one raw update of any channel: commit, tell `heard` (row, text as stored), speak.

    A repeated update is not worked again: its replies are spoken from the record. Raises only when the store itself
    fails; then nothing is committed, and the channel may send the update again. `hearing`: it was heard before, by a
    channel that keeps an inbox, and `update` holds nothing but what may go on.
    """
    if hearing is None:
        update, hearing = heard_update(update)
    # Not feed_raw_update: on an error that logs the message of the exception, which may hold what somebody wrote.
    await dispatcher.feed_update(bot, Update.model_validate(update, context={"bot": bot}), hearing=hearing, heard=heard)


async def fed(dispatcher: Dispatcher, bot: Bot, update: dict[str, Any], hearing: Hearing) -> None:
    """Work an update that an inbox has heard and keeps."""
    await work(dispatcher, bot, update, hearing=hearing)


@dataclass(frozen=True, slots=True)
class Turns(BaseMiddleware):
    """Makes a turn of each update. Outermost is the lock: one chat's updates are worked in order, one at a time."""

    store: Store
    clock: Clock
    office: Office
    isolation: BaseEventIsolation
    posted: Callable[[], None]

    async def __call__(self, handler: Work, event: TelegramObject, data: dict[str, Any]) -> None:
        context = data[EVENT_CONTEXT_KEY]
        hearing: Hearing = data.get("hearing") or Hearing()
        incoming = Incoming.of(event, hearing) if isinstance(event, Update) else None
        if incoming is None or context.chat_id is None or context.user_id is None:
            return  # a channel's post, a poll, somebody blocking the bot: nobody speaks to us
        bot: Bot = data["bot"]
        key = StorageKey(bot_id=bot.id, chat_id=context.chat_id, user_id=context.user_id)
        async with self.isolation.lock(key):
            turn = await turn_of(self.store, bot, incoming, hearing, key=key, now=self.clock(), office=self.office)
            state = FSMContext(storage=FormState(turn.form), key=key)
            data |= {"turn": turn, "state": state, "raw_state": turn.form.state}
            lines = await self._worked(handler, event, data, turn)
            await self._told(bot, turn, incoming, data.get("heard"), lines)

    async def _worked(self, handler: Work, event: TelegramObject, data: dict[str, Any], turn: Turn) -> list[Line]:
        try:
            await self._attempt(handler, event, data, turn)
        except RepeatedError as repeated:
            return await self._recorded(turn, repeated.message_id)
        lines = [Line(row, saying, edits=True) for row, saying in turn.edits]
        return lines + [Line(row, saying) for row, saying in zip(turn.said_ids, turn.sayings, strict=True)]

    async def _attempt(self, handler: Work, event: TelegramObject, data: dict[str, Any], turn: Turn) -> None:
        try:
            await handler(event, data)
        except RepeatedError:
            raise
        except (NotAllowed, NoSuchRecord):
            turn.start_over()
            trouble.refused(turn)
        except Exception:
            number = secrets.token_hex(3).upper()
            log.exception("turn failed", extra={"number": number, "channel": turn.who.channel})
            if turn.committed:
                return  # the work is done and recorded; only something after it broke
            turn.start_over()
            turn.form.touched = False
            # Recorded as heard and failed: not worked again and again, and not lost.
            turn.body["failed"] = number
            trouble.failed(turn, self.office, number)
        if not turn.committed:
            async with turn.begin():
                pass

    async def _recorded(self, turn: Turn, message_id: int) -> list[Line]:
        turn.heard_id = message_id
        turn.toasted = ""
        async with self.store.reading() as tx:
            # The receipt tells what stands in the record, whatever came under its number this time.
            heard = await messages.one(tx, message_id, turn.bot_id, turn.chat_id)
            turn.body = heard.body or {} if heard else {}
            return [Line(row.id, said(row.body or {})) for row in await messages.unspoken(tx, message_id)]

    async def _told(self, bot: Bot, turn: Turn, incoming: Incoming, heard: Heard | None, lines: list[Line]) -> None:
        if heard is not None:
            try:
                await heard(turn.heard_id, turn.body.get("text", ""))
            except Exception:  # the person has gone: what is committed is theirs when they come back
                log.exception("receipt not given", extra={"channel": turn.who.channel})
        if incoming.press_id:
            await answer_press(bot, turn.chat_id, incoming.press_id, turn.toasted)
        await speak(bot, self.store, turn.chat_id, lines, at=turn.now)
        if turn.posted:
            self.posted()
