"""What keeps the turns of one chat in order: within this process, or in Redis/Valkey between several."""

from aiogram.fsm.storage.base import BaseEventIsolation
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.fsm.storage.redis import RedisEventIsolation

from bot.settings import Settings

# A process that dies holds its chat's lock this long; no turn takes half of it.
LEASE_SECONDS = 30


class SharedIsolation(RedisEventIsolation):
    """aiogram's, which leaves its connections open."""

    async def close(self) -> None:
        await self.redis.aclose(close_connection_pool=True)


def isolation(settings: Settings) -> BaseEventIsolation:
    """Return the isolation that the settings ask for; without a server, one process keeps its own order."""
    if not settings.redis.url:
        return SimpleEventIsolation()
    return SharedIsolation.from_url(settings.redis.url, lock_kwargs={"timeout": LEASE_SECONDS})
