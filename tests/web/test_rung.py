"""What a worker in another process says comes to the open page when it is said, not at the next beat."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import pytest

from bot.channels.hub import Hub, Line
from bot.channels.webchat import BOT_ID
from bot.clockwork import Clockwork
from bot.ears import Ears
from bot.web import watch
from notifications.transports import Address, Message, Sent
from notifications.transports.web import Web
from storage import Store
from tests.conftest import KEYS, NOW
from tests.telegram.counter import eventually


async def told(url: str, chat: int) -> None:
    """Tell something as another process does: over a store of its own."""
    store = Store.at(url, keys=KEYS)
    async with store.begin() as tx:
        await Web().record(tx, Address("web", BOT_ID, chat), Message("", "<p>mới</p>"), Sent(), now=NOW)
    await store.close()


async def test_what_another_process_says_is_heard_at_once_and_again_after_the_line_broke(
    url: str, store: Store
) -> None:
    heard: list[int | None] = []
    ears = Ears(store, first=0.02)
    ears.on(BOT_ID, heard.append)
    ears.on(4242, lambda chat: heard.append(-1) if chat else None)
    if store.is_sqlite:
        await ears.forever()  # nothing rings there: the beat of the watch finds it
        return
    work = Clockwork()
    work.aside(ears.forever(), "hear")
    await eventually(lambda: heard == [None])
    await told(url, 7)
    await eventually(lambda: heard == [None, 7])
    admin = await asyncpg.connect(url)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE "
    await admin.execute(others + "'LISTEN%' AND pid <> pg_backend_pid()")
    await admin.close()
    await eventually(lambda: heard == [None, 7, None])
    await told(url, 8)
    await eventually(lambda: heard == [None, 7, None, 8])
    await work.stop()


async def test_an_open_page_that_is_rung_for_shows_it_before_the_next_beat(
    sqlite_url: str, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "BEAT_SECONDS", 1000)

    async def nothing_lapsed(_: Any) -> None: ...

    monkeypatch.setattr("bot.web.watch.door.end_lapsed", nothing_lapsed)
    hub, work = Hub(), Clockwork()
    lobby = cast("Any", SimpleNamespace(hub=hub, store=sqlite_store))
    looking, page = watch.Watch(lobby), Line(7)
    hub.join(page)
    work.aside(watch.forever(looking, lobby), "watch")
    await eventually(lambda: looking._seen)
    await told(sqlite_url, 7)
    await told(sqlite_url, 8)
    looking.rung(8)  # not open here
    await asyncio.sleep(0.05)
    assert page.waiting.empty()
    looking.rung(7)
    looking.rung(None)
    frame = json.loads(await asyncio.wait_for(page.waiting.get(), 10))
    assert "mới" in frame["html"]
    await asyncio.sleep(0.3)
    assert page.waiting.empty(), "what was shown is not shown again"
    await work.stop()
