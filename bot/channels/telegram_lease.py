"""Which process speaks for a token, at which pace while another one sends its notifications, and its halts."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.pace import Pace
from notifications.tenure import Tenure
from storage import Store, halts, leases

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages a second: for replies and notifications together, and what is left for replies by notifications."""

    alone: float
    reserved: float


class TelegramLease:
    """The lease "telegram:<bot id>". `lasts`: how soon another process follows one that was killed."""

    def __init__(self, store: Store, bot_id: int, holder: str, pace: Pace, rates: Rates, *, lasts: timedelta) -> None:
        self._store, self._name, self._pace, self._rates = store, f"telegram:{bot_id}", pace, rates
        self._tenure = Tenure(store, self._name, holder, lasts=lasts)
        self.beat = lasts.total_seconds() / 3

    @property
    def holder(self) -> str:
        return self._tenure.holder

    def is_held(self) -> bool:
        return self._tenure.is_held()

    async def keep(self, now: datetime) -> bool:
        """Take or renew it, and hear what other senders of the token found out; return whether this process leads.

        While the store is away it leads for as long as nobody else can.
        """
        try:
            if await self._tenure.keep(now):
                await self._hear(now)
        except Exception as failure:  # noqa: BLE001  the store is away, and with it everything that could be said
            log.warning("cannot renew the lease of Telegram", extra={"why": type(failure).__name__})
        return self._tenure.is_held()

    async def give_back(self) -> None:
        try:
            await self._tenure.give_back()
        except Exception as failure:  # noqa: BLE001  it runs out by itself
            log.warning("cannot give back the lease of Telegram", extra={"why": type(failure).__name__})

    async def _hear(self, now: datetime) -> None:
        async with self._store.reading() as tx:
            until = await halts.of(tx, self._name)
            notices = await leases.of(tx, f"{self._name}:notices", now)
        if until is not None and until > now:
            self._pace.halt((until - now).total_seconds())
        is_shared = notices is not None and notices.holder != self.holder
        self._pace.slow_to(self._rates.reserved if is_shared else self._rates.alone)
