"""What other processes say, heard when it is said: PostgreSQL wakes those who listen. On SQLite nothing rings."""

import asyncio
import logging
from collections.abc import Callable

from bot.channels.pace import Patience
from storage import Store, wake

log = logging.getLogger(__name__)

Rung = Callable[[int | None], None]


class Ears:
    """One connection of the process listens for everybody in it. Whoever is woken too seldom looks by itself anyway."""

    def __init__(self, store: Store, *, first: float = 0.5) -> None:
        self._store, self._first = store, first
        self._listeners: list[tuple[int, Rung]] = []

    def on(self, bot_id: int, rung: Rung) -> None:
        """Let `rung` hear of every chat of this bot in which something new stands; of None: perhaps in any of them."""
        self._listeners.append((bot_id, rung))

    async def forever(self) -> None:
        """Listen, and listen again when the line broke; on SQLite return at once."""
        if self._store.is_sqlite:
            return
        patience = Patience(self._first, 10)
        while True:
            try:
                await wake.listen(self._store, self._rung, lambda: self._begun(patience))
            except Exception as failure:  # noqa: BLE001  the store is away: it is listened to again when it is back
                log.warning("not listening to the store", extra={"why": type(failure).__name__})
            await asyncio.sleep(patience.seconds())

    def _begun(self, patience: Patience) -> None:
        patience.forget()
        for _, rung in self._listeners:
            rung(None)

    def _rung(self, bot_id: int, chat_id: int) -> None:
        for wanted, rung in self._listeners:
            if wanted == bot_id:
                rung(chat_id)
