"""Telegram, put together: the line, the way in, the way out. Off until a token is set; nothing else waits for it."""

import asyncio
import contextlib
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from aiogram import Bot
from aiohttp import web

from bot.channels.lanes import Lanes
from bot.channels.sequence import Sequence
from bot.channels.telegram_inbox import NAME, Feed, TelegramInbox
from bot.channels.telegram_line import TelegramLine
from bot.channels.telegram_polling import TelegramPolling
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_session import Reach, TelegramSession
from bot.channels.telegram_updates import Me
from bot.channels.telegram_webhook import TelegramWebhook
from bot.clockwork import Clockwork
from bot.misconfigured import MisconfiguredError
from bot.settings import Settings, TelegramSettings
from bot.web.security import Proxies
from notifications.pace import Pace
from storage import Store

__all__ = ["NAME", "Telegram", "wired"]

Clock = Callable[[], datetime]

# How many chats are worked at the same time: more would only queue at the store, and open connections for a moment.
AT_ONCE = 8
SWEEP = timedelta(seconds=20)
# How long a stopping process waits for what is being worked and said. The rest is in the record.
_GRACE = 3
_TOKEN = re.compile(r"\d{1,15}:[\w-]{3,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


def wired(settings: TelegramSettings) -> Bot | None:
    """Return the bot of the token; None without one. Raises MisconfiguredError."""
    token = _read(settings.known_token, "token_file")
    if not token:
        return None
    if not _TOKEN.fullmatch(token):
        raise MisconfiguredError("token")
    return Bot(token, session=TelegramSession(settings.api, settings.proxy))


@dataclass(slots=True)
class Telegram:
    """Begin after the store is open; close before it is closed."""

    bot: Bot
    inbox: TelegramInbox
    sender: TelegramSender
    line: TelegramLine
    lanes: Lanes
    polling: TelegramPolling | None
    webhook: TelegramWebhook | None
    path: str
    work: Clockwork
    fetching: asyncio.Task[None] | None = field(default=None)

    @classmethod
    def of(cls, settings: Settings, bot: Bot, store: Store, *, feed: Feed, clock: Clock, first: float = 0.5) -> Self:
        """Put the channel of `bot` together; raises MisconfiguredError when a webhook is asked for without a secret.

        `first`: seconds of the first pause after a failure; each further one is twice as long.
        """
        given, work = settings.telegram, Clockwork()
        lanes = Lanes(work.aside, at_once=AT_ONCE)
        sender = TelegramSender(
            bot,
            store,
            clock=clock,
            aside=work.aside,
            pace=Pace(given.per_second, per_chat=given.per_chat),
            page=settings.web.public_url.rstrip("/"),
            first=first,
        )
        if isinstance(bot.session, TelegramSession):
            bot.session.sender = sender
        inbox = TelegramInbox(Me(bot.id), store, sender, feed=feed, clock=clock, lanes=lanes, first=first)

        def met(username: str) -> None:
            inbox.me = Me(bot.id, username)

        line = TelegramLine(bot, sender, aside=work.aside, met=met)
        polling = webhook = None
        if given.mode == "webhook":
            webhook = _webhook(settings, bot, inbox, line, first)
            inbox.sequence = Sequence(work.aside)
        else:
            polling = TelegramPolling(bot, inbox, line, hold=given.hold, first=first, rest=asyncio.sleep)
        return cls(bot, inbox, sender, line, lanes, polling, webhook, given.webhook.path, work)

    def begin(self) -> None:
        """Work what was left, then take what comes."""
        self.work.every(SWEEP, self._swept, "speak what waits on Telegram")
        self.work.start()
        self.fetching = self.work.aside(self._run(), "Telegram")

    def routes(self) -> list[web.RouteDef]:
        """Return what the web server serves for Telegram: nothing while we fetch ourselves."""
        return [web.post(self.path, self.webhook.push)] if self.webhook else []

    @property
    def reach(self) -> Reach:
        return self.line.reach

    async def close(self) -> None:
        """Take nothing more, give what is being worked and said a moment, and stop."""
        if self.fetching:
            self.fetching.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE if self.reach is Reach.OK else 0.1):
                await self.lanes.room()
                await self.sender.quiet()
        await self.work.stop()
        await self.bot.session.close()

    async def _run(self) -> None:
        await self.sender.remember_gone()
        while await self.inbox.leftover():
            await self.lanes.room()
        if self.polling:
            await self.polling.run()
        elif self.webhook:
            await self.webhook.run()

    async def _swept(self) -> None:
        if self.reach is Reach.OK:
            await self.sender.sweep()


def _webhook(settings: Settings, bot: Bot, inbox: TelegramInbox, line: TelegramLine, first: float) -> TelegramWebhook:
    given = settings.telegram.webhook
    secret = _read(given.known_secret, "secret_file")
    address = (given.url or settings.web.public_url).rstrip("/")
    if not _SECRET.fullmatch(secret):
        raise MisconfiguredError("secret")
    if not address:
        raise MisconfiguredError("address")
    proxies = Proxies(settings.web.proxies)
    networks = [ipaddress.ip_network(name, strict=False) for name in given.addresses]

    def is_welcome(request: web.Request) -> bool:
        if not networks:
            return True
        try:
            address = ipaddress.ip_address(proxies.address_of(request))
        except ValueError:
            return False
        return any(address in network for network in networks)

    return TelegramWebhook(
        bot,
        inbox,
        line,
        address=address + given.path,
        secret=secret,
        is_welcome=is_welcome,
        first=first,
        rest=asyncio.sleep,
    )


def _read(read: Callable[[], str], what: str) -> str:
    try:
        return read()
    except (OSError, UnicodeDecodeError):
        raise MisconfiguredError(what) from None
