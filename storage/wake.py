"""Waking other processes: PostgreSQL passes on, with the commit, in which chat something new stands.

Only a quicker way to look: who sleeps through it (SQLite has nothing like it) finds the same by looking now and then.
"""

import asyncio
from collections.abc import Callable
from typing import Any, NoReturn

from sqlalchemy import text

from storage import dialect
from storage.base import Tx
from storage.store import Store

_CHANNEL = "troly_said"
_RING = text(f"SELECT pg_notify('{_CHANNEL}', :chat)")
# A line that broke without a word is found out by asking.
_ASK_SECONDS = 30.0
_ANSWER_SECONDS = 10.0

Rung = Callable[[int, int], None]


async def ring(tx: Tx, bot_id: int, chat_id: int) -> None:
    """Let every process know, once this is committed, that something new stands in this chat."""
    if not dialect.is_sqlite(tx):
        await tx.execute(_RING, {"chat": f"{bot_id}:{chat_id}"})


async def listen(store: Store, rung: Rung, begun: Callable[[], None]) -> NoReturn:
    """Call `rung(bot_id, chat_id)` for every ring of PostgreSQL, until the line breaks; then raise ConnectionError.

    `begun`: listening from now on; what was rung before is not heard, so look everywhere once. Raises what the driver
    raises when it cannot begin.
    """
    async with store.engine.connect() as connection:
        try:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            broken = asyncio.Event()
            driver.add_termination_listener(lambda *_: broken.set())
            await driver.add_listener(_CHANNEL, lambda *given: _heard(given[-1], rung))
            begun()
            while not await _breaks(broken):
                await driver.fetchval("SELECT 1", timeout=_ANSWER_SECONDS)
            raise ConnectionError("the line to the store broke")
        finally:
            await connection.invalidate()  # with a listener on it, it is of no use to anybody else


async def _breaks(broken: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(_ASK_SECONDS):
            return await broken.wait()
    except TimeoutError:
        return False


def _heard(payload: str, rung: Rung) -> None:
    bot, _, chat = payload.partition(":")
    # Anybody who may connect to the database may ring.
    if bot.isdecimal() and chat.removeprefix("-").isdecimal():
        rung(int(bot), int(chat))
