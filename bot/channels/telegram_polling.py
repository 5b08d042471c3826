"""Fetching updates by long polls: an update is confirmed by the next poll, and only when its row is committed."""

import asyncio
import logging
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramConflictError
from aiogram.methods import DeleteWebhook

from bot.channels.pace import Patience
from bot.channels.telegram_inbox import TelegramInbox
from bot.channels.telegram_line import TelegramLine
from bot.channels.telegram_session import RawUpdates, Reach
from bot.channels.telegram_updates import WANTED

log = logging.getLogger(__name__)

_BATCH = 100


class TelegramPolling:
    """`hold`: seconds that Telegram keeps a poll open when there is nothing. `first`: of the first pause."""

    def __init__(self, bot: Bot, inbox: TelegramInbox, line: TelegramLine, *, hold: int, first: float) -> None:
        self._bot, self._inbox, self._line = bot, inbox, line
        self._hold, self._first = hold, first
        self._offset: int | None = None
        self._open = False

    async def run(self) -> None:
        """Fetch for ever. Whatever fails is tried again, more and more slowly."""
        patience = Patience(self._first, 30)
        self._offset, self._open = None, False  # others may have fetched, or set a webhook, since we did
        while True:
            await self._inbox.room()
            updates = await self._line.answer(self._fetch, patience)
            if updates is None:
                continue
            if not updates:
                patience.forget()
                continue
            try:
                await self._inbox.take(updates)
            except Exception:  # the store is away: what was fetched is not confirmed, and comes again
                log.exception("updates not taken")
                await asyncio.sleep(patience.seconds())
            else:
                self._offset = max(_number(update) for update in updates) + 1
                patience.forget()

    async def _fetch(self) -> list[dict[str, Any]]:
        if not self._open:
            await self._line.meet()
            await self._bot(DeleteWebhook(drop_pending_updates=False))
            self._open = True
            if self._line.reach is not Reach.CONFLICT:
                self._line.found()  # the first poll may be held for half a minute before it is answered
        poll = RawUpdates(offset=self._offset, timeout=self._hold, limit=_BATCH, allowed_updates=list(WANTED))
        try:
            return await self._bot(poll, request_timeout=self._hold + 10)
        except TelegramConflictError:
            self._open = False  # perhaps a webhook was set meanwhile
            raise


def _number(update: dict[str, Any]) -> int:
    number = update.get("update_id")
    return number if isinstance(number, int) else 0
