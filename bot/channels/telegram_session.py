"""The line to a Bot API server, and what a failure on it means."""

from enum import StrEnum
from typing import Any

from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiohttp import ClientSession

from bot.speaking import Sender
from notifications.telegram_answers import UNREACHABLE


class TelegramSession(AiohttpSession):
    """aiogram's session over the server and the proxy of the settings.

    `sender` speaks what stands in the record; `home` is the address of the private chat, once Telegram has said it.
    """

    def __init__(self, api: str, proxy: str) -> None:
        super().__init__(api=TelegramAPIServer.from_base(api.rstrip("/")) if api else PRODUCTION)
        self._through = proxy or None
        self.sender: Sender | None = None
        self.home = ""

    async def create_session(self) -> ClientSession:
        session = await super().create_session()
        # aiogram wants a package of its own for proxies; aiohttp speaks to an HTTP proxy by itself.
        session._default_proxy = self._through  # noqa: SLF001  ClientSession takes it only when aiogram makes it
        return session


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` without aiogram's types: one update that they do not know would hold up every other."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int = 0
    limit: int = 100
    allowed_updates: list[str] | None = None


class Fate(StrEnum):
    """What a failed call means for what was to be said."""

    WAIT = "wait"  # surely not said, and Telegram says when to come again
    UNKNOWN = "unknown"  # the line broke or the server is ill: perhaps said, perhaps not
    GONE = "gone"  # this chat cannot be reached
    MOVED = "moved"  # this chat has another id now
    SAID = "said"  # it stands there already
    WRONG = "wrong"  # this will never be taken


_REFUSED = {"message is not modified": Fate.SAID} | dict.fromkeys(UNREACHABLE, Fate.GONE)


def fate(failure: Exception) -> Fate:
    """Return what this failure means. A page from a gateway and half an answer are unknown, like a broken line."""
    match failure:
        case TelegramRetryAfter():
            return Fate.WAIT
        case TelegramMigrateToChat():
            return Fate.MOVED
        case TelegramForbiddenError():
            return Fate.GONE
        case TelegramBadRequest(message=message):
            return next((what for words, what in _REFUSED.items() if words in message), Fate.WRONG)
    return Fate.UNKNOWN


class Reach(StrEnum):
    """How it stands between us and Telegram."""

    STARTING = "starting"
    OK = "ok"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # the token is not taken
    CONFLICT = "conflict"  # somebody who does not know our leases fetches the same updates
    STANDBY = "standby"  # another process of ours serves the token, and this one follows when that is gone


def reach(failure: Exception) -> Reach:
    if isinstance(failure, TelegramUnauthorizedError | TelegramNotFound):
        return Reach.REFUSED
    return Reach.CONFLICT if isinstance(failure, TelegramConflictError) else Reach.UNREACHABLE
