"""Once a second: what other processes said in the chats that are open here, and the shared sessions that have ended."""

import asyncio
import logging

from bot.channels.webchat import BOT_ID, shown
from bot.web import lobby as door
from bot.web.lobby import Lobby
from storage import messages

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
# A row may become visible after one with a higher id (transactions commit in any order): look back this many beats.
OVERLAP = 10
LAPSE_EVERY = 30
AT_ONCE = 500


class Watch:
    """Remembers how far it has read. One query a beat."""

    def __init__(self, lobby: Lobby) -> None:
        self._lobby = lobby
        self._seen: list[int] = []

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


async def forever(lobby: Lobby) -> None:
    watch = Watch(lobby)
    beats = 0
    while True:
        try:
            await watch.beat()
            if beats % LAPSE_EVERY == 0:
                await door.end_lapsed(lobby)
        except Exception:
            # The store may be away for a while; the chat itself tells people, and this goes on when it is back.
            log.exception("watch failed")
        beats += 1
        await asyncio.sleep(BEAT_SECONDS)
