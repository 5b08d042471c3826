"""Telegram, put together: the line, the way in, the way out. Off until a token is set; nothing else waits for it."""

import asyncio
import contextlib
import ipaddress
import itertools
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
from bot.channels.telegram_lease import Rates, TelegramLease
from bot.channels.telegram_line import TelegramLine
from bot.channels.telegram_pictures import TelegramPictures
from bot.channels.telegram_polling import TelegramPolling
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_session import Reach, TelegramSession
from bot.channels.telegram_updates import Me
from bot.channels.telegram_webhook import TelegramWebhook
from bot.clockwork import Clockwork
from bot.misconfigured import MisconfiguredError
from bot.names import look_up_aside
from bot.settings import Settings, TelegramSettings
from bot.transports import process_name
from bot.web.security import Proxies
from notifications.pace import Pace
from storage import Store

__all__ = ["NAME", "Telegram", "wired"]

Clock = Callable[[], datetime]

# How many chats are worked at the same time: more would only queue at the store, and open connections for a moment.
AT_ONCE = 16
# Every so many beats of the lease.
LEFT = 12
LASTS = timedelta(seconds=4)
# After so long no other process is still working an update: it died.
_SURELY = timedelta(minutes=1)
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
    clock: Clock
    pace: Pace
    lease: TelegramLease
    running: asyncio.Task[None] | None = field(default=None)
    leading: asyncio.Task[None] | None = field(default=None)

    @classmethod
    def of(
        cls,
        settings: Settings,
        bot: Bot,
        store: Store,
        *,
        feed: Feed,
        clock: Clock,
        first: float = 0.5,
        holder: str = "",
        lasts: timedelta = LASTS,
    ) -> Self:
        """Put the channel of `bot` together; raises MisconfiguredError when a webhook is asked for without a secret.

        `first`: seconds of the first pause after a failure; each further one is twice as long. `holder`: which process
        this is among those that may speak for the token; `lasts`: how soon another one follows when it was killed.
        """
        given, work = settings.telegram, Clockwork()
        lanes = Lanes(work.aside, at_once=AT_ONCE)
        pace = Pace(given.per_second, per_chat=given.per_chat)
        rates = Rates(given.per_second, min(given.reserved, given.per_second))
        lease = TelegramLease(store, bot.id, holder or process_name(), pace, rates, lasts=lasts)
        sender = TelegramSender(
            bot,
            store,
            clock=clock,
            aside=work.aside,
            pace=pace,
            page=settings.web.public_url.rstrip("/"),
            first=first,
            leads=lease.is_held,
        )
        if isinstance(bot.session, TelegramSession):
            bot.session.sender = sender
        pictures = TelegramPictures(bot, first=first)
        inbox = TelegramInbox(
            Me(bot.id), store, sender, feed=feed, clock=clock, lanes=lanes, first=first, pictures=pictures
        )

        def met(username: str) -> None:
            inbox.me = Me(bot.id, username)

        line = TelegramLine(bot, sender, aside=work.aside, met=met)
        polling = webhook = None
        if given.mode == "webhook":
            webhook = _webhook(settings, bot, inbox, line, first)
            inbox.sequence = Sequence(work.aside)
        else:
            polling = TelegramPolling(bot, inbox, line, hold=given.hold, first=first)
        return cls(bot, inbox, sender, line, lanes, polling, webhook, given.webhook.path, work, clock, pace, lease)

    def begin(self) -> None:
        """Work what was left, then take what comes; or stand by while another process does."""
        look_up_aside()
        self.running = self.work.aside(self._run(), "Telegram")

    def routes(self) -> list[web.RouteDef]:
        """Return what the web server serves for Telegram: nothing while we fetch ourselves."""
        return [web.post(self.path, self.webhook.push)] if self.webhook else []

    @property
    def reach(self) -> Reach:
        return self.line.reach

    async def close(self) -> None:
        """Take nothing more, give what is being worked and said a moment, and stop."""
        await _ended(self.running)
        await _ended(self.leading)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE if self.reach is Reach.OK else 0.1):
                await self.lanes.room()
                await self.sender.quiet()
        await self.work.stop()
        await self.lease.give_back()
        await self.bot.session.close()

    async def _run(self) -> None:
        """Serve the token for as long as this process has its lease; whenever it is free, take it."""
        for beat in itertools.count():
            leads = await self.lease.keep(self.clock())
            if leads and (self.leading is None or self.leading.done()):
                self.leading = self.work.aside(self._lead(), "serve Telegram")
            elif not leads:
                await _ended(self.leading)
                self.line.stand_by()
            elif self.reach is Reach.OK:
                # Letters of other processes; PostgreSQL rings for them too.
                self.work.aside(self.sender.sweep(), "speak what waits on Telegram")
            if leads and beat % LEFT == LEFT - 1:
                self.work.aside(self._look_after_others(), "work what another process left")
            await asyncio.sleep(self.lease.beat)

    async def _lead(self) -> None:
        await self.sender.remember_gone()
        while await self.inbox.leftover():
            await self.lanes.room()
        if self.polling:
            await self.polling.run()
        elif self.webhook:
            await self.webhook.run()

    def rung(self, chat_id: int | None) -> None:
        """Hear that another process has something to say in this chat; None: perhaps in any."""
        if chat_id is not None and self.lease.is_held():
            self.sender.ring(chat_id)

    async def _look_after_others(self) -> None:
        await self.sender.remember_gone()
        await self.inbox.leftover(self.clock() - _SURELY)


async def _ended(task: asyncio.Task[None] | None) -> None:
    if task:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


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
    )


def _read(read: Callable[[], str], what: str) -> str:
    try:
        return read()
    except (OSError, UnicodeDecodeError):
        raise MisconfiguredError(what) from None
