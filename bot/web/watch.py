"""Once a second, and when rung: what other processes said in the chats open here; the shared sessions that ended."""

import asyncio

from bot.channels.webchat import BOT_ID, shown
from bot.troubles import Troubles
from bot.web import lobby as door
from bot.web.lobby import Lobby
from storage import messages

BEAT_SECONDS = 1.0
GLANCE_SECONDS = 0.1
# A row may become visible after one with a higher id (transactions commit in any order): look back this many beats.
OVERLAP = 10
LAPSE_EVERY = 30
AT_ONCE = 500


class Watch:
    """Remembers how far it has read. One query a beat."""

    def __init__(self, lobby: Lobby) -> None:
        self._lobby = lobby
        self._seen: list[int] = []
        self.woken = asyncio.Event()

    def rung(self, chat_id: int | None) -> None:
        """Hear that another process said something in this chat; None: perhaps in any."""
        if chat_id is None or self._lobby.hub.lines(chat_id):
            self.woken.set()

    async def glance(self) -> None:
        """Look between two beats: nothing is counted as seen, so as not to shorten how far a beat looks back."""
        seen = self._seen
        if seen:
            await self.beat()
            self._seen = seen

    async def beat(self) -> None:
        lobby = self._lobby
        chats = list(lobby.hub.chats())
        async with lobby.store.reading() as tx:
            if not chats or not self._seen:
                # Read while nobody looks too: who opens the page next must not miss what was said since their history.
                self._seen = [await messages.latest_id(tx, bot_id=BOT_ID)]
                return
            rows = await messages.newer(tx, bot_id=BOT_ID, chat_ids=chats, after=self._seen[0], limit=AT_ONCE)
        for row in rows:
            if row.body and not row.body.get("deleted"):
                lobby.hub.catch_up(row.chat_id, shown(row.id, row.body, row.at), row=row.id)
        self._seen = [*self._seen, max([self._seen[-1], *(row.id for row in rows)])][-OVERLAP:]


async def forever(watch: Watch, lobby: Lobby) -> None:
    beats, troubles = 0, Troubles()
    loop = asyncio.get_running_loop()
    while True:
        try:
            await watch.beat()
            if beats % LAPSE_EVERY == 0:
                await door.end_lapsed(lobby)
            await _between(watch, loop.time() + BEAT_SECONDS)
        except Exception as failure:  # noqa: BLE001 the store may be away; the chat itself tells people meanwhile
            troubles.failed("watch for rows of other processes", failure, recurs=True)
            await asyncio.sleep(BEAT_SECONDS)
        else:
            troubles.worked("watch for rows of other processes")
        beats += 1


async def _between(watch: Watch, until: float) -> None:
    """Wait for the next beat; whoever rings before it is looked after, but not more often than a page needs it."""
    loop = asyncio.get_running_loop()
    while (left := until - loop.time()) > 0:
        try:
            async with asyncio.timeout(left):
                await watch.woken.wait()
        except TimeoutError:
            return
        watch.woken.clear()
        await watch.glance()
        await asyncio.sleep(GLANCE_SECONDS)
