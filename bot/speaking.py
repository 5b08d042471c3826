"""Speaks what is committed. What could not be spoken stays in the record as unspoken, and is spoken from there."""

import logging
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage, TelegramMethod
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.revealing import aloud
from handlers.turn import Saying
from knowledge.wording import telegram
from storage import Store, messages

log = logging.getLogger(__name__)

# The row of the record that is being spoken: a session whose record is its outbox pushes that row and inserts nothing.
speaking: ContextVar[int | None] = ContextVar("speaking", default=None)


@dataclass(frozen=True, slots=True)
class Line:
    """A saying and its row in the record. `edits`: it changes what that row said before."""

    row: int
    saying: Saying
    edits: bool = False


def keeps_record(bot: Bot) -> bool:
    """Tell whether with this channel a stored reply counts as spoken: its people read the record itself."""
    return bool(getattr(bot.session, "stored_is_said", False))


class Page(Protocol):
    """Shows rows of the record to its people: no message needs to be made of a saying."""

    def show(self, chat_id: int, row: int, body: Mapping[str, Any], at: datetime) -> None: ...


class Sender(Protocol):
    """Speaks what stands unspoken in the record: a channel that has one keeps the order of a chat by itself."""

    def ring(self, chat_id: int) -> None: ...

    def answer(self, chat_id: int, press_id: str, toast: str) -> None: ...


def sender_of(bot: Bot) -> Sender | None:
    return getattr(bot.session, "sender", None)


async def speak(bot: Bot, store: Store, chat_id: int, lines: Sequence[Line], *, at: datetime) -> None:
    """Speak in order; the first that fails stops the rest, so that nothing is spoken out of order. Never raises."""
    if sender := sender_of(bot):
        sender.ring(chat_id)
        return
    page: Page | None = bot.session if hasattr(bot.session, "show") else None
    spoken: list[tuple[int, str | None]] = []
    for line in lines:
        saying = await aloud(store, line.saying, at)
        if page and not line.edits:
            page.show(chat_id, line.row, saying.body(), at)
            continue
        sent = await _deliver(bot, _method(bot, chat_id, replace(line, saying=saying)), line.row)
        if sent is _FAILED:
            break
        if not line.edits:
            spoken.append((line.row, str(sent.message_id) if isinstance(sent, Message) else None))
    if spoken and not keeps_record(bot):
        async with store.begin() as tx:
            await messages.spoken(tx, [row for row, _ in spoken], at, [outside for _, outside in spoken])


async def answer_press(bot: Bot, chat_id: int, press_id: str, toast: str) -> None:
    """End the waiting sign at a pressed button, whatever became of the press."""
    if sender := sender_of(bot):
        sender.answer(chat_id, press_id, toast)
        return
    await _deliver(bot, AnswerCallbackQuery(callback_query_id=press_id, text=toast or None), None)


_FAILED = object()


async def _deliver(bot: Bot, method: TelegramMethod[Any], row: int | None) -> Any:
    token = speaking.set(row)
    try:
        return await bot(method)
    except (AiogramError, OSError, TimeoutError) as failure:
        log.warning("not spoken", extra={"row": row, "method": type(method).__name__, "why": type(failure).__name__})
        return _FAILED
    finally:
        speaking.reset(token)


def _method(bot: Bot, chat_id: int, line: Line) -> TelegramMethod[Any]:
    html = line.saying.html if keeps_record(bot) else telegram(line.saying.html)
    keys = _keyboard(line.saying)
    if line.edits:
        return EditMessageText(chat_id=chat_id, message_id=line.row, text=html, parse_mode="HTML", reply_markup=keys)
    return SendMessage(chat_id=chat_id, text=html, parse_mode="HTML", reply_markup=keys)


def _keyboard(saying: Saying) -> InlineKeyboardMarkup | None:
    if not saying.buttons:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=b.text, callback_data=None if b.url else b.data, url=b.url) for b in row]
            for row in saying.buttons
        ]
    )
