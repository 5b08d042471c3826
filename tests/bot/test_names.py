"""A name server that does not answer keeps nobody from stopping."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from bot.names import look_up_aside


async def test_names_are_found_and_what_is_wrong_with_them_is_said() -> None:
    look_up_aside()
    found = await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)
    assert found[0][4] == ("127.0.0.1", 80)
    with pytest.raises(socket.gaierror):
        await asyncio.get_running_loop().getaddrinfo("127.0.0.1", "no such service")


def test_a_loop_ends_while_a_name_is_still_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def asleep(*_: Any, **__: Any) -> Any:
        answered.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", asleep)

    async def look() -> None:
        look_up_aside()
        async with asyncio.timeout(0.05):
            await asyncio.get_running_loop().getaddrinfo("nowhere.example", 443)

    with pytest.raises(TimeoutError):
        asyncio.run(look())  # returns before the server answers
    assert not answered.is_set()
    answered.set()
