"""The web chat as an aiogram channel: typed methods become frames for the browser, frames become updates."""

import html as escaping
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from aiogram import Bot
from aiogram.client.default import Default, DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    DeleteMyCommands,
    DeleteWebhook,
    EditMessageReplyMarkup,
    EditMessageText,
    GetMe,
    SendChatAction,
    SendMessage,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, InlineKeyboardMarkup, Message, User

from bot.channels.hub import Hub
from knowledge import wording
from storage import Store, messages
from storage.who import Who

NAME = "web"
# The number before the colon is the bot's id: it is in every key of form state, so it never changes.
TOKEN = "1000000002:web"  # noqa: S105  no secret: the web chat has no Telegram behind it
BOT_ID = 1_000_000_002

Body = dict[str, Any]

# What a browser has no place for, and nobody misses.
HARMLESS = (AnswerCallbackQuery, SetMyCommands, DeleteMyCommands, DeleteWebhook)


def bot(store: Store, hub: Hub, clock: Callable[[], datetime]) -> Bot:
    return Bot(
        TOKEN, session=WebChatSession(store, hub, clock), default=DefaultBotProperties(parse_mode=ParseMode.HTML)
    )


class WebChatSession(BaseSession):
    """Speaks by writing the record and pushing a frame. A method it cannot do raises TelegramBadRequest.

    A saying of the current turn is a row already: it is shown, not written again.
    """

    stored_is_said = True  # whoever looks at the chat reads the record itself

    def __init__(self, store: Store, hub: Hub, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._store = store
        self._hub = hub
        self._clock = clock

    async def close(self) -> None:
        """Nothing is held open: the sockets belong to the web server."""

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,  # noqa: ARG002  aiogram's signature
        timeout: int = 30,  # noqa: ARG002, ASYNC109  aiogram's signature
        chunk_size: int = 65536,  # noqa: ARG002  aiogram's signature
        raise_for_status: bool = True,  # noqa: ARG002  aiogram's signature
    ) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError(f"the web chat keeps no files: {url}")
        yield b""  # makes this an asynchronous generator, as aiogram declares it

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ARG002, ASYNC109  aiogram's signature
    ) -> TelegramType:
        return cast("TelegramType", await self._do(bot, method))

    async def _do(self, bot: Bot, method: TelegramMethod[Any]) -> Message | User | bool:
        match method:
            case SendMessage():
                return await self._send(bot, method)
            case EditMessageText() | EditMessageReplyMarkup():
                return await self._edit(bot, method)
            case DeleteMessage():
                return await self._delete(bot, method)
            case AnswerCallbackQuery() if method.text:
                self._hub.push(_chat_of(method.callback_query_id), {"t": "toast", "text": method.text})
            case SendChatAction():
                self._hub.push(_number(method, method.chat_id), {"t": "typing"})
            case GetMe():
                return User(id=bot.id, is_bot=True, first_name="Web chat", username="webchat").as_(bot)
            case _ if not isinstance(method, HARMLESS):
                raise TelegramBadRequest(
                    method, f"Bad Request: {type(method).__name__} is not supported by the web chat"
                )
        return True

    async def _send(self, bot: Bot, method: SendMessage) -> Message:
        chat_id = _number(method, method.chat_id)
        if not method.text.strip():
            raise TelegramBadRequest(method, "Bad Request: message text is empty")
        body = {"html": _html(bot, method.text, method.parse_mode), "buttons": _buttons(method.reply_markup)}
        now = self._clock()
        async with self._store.begin() as tx:
            (row,) = await messages.said(
                tx, channel=NAME, bot_id=bot.id, chat_id=chat_id, answers=None, bodies=[body], at=now
            )
            await messages.spoken(tx, [row], now)
        self.show(chat_id, row, body, now)
        return _message(bot, chat_id, row, at=now, text=method.text, markup=method.reply_markup)

    def show(self, chat_id: int, row: int, body: Mapping[str, Any], at: datetime) -> None:
        """Show a row of the record to whoever looks at this chat."""
        self._hub.push(chat_id, lambda: shown(row, body, at), row=row)

    async def _edit(self, bot: Bot, method: EditMessageText | EditMessageReplyMarkup) -> Message:
        chat_id = _number(method, method.chat_id)
        now = self._clock()
        async with self._store.begin() as tx:
            row = await messages.one(tx, method.message_id or 0, bot.id, chat_id)
            if row is None or row.direction != "out":
                raise TelegramBadRequest(method, "Bad Request: message to edit not found")
            body = {**(row.body or {}), "buttons": _buttons(method.reply_markup)}
            if isinstance(method, EditMessageText):
                body["html"] = _html(bot, method.text or "", method.parse_mode)
            if body != row.body:  # the turn's own commit may have written it already
                await messages.edit(tx, row.id, chat_id, bot.id, body, now)
            row_id, at = row.id, row.at
        self._hub.push(chat_id, {**shown(row_id, body, at), "t": "edit"})
        text = wording.plain(body["html"])
        return _message(bot, chat_id, row_id, at=at, text=text, markup=method.reply_markup)

    async def _delete(self, bot: Bot, method: DeleteMessage) -> bool:
        chat_id = _number(method, method.chat_id)
        gone: Body = {"html": "", "buttons": [], "deleted": True}
        async with self._store.begin() as tx:
            row = await messages.one(tx, method.message_id, bot.id, chat_id)
            if row is None:
                raise TelegramBadRequest(method, "Bad Request: message to delete not found")
            await messages.edit(tx, row.id, chat_id, bot.id, gone, self._clock())
        self._hub.push(chat_id, {"t": "delete", "id": str(method.message_id)})
        return True


def shown(row: int, body: Mapping[str, Any], at: datetime) -> Body:
    """Return the frame that shows what the assistant said. Ids are strings: JavaScript rounds integers above 2^53."""
    return {
        "t": "message",
        "id": str(row),
        "html": wording.web(body["html"]),
        "buttons": body.get("buttons", []),
        "at": at.isoformat(),
    }


def typed(who: Who, update_id: int, text: str, *, language: str, now: datetime) -> Body:
    """Return the update that says this person typed this."""
    message = {**_envelope(who, update_id, now), "from": _user(who, language), "text": text}
    return {"update_id": update_id, "message": message}


def pressed(
    who: Who, update_id: int, under: int, buttons: Sequence[Sequence[Body]], data: str, *, language: str, now: datetime
) -> Body:
    """Return the update that says this person pressed the button `data` under the message row `under`."""
    message = {
        **_envelope(who, under, now),
        "from": {"id": BOT_ID, "is_bot": True, "first_name": "Web chat"},
        "text": "…",
        "reply_markup": {"inline_keyboard": [[_key(button) for button in row] for row in buttons]},
    }
    query = {
        "id": f"{who.number}-{update_id}",
        "from": _user(who, language),
        "chat_instance": NAME,
        "message": message,
        "data": data,
    }
    return {"update_id": update_id, "callback_query": query}


def _envelope(who: Who, message_id: int, now: datetime) -> Body:
    return {"message_id": message_id, "date": int(now.timestamp()), "chat": {"id": who.number, "type": "private"}}


def _user(who: Who, language: str) -> Body:
    return {"id": who.number, "is_bot": False, "first_name": who.name or "Web", "language_code": language}


def label(buttons: Sequence[Sequence[Body]], data: str) -> str:
    """Return what stands on the button with this data; nothing if there is none such."""
    return next((button["text"] for row in buttons for button in row if button.get("data") == data), "")


def _key(button: Body) -> Body:
    data = {"url": button["url"]} if button.get("url") else {"callback_data": button["data"]}
    return {"text": button["text"], **data}


def _number(method: TelegramMethod[Any], chat_id: int | str | None) -> int:
    try:
        return int(chat_id or "")
    except ValueError:
        raise TelegramBadRequest(method, "Bad Request: chat not found") from None


def _chat_of(callback_query_id: str) -> int:
    return int(callback_query_id.partition("-")[0])


def _html(bot: Bot, text: str, parse_mode: str | Default | None) -> str:
    mode = bot.default[parse_mode.name] if isinstance(parse_mode, Default) else parse_mode
    return text if mode == ParseMode.HTML else escaping.escape(text, quote=False)


def _buttons(markup: object) -> list[list[dict[str, str]]]:
    if not isinstance(markup, InlineKeyboardMarkup):
        return []
    return [
        [
            {"text": key.text, "url": key.url} if key.url else {"text": key.text, "data": key.callback_data or ""}
            for key in row
        ]
        for row in markup.inline_keyboard
    ]


def _message(bot: Bot, chat_id: int, row: int, *, at: datetime, text: str, markup: object) -> Message:
    return Message(
        message_id=row,
        date=at,
        chat=Chat(id=chat_id, type="private"),
        from_user=User(id=bot.id, is_bot=True, first_name="Web chat"),
        text=text,
        reply_markup=markup if isinstance(markup, InlineKeyboardMarkup) else None,
    ).as_(bot)
