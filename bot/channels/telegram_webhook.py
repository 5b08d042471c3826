"""Taking updates that Telegram pushes. Its 200 goes out when the row of the inbox is committed, not before."""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable

from aiogram import Bot
from aiogram.methods import GetWebhookInfo, SetWebhook
from aiogram.types import WebhookInfo
from aiohttp import hdrs, web

from bot.channels.pace import Patience
from bot.channels.telegram_inbox import TelegramInbox
from bot.channels.telegram_line import TelegramLine
from bot.channels.telegram_updates import WANTED

log = logging.getLogger(__name__)

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header
# Several times the largest update: a text of 4,096 characters with its entities and the message that it replies to.
MOST_BYTES = 1024 * 1024
_LOOK_SECONDS = 60
_CONNECTIONS = 40


class TelegramWebhook:
    """`address`: where Telegram pushes to; it holds neither the token nor the secret."""

    def __init__(
        self,
        bot: Bot,
        inbox: TelegramInbox,
        line: TelegramLine,
        *,
        address: str,
        secret: str,
        is_welcome: Callable[[web.Request], bool],
        first: float,
    ) -> None:
        self._bot, self._inbox, self._line = bot, inbox, line
        self._address, self._secret, self._is_welcome = address, secret, is_welcome
        self._first, self._met = first, False

    async def push(self, request: web.Request) -> web.Response:
        """Take one update: 401 for whoever does not know the secret, 413, 415 and 400 for what is no update."""
        if not self._knows(request) or not self._is_welcome(request):
            raise web.HTTPUnauthorized
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        try:
            update = json.loads(await _body(request))
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        if not isinstance(update, dict):
            raise web.HTTPBadRequest
        try:
            await self._inbox.take([update])
        except Exception:
            log.exception("update not taken")  # Telegram pushes it again
            raise web.HTTPServiceUnavailable from None
        return web.Response()

    def _knows(self, request: web.Request) -> bool:
        given = request.headers.getall(SECRET, [])
        # As bytes: comparing text in constant time raises for anything that is not ASCII.
        return len(given) == 1 and hmac.compare_digest(
            given[0].encode("utf-8", "surrogateescape"), self._secret.encode("utf-8")
        )

    async def run(self) -> None:
        """Have updates pushed here, and look now and then whether that is still so."""
        patience = Patience(self._first, 30)
        self._met = False
        while True:
            if await self._line.answer(self._look, patience):
                patience.forget()
                await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self) -> WebhookInfo:
        if not self._met:
            await self._line.meet()
        info = await self._bot(GetWebhookInfo())
        # At the start in any case: whether the secret is still the same, Telegram does not say.
        if not self._met or info.url != self._address:
            await self._bot(
                SetWebhook(
                    url=self._address,
                    secret_token=self._secret,
                    allowed_updates=list(WANTED),
                    max_connections=_CONNECTIONS,
                    drop_pending_updates=False,
                )
            )
        self._met = True
        return info


async def _body(request: web.Request) -> bytes:
    """Return the body. The server's own limit is made for a browser's few words."""
    said = request.headers.get(hdrs.CONTENT_LENGTH, "0")
    if said.isdigit() and int(said) > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, int(said))
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_BYTES, len(body))
    return bytes(body)
