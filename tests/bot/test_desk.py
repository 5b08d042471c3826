"""The desk answers from what is approved: before, during and after a swap."""

import asyncio
import multiprocessing
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk import Desk
from bot.housekeeping import keep_house
from bot.settings import Settings
from knowledge.texts import Answer, Audience, Choices, Question
from storage import Store, messages
from storage.journal import Entry
from tests.bot.approving import DAY, SECOND, approve_the_second
from tests.storage.cast import approved, staff

FIRST = "Hồ sơ bị mất phải được lập biên bản và báo lãnh đạo trong ngày."

# A process of its own, which has nothing of this one's: no library, no connection, no lock.
APART = multiprocessing.get_context("spawn")


class Slow:
    """An embedder that remembers what it was given."""

    name = "slow"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str], *, query: bool) -> list[bytes]:
        self.texts += [] if query else texts
        return [b"\x00\x00\x80?" + b"\x00" * 1532 for _ in texts]


async def versions_answering(desk: Desk) -> set[str]:
    found = await desk.ask(Question("hồ sơ bị mất thì làm thế nào", DAY, audience=Audience.PUBLIC))
    assert isinstance(found, Answer | Choices), found
    return {citation.version for citation in found.citations if citation.place == "7.5"}


async def test_one_version_answers_at_every_moment_while_another_process_approves_the_next(
    store: Store, url: str
) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        assert (cast.lan, cast.secretary, cast.director) == (1, 5, 6)
        await approved(tx, cast, "1", date(2020, 1, 1), text=FIRST)
    desk = Desk(store, embedder=None)
    await desk.refresh()
    answered: list[set[str]] = [await versions_answering(desk)]
    other: Any = APART.Process(target=approve_the_second, args=(url,))
    other.start()
    watching = True

    async def watch() -> None:
        while watching:
            await desk.refresh()
            await asyncio.sleep(0.01)

    async def ask() -> None:
        while answered[-1] == {"1"}:
            answered.append(await versions_answering(desk))
            await asyncio.sleep(0.02)  # the other process needs a core too

    watcher = asyncio.ensure_future(watch())
    async with asyncio.timeout(60):
        await asyncio.gather(*(ask() for _ in range(3)))
    watching = False
    await watcher
    other.join()
    answered += [await versions_answering(desk) for _ in range(5)]
    assert other.exitcode == 0
    assert all(one in ({"1"}, {"2"}) for one in answered)
    first_new = answered.index({"2"})
    assert answered[-1] == {"2"}
    assert len(answered) > first_new > 0


async def test_texts_approved_later_get_their_vectors_too(sqlite_store: Store) -> None:
    async with sqlite_store.begin() as tx:
        cast = await staff(tx)
        await approved(tx, cast, "1", date(2020, 1, 1), text=FIRST)
    slow = Slow()
    desk = Desk(sqlite_store, embedder=slow)
    await desk.refresh()
    await asyncio.gather(desk.vectorise(), desk.vectorise())
    once = len(slow.texts)
    assert once == len(desk.library.windows()) == len(set(slow.texts))
    async with sqlite_store.begin() as tx:
        await approved(tx, cast, "2", DAY, text=SECOND)
    assert await desk.refresh()
    await desk.vectorise()
    assert set(desk.library.windows().values()) <= set(slow.texts)
    assert len(slow.texts) == len(set(slow.texts)) > once


@pytest.fixture
def settings(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.setenv("TROLY_DATA", str(tmp_path))
    monkeypatch.setenv("TROLY_DENSE__ENABLED", "false")
    return Settings()


async def test_what_the_nightly_sweep_does_is_journalled_when_it_is_done(
    settings: Settings, open_store: Callable[[str], Store]
) -> None:
    store = open_store(settings.store_url())
    now = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    old = now - timedelta(days=settings.retention.messages_days + 1)
    async with store.begin() as tx:
        await messages.said(tx, channel="web", bot_id=1, chat_id=2, answers=None, bodies=[{"html": "cũ"}], at=old)
    await keep_house(store, settings, now)
    async with store.reading() as tx:
        swept = (await tx.scalars(select(Entry).where(Entry.action == "swept"))).one()
        assert swept.at == now
    await store.close()
