"""A picture that somebody sent: fetched over the Bot API, looked at in memory for a receipt's code, and gone.

It is fetched when its row is worked, so that after a crash it is fetched again. Addresses of files hold the token: they
stand in no log.
"""

import asyncio
import logging
from contextlib import aclosing
from dataclasses import replace
from enum import StrEnum

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter

from bot.channels.pace import Patience
from bot.channels.telegram_updates import Arrival, Picture
from bot.hearing import listen
from bot.receipts import MOST_BYTES, Said, codes, said
from bot.web.limits import ADDRESS_PICTURES, Buckets

log = logging.getLogger(__name__)

# Fewer than the lanes that move at once: pictures that hang hold up nobody who types.
AT_ONCE = 6
ATTEMPTS = 3
# Seconds for one call, and for all of it: the chat waits behind its picture.
_CALL, _PATIENCE = 8, 15


class Unread(StrEnum):
    """Why there is nothing to type for a picture. The values are kinds of attachments (handlers/otherwise)."""

    NO_CODE = "no_code"
    TOO_LARGE = "too_large"
    NOT_FETCHED = "not_fetched"
    TOO_MANY = "too_many"


class TelegramPictures:
    """`first`: seconds of the first pause after a failure."""

    def __init__(self, bot: Bot, *, first: float) -> None:
        self._bot, self._first = bot, first
        self._fetching = 0
        self._looking = asyncio.Semaphore(1)
        self._chats = Buckets(ADDRESS_PICTURES)

    async def read(self, arrival: Arrival) -> Arrival | None:
        """Return what arrived as if its code had been typed, or with why there is none.

        None: nothing stands on a further picture of several that were sent as one, which got their reply. Never raises.
        """
        if arrival.picture is None:
            return arrival
        found = await self._read(arrival.picture, arrival.chat_id)
        if isinstance(found, Unread):
            hearing = replace(arrival.hearing, attachment=found.value)
            return None if arrival.is_further else replace(arrival, hearing=hearing)
        hearing = listen(found.text)
        message = arrival.update["message"] | {"text": hearing.text}
        return replace(arrival, update=arrival.update | {"message": message}, hearing=hearing)

    async def _read(self, picture: Picture, chat_id: int) -> Said | Unread:
        if picture.size > MOST_BYTES:
            return Unread.TOO_LARGE
        wait = self._chats.take(chat_id, asyncio.get_running_loop().time())
        if wait or self._fetching >= AT_ONCE:
            return Unread.TOO_MANY
        self._fetching += 1
        try:
            async with asyncio.timeout(_PATIENCE):
                content = await self._fetched(picture)
        except TimeoutError:
            content = Unread.NOT_FETCHED
        finally:
            self._fetching -= 1
        if isinstance(content, Unread):
            log.info("picture not read", extra={"why": content.value})
            return content
        async with self._looking:
            found = said(await asyncio.to_thread(codes, content))
        return found if found.text else Unread.NO_CODE

    async def _fetched(self, picture: Picture) -> bytes | Unread:
        patience = Patience(self._first, 4)
        for attempt in range(1, ATTEMPTS + 1):
            pause = patience.seconds()
            try:
                return await self._download(picture)
            except TelegramBadRequest as refused:
                return Unread.TOO_LARGE if "too big" in refused.message else Unread.NOT_FETCHED
            except TelegramRetryAfter as busy:
                pause = busy.retry_after
            except Exception as failure:  # noqa: BLE001  a line has many faults; their messages hold the token
                log.info("picture not fetched yet", extra={"why": type(failure).__name__})
            if attempt < ATTEMPTS:
                await asyncio.sleep(pause)
        return Unread.NOT_FETCHED

    async def _download(self, picture: Picture) -> bytes | Unread:
        file = await self._bot.get_file(picture.file_id, request_timeout=_CALL)
        if not file.file_path:
            return Unread.NOT_FETCHED
        session, content = self._bot.session, bytearray()
        url = session.api.file_url(self._bot.token, file.file_path)
        async with aclosing(session.stream_content(url, timeout=_CALL)) as chunks:
            async for chunk in chunks:
                content += chunk
                if len(content) > MOST_BYTES:  # whatever size was claimed
                    return Unread.TOO_LARGE
        return bytes(content)
