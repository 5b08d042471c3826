"""Speaks what stands unspoken in the record: in order in each chat, chats side by side, as often as it takes.

The record is the outbox. What was committed and not spoken, by a crash, a dead line or somebody else's letter, is found
there; a repetition can only come from an answer of Telegram that was lost on its way to us.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from aiogram import Bot
from aiogram.exceptions import TelegramMigrateToChat, TelegramRetryAfter
from aiogram.methods import AnswerCallbackQuery

from bot.channels.lanes import Aside
from bot.channels.pace import Patience
from bot.channels.telegram_paper import paper_of
from bot.channels.telegram_session import Fate, fate
from bot.channels.telegram_voice import Utterance
from bot.channels.together import Together
from bot.revealing import revealed
from handlers.turn import DOOR, said
from notifications.pace import Pace
from storage import Store, Tx, halts, links, outbox, unreachable, wake
from storage.messages import Message, one

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

AT_ONCE = 32
_ROWS = 20
# Connections that the sender takes at a time: the conversations need the others.
_READS = 2
_CHATS = 500
_PRESSES = 3


class NotOursError(Exception):
    """Another process speaks now, and finds in the record what is to be said."""


class TelegramSender:
    """One lane a chat, alive while something is to be said there.

    `page`: the public address of the web chat. `first`: seconds before the second attempt. `leads`: whether this
    process is the one that speaks for the token; another one is only told that there is something to say.
    """

    def __init__(
        self,
        bot: Bot,
        store: Store,
        *,
        clock: Clock,
        aside: Aside,
        pace: Pace,
        page: str = "",
        first: float,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self._bot, self._store, self._leads = bot, store, leads
        self._clock, self._aside, self._pace, self._first = clock, aside, pace, first
        self._page = page
        self._marking = Together(store, self._marked)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._reading = asyncio.Semaphore(_READS)
        self._rung: set[int] = set()
        self._lanes: set[int] = set()
        self._gone: set[int] = set()
        self._back = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()

    # -- what others ask

    def ring(self, chat_id: int) -> None:
        """Something is to be said in this chat. Returns at once."""
        if not self._leads():
            self._aside(self._pass_on(chat_id), f"pass on {chat_id}")
            return
        self._rung.add(chat_id)
        self._quiet.clear()
        if chat_id not in self._lanes:
            self._lanes.add(chat_id)
            self._aside(self._lane(chat_id), f"speak {chat_id}")

    def answer(self, chat_id: int, press_id: str, toast: str) -> None:
        """End the waiting sign of a pressed button. Returns at once."""
        self._aside(self._answer(press_id, toast), f"answer {chat_id}")

    async def sweep(self) -> None:
        """Ring every chat in which something waits: after a start, and for letters that another process wrote."""
        async with self._store.reading() as tx:
            chats = await outbox.waiting(tx, "telegram", self._bot.id, _CHATS)
        for chat_id in chats:
            self.ring(chat_id)

    def line_is_back(self) -> None:
        """End every pause: Telegram can be reached again."""
        self._back.set()
        self._back = asyncio.Event()

    async def relate(self, chat_id: int, *, reachable: bool) -> None:
        """Hear that somebody blocked the bot, or let it in again."""
        if reachable:
            self._gone.discard(chat_id)
            async with self._store.begin() as tx:
                await unreachable.clear(tx, self._bot.id, chat_id)
            self.ring(chat_id)
        else:
            self._gone.add(chat_id)
            async with self._store.begin() as tx:
                await unreachable.mark(tx, self._bot.id, chat_id, self._clock())

    async def move(self, old: int, new: int) -> None:
        """Go on under the new id of a group."""
        async with self._store.begin() as tx:
            await outbox.moved(tx, self._bot.id, old, new)
        self.ring(new)

    async def remember_gone(self) -> None:
        async with self._store.reading() as tx:
            self._gone = set(await unreachable.of(tx, self._bot.id))

    async def quiet(self) -> None:
        """Wait until everything that can be said has been said."""
        await self._quiet.wait()

    async def _pass_on(self, chat_id: int) -> None:
        async with self._store.begin() as tx:
            await wake.ring(tx, self._bot.id, chat_id)

    # -- a lane

    async def _lane(self, chat_id: int) -> None:
        try:
            while chat_id in self._rung:
                self._rung.discard(chat_id)
                await self._speak(chat_id)
        finally:
            self._lanes.discard(chat_id)
            self._rung.discard(chat_id)
            if not self._lanes:
                self._quiet.set()

    async def _speak(self, chat_id: int) -> None:
        patience = Patience(self._first, 30)
        while True:
            try:
                rows = await self._unspoken(chat_id)
                for said in rows:
                    if not await self._row(said):
                        return
                if not rows:
                    return
            except Exception:  # the store is away: what is to be said is still there when it is back
                log.exception("cannot read or mark what is to be said")
                await self._pause(patience.seconds())

    async def _unspoken(self, chat_id: int) -> list[Utterance]:
        async with self._reading, self._store.reading() as tx:
            rows = await outbox.unspoken(tx, self._bot.id, chat_id, _ROWS)
            return [await self._utterance(tx, row) for row in rows]

    async def _utterance(self, tx: Tx, row: Message) -> Utterance:
        asked = await one(tx, row.answers or 0, self._bot.id, row.chat_id) if row.chat_id < 0 else None
        reply_to = (asked.body or {}).get("group", 0) if asked else 0
        urls = {button.get("url", "") for line in (row.body or {}).get("buttons", ()) for button in line}
        doors = {url: self._door(tx, url) for url in urls if url.startswith(DOOR)}
        paper = await paper_of(tx, self._bot.id, row.chat_id, urls, self._clock())
        saying = await revealed(tx, said(row.body or {}), self._clock())
        return Utterance(self._bot, row, reply_to, doors, paper, saying)

    def _door(self, tx: Tx, url: str) -> str:
        # After the "#", so that it reaches the page and no server's log, and no fetcher of previews uses it up.
        return f"{self._page}/#ma={links.door_code(tx, int(url.removeprefix(DOOR)))}"

    async def _row(self, said: Utterance) -> bool:
        """Say one row, as often as it takes; False: nothing can be said in this chat now."""
        row = said.row
        patience = Patience(self._first, 30)
        while True:
            try:
                async with self._gate:
                    await said.say(self._turn)
                break
            except NotOursError:
                return False
            except Exception as failure:  # noqa: BLE001  every kind has its fate
                match fate(failure):
                    case Fate.WAIT if isinstance(failure, TelegramRetryAfter):
                        await self._halt(failure.retry_after)
                    case Fate.MOVED if isinstance(failure, TelegramMigrateToChat):
                        await self.move(row.chat_id, failure.migrate_to_chat_id)
                        return False
                    case Fate.GONE:
                        await self.relate(row.chat_id, reachable=False)
                        return False
                    case Fate.WRONG if said.can_be_plainer():
                        log.warning("not taken as it is", extra={"row": row.id, "why": type(failure).__name__})
                    case Fate.WRONG:
                        log.warning("never taken", extra={"row": row.id, "why": type(failure).__name__})
                        break
                    case _:
                        log.warning("not spoken yet", extra={"row": row.id, "why": type(failure).__name__})
                        await self._pause(patience.seconds())
        await self._mark(row, said.outside_id)
        return True

    async def _turn(self, chat_id: int) -> None:
        await self._pace.turn(chat_id)
        if not self._leads():  # a halt may outlast the lease
            raise NotOursError

    async def _halt(self, seconds: float) -> None:
        """Let nobody send with this token for so long, neither here nor in another process."""
        self._pace.halt(seconds)
        try:
            async with self._store.begin() as tx:
                await halts.halt(tx, f"telegram:{self._bot.id}", self._clock() + timedelta(seconds=seconds))
        except Exception:  # the others will be told to wait themselves
            log.exception("cannot pass a halt on")

    async def _mark(self, row: Message, outside_id: str | None) -> None:
        patience = Patience(self._first, 30)
        while True:
            try:
                await self._marking.write(outbox.Spoken(row.id, outside_id, row.body or {}))
            except Exception:  # said, and not to be said again because the store was away for a moment
                log.exception("cannot mark what was said")
                await self._pause(patience.seconds())
            else:
                break
        if row.chat_id in self._gone:
            await self.relate(row.chat_id, reachable=True)

    async def _marked(self, tx: Tx, several: Sequence[outbox.Spoken]) -> Sequence[None]:
        await outbox.spoken(tx, several, self._clock())
        return [None] * len(several)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._back.wait()
        except TimeoutError:
            pass

    async def _answer(self, press_id: str, toast: str) -> None:
        method = AnswerCallbackQuery(callback_query_id=press_id, text=toast[:200] or None)
        patience = Patience(self._first, 5)
        for _ in range(_PRESSES):
            try:
                async with self._gate:
                    await self._bot(method)
            except Exception as failure:  # noqa: BLE001  every kind has its fate
                match fate(failure):
                    case Fate.WAIT if isinstance(failure, TelegramRetryAfter):
                        await asyncio.sleep(failure.retry_after)
                    case Fate.UNKNOWN:
                        await self._pause(patience.seconds())
                    case _:
                        return  # pressed too long ago: the sign has ended by itself
            else:
                return
