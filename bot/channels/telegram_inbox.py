"""The way in: a row of the inbox is committed, then the update may be confirmed, then it is worked.

Updates of one chat are worked in order, of different chats side by side. What a crash left unworked is worked at start.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from collections.abc import Sequence as Several
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.channels.lanes import Job, Lanes
from bot.channels.pace import Patience
from bot.channels.sequence import Sequence
from bot.channels.telegram_pictures import TelegramPictures
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_updates import Arrival, Event, LostPress, Me, Moved, Relation, read
from bot.channels.together import Together
from bot.hearing import Hearing
from storage import Store, Tx, messages
from storage.messages import Heard

log = logging.getLogger(__name__)

NAME = "telegram"
Feed = Callable[[dict[str, Any], Hearing], Awaitable[None]]
Clock = Callable[[], datetime]
Bodies = list[tuple[int, int, dict[str, Any]]]

# So many may lie in memory unworked before no more are fetched.
MOST = 1000
_LEFTOVER = 200
_ATTEMPTS = 8
_ALBUMS = 500


class TelegramInbox:
    """`feed` works one update; it raises only when the store fails, and then nothing is committed.

    `first`: seconds of the first pause before it is tried again.
    """

    def __init__(
        self,
        me: Me,
        store: Store,
        sender: TelegramSender,
        *,
        feed: Feed,
        clock: Clock,
        lanes: Lanes,
        first: float,
        pictures: TelegramPictures,
    ) -> None:
        self.me, self._pictures = me, pictures
        self._store, self._sender = store, sender
        self._feed, self._clock, self._lanes, self._first = feed, clock, lanes, first
        # Only where updates come one by one over several connections.
        self.sequence: Sequence | None = None
        self._keeping = Together(store, self._keep)
        self._albums: OrderedDict[tuple[int, str], int] = OrderedDict()
        # What waits in a lane of this process: nobody else left it.
        self._ours: set[tuple[int, int]] = set()

    async def take(self, updates: Several[Mapping[str, Any]]) -> None:
        """Make updates durable; whoever awaits this may confirm them. Raises what the store raises: confirm nothing."""
        events = [event for update in sorted(updates, key=_number) if (event := self._read(update)) is not None]
        arrivals = [each for one in events if isinstance(one, Arrival) and (each := self._of_an_album(one))]
        # A one-time code, and what proves something, may not be stored: it is confirmed only when it has been worked.
        kept = [one for one in arrivals if not one.hearing.delicate]
        heard = dict(zip([one.update_id for one in kept], await self._kept(kept), strict=True))
        codes = [done for arrival in arrivals if (done := self._enqueued(arrival, heard.get(arrival.update_id)))]
        self._count(updates)
        for done in codes:
            await done.wait()
        for event in events:
            await self._else(event)

    async def leftover(self, before: datetime | None = None) -> int:
        """Work what was confirmed and never worked; return how much it was. Call it before anything is fetched.

        `before`: only what came so long ago that no other process can be working it.
        """
        count = 0
        async with self._store.reading() as tx:
            rows = [row for row in await messages.unworked(tx, _LEFTOVER) if row.bot_id == self.me.id]
        for row in sorted(rows, key=lambda row: row.update_id or 0):
            if row.update_id is None or (row.chat_id, row.update_id) in self._ours or (before and row.at > before):
                continue
            count += 1
            try:
                arrival = Arrival.kept(row.update_id, row.chat_id, row.body or {})
            except (KeyError, TypeError, ValueError):  # forgotten meanwhile: nobody waits for an answer
                await self._worked(row.id)
                continue
            self._put(arrival, partial(self._work, arrival, Heard(row.id, new=False, worked=False)))
        return count

    async def room(self) -> None:
        """Wait until there is room for more."""
        await self._lanes.room(MOST)

    def _read(self, update: Mapping[str, Any]) -> Event | None:
        try:
            return read(update, self.me)
        except Exception:
            # Nothing of it may be logged. It is confirmed: held back, it would hold back everything after it.
            log.exception("an update that cannot be read", extra={"update": _number(update)})
            return None

    def _of_an_album(self, arrival: Arrival) -> Arrival | None:
        """Return what is looked at of several files sent as one, which get one reply: the first, and every picture."""
        if not arrival.album:
            return arrival
        first = self._albums.setdefault((arrival.chat_id, arrival.album), arrival.update_id)
        while len(self._albums) > _ALBUMS:
            self._albums.popitem(last=False)
        if first == arrival.update_id:
            return arrival
        return replace(arrival, is_further=True) if arrival.picture else None

    async def _kept(self, arrivals: Several[Arrival]) -> list[Heard]:
        bodies = [(one.chat_id, one.update_id, one.body()) for one in arrivals]
        return await self._keeping.write(bodies) if bodies else []

    async def _keep(self, tx: Tx, several: Several[Bodies]) -> list[list[Heard]]:
        bodies = [body for one in several for body in one]
        heard = iter(await messages.kept(tx, channel=NAME, bot_id=self.me.id, bodies=bodies, at=self._clock()))
        return [[next(heard) for _ in one] for one in several]

    def _enqueued(self, arrival: Arrival, row: Heard | None) -> asyncio.Event | None:
        """Let an arrival be worked in its turn; return what to wait for where nothing of it could be kept."""
        if row and row.worked:
            # Sent again: it is not worked again, but what was never spoken is spoken.
            self._sender.ring(arrival.chat_id)
            if press := arrival.update.get("callback_query"):
                self._sender.answer(arrival.chat_id, press["id"], "")
            return None
        done = None if row else asyncio.Event()
        go = partial(self._put, arrival, partial(self._work, arrival, row, done))
        if self.sequence:
            self.sequence.put(arrival.update_id, go)
        else:
            go()
        return done

    def _put(self, arrival: Arrival, job: Job) -> None:
        self._ours.add((arrival.chat_id, arrival.update_id))
        self._lanes.put(arrival.chat_id, job)

    def _count(self, updates: Iterable[Mapping[str, Any]]) -> None:
        """Count what is nobody speaking too: later ones do not wait for it."""
        for update in updates:
            if self.sequence and (number := _number(update)) >= 0:
                self.sequence.put(number, lambda: None)

    async def _else(self, event: Event) -> None:
        match event:
            case Relation(chat_id=chat_id, reachable=reachable):
                await self._sender.relate(chat_id, reachable=reachable)
            case Moved(old=old, new=new):
                await self._sender.move(old, new)
            case LostPress(press_id=press_id):
                self._sender.answer(0, press_id, "")

    async def _work(self, arrival: Arrival, row: Heard | None = None, done: asyncio.Event | None = None) -> None:
        """Work one arrival, as often as it takes; one that fails again and again is given up, or nobody gets on."""
        patience = Patience(self._first, 30)
        seen = await self._pictures.read(arrival)
        for _ in range(_ATTEMPTS):
            try:
                await (self._feed(seen.update, seen.hearing) if seen else self._passed_over(arrival))
                break
            except Exception:
                log.exception("update not worked yet", extra={"update": arrival.update_id})
                await asyncio.sleep(patience.seconds())
        else:
            await self._given_up(arrival, row)
        self._ours.discard((arrival.chat_id, arrival.update_id))
        if done:
            done.set()

    async def _given_up(self, arrival: Arrival, row: Heard | None) -> None:
        log.error("update given up", extra={"update": arrival.update_id})
        if row is None:
            return
        try:
            await (self._passed_over(arrival) if arrival.picture else self._worked(row.id))
        except Exception:  # then it is a leftover of the next start
            log.exception("cannot give up an update", extra={"update": arrival.update_id})

    async def _passed_over(self, arrival: Arrival) -> None:
        """Count a picture as worked, and forget by what it is fetched."""
        body = {"attachment": arrival.hearing.attachment}
        where = {"bot_id": self.me.id, "chat_id": arrival.chat_id, "update_id": arrival.update_id}
        async with self._store.begin() as tx:
            await messages.heard(tx, channel=NAME, **where, body=body, at=self._clock(), worked=True)

    async def _worked(self, message_id: int) -> None:
        async with self._store.begin() as tx:
            await messages.worked(tx, message_id, self._clock())


def _number(update: Mapping[str, Any]) -> int:
    number = update.get("update_id")
    return number if isinstance(number, int) else -1
