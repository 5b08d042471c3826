"""How the line to Telegram is: told once when it changes, and what is done when it is back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import GetMe

from bot.channels.lanes import Aside
from bot.channels.pace import Patience
from bot.channels.telegram_profile import introduce
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_session import Reach, TelegramSession, reach

log = logging.getLogger(__name__)

T = TypeVar("T")


class TelegramLine:
    """`met` hears the bot's user name as soon as Telegram has said it."""

    def __init__(self, bot: Bot, sender: TelegramSender, *, aside: Aside, met: Callable[[str], None]) -> None:
        self.reach = Reach.STARTING
        self._bot, self._sender, self._aside, self._met = bot, sender, aside, met
        self._introduced = False

    async def answer(self, ask: Callable[[], Awaitable[T]], patience: Patience) -> T | None:
        """Return what Telegram answers; None: it did not, and the pause that calls for is over. Raises nothing."""
        try:
            answer = await ask()
        except TelegramRetryAfter as halt:
            await asyncio.sleep(halt.retry_after)
        except Exception as failure:  # noqa: BLE001  whatever it is: the rest of the house goes on, and this is asked again
            self._lost(failure)
            await asyncio.sleep(patience.seconds())
        else:
            self.found()
            return answer
        return None

    def _lost(self, failure: Exception) -> None:
        now = reach(failure)
        if now is not self.reach:
            log.warning("Telegram is not at hand", extra={"reach": now.value, "why": type(failure).__name__})
        self.reach = now

    def found(self) -> None:
        """Hear that Telegram answered."""
        if self.reach is Reach.OK:
            return
        log.info("Telegram is at hand")
        self.reach = Reach.OK
        self._sender.line_is_back()
        self._aside(self._sender.sweep(), "speak what waited")

    def stand_by(self) -> None:
        """Hear that another process has the line."""
        if self.reach is not Reach.STANDBY:
            log.info("another process serves Telegram")
        self.reach = Reach.STANDBY

    async def meet(self) -> None:
        """Ask Telegram who we are, and say there what we can do. Raises what the session raises."""
        account = await self._bot(GetMe())
        self._met(account.username or "")
        if isinstance(self._bot.session, TelegramSession):
            self._bot.session.home = f"https://t.me/{account.username}" if account.username else ""
        if not self._introduced:
            self._introduced = True
            self._aside(introduce(self._bot), "introduce the bot")
