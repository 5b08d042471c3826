"""Question turns per second through the dispatcher, against a bare aiogram loop with one ORM read and one write.

Both run in one process, on the same database with the same settings, ten people at once. The bare loop answers a fixed
text; ours hears, searches the manual and the procedures, records the question and the reply, and speaks. A third figure
leaves the search out (the same questions are found again): what the conversation and the record cost by themselves.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot import conversation, sample
from bot.channels import webchat
from bot.channels.hub import Hub
from bot.desk import Desk
from handlers.office import Office
from knowledge.texts import Found, Question
from storage import Store, identities, schema
from storage.store import Keys
from tests.benchmarks.databases import databases

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
KEYS = Keys(journal=b"j" * 32, links=b"l" * 32, dossiers=b"d" * 32)
PEOPLE = 10
TURNS = 25
ROUNDS = 5
_NUMBERS = count(1)  # of updates: no two of them are one
QUESTIONS = Path(__file__).parent.parent / "data" / "questions-dev.jsonl"


class Base(DeclarativeBase):
    pass


class Tally(Base):
    __tablename__ = "bare_tally"
    id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]


class Silent(BaseSession):
    """A session that sends nothing: the network is no part of either side."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109  aiogram's signature
    ) -> Any:
        return True

    async def close(self) -> None: ...

    async def stream_content(self, *_: Any, **__: Any) -> Any:
        yield b""


async def crowd(one: Callable[[int, int], Awaitable[None]]) -> float:
    """Let ten people take their turns side by side; return turns per second."""

    async def person(who: int) -> None:
        for turn in range(TURNS):
            await one(who, turn)

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as together:
        for who in range(PEOPLE):
            together.create_task(person(who))
    return PEOPLE * TURNS / (time.perf_counter() - begun)


async def bare(store: Store) -> Callable[[int, int], Awaitable[None]]:
    async with store.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    dispatcher = Dispatcher(events_isolation=SimpleEventIsolation())

    @dispatcher.message()
    async def tally(message: Message) -> Any:
        async with store.begin() as tx:
            row = await tx.scalar(select(Tally).where(Tally.id == message.chat.id))
            if row is None:
                tx.add(Tally(id=message.chat.id, count=1))
            else:
                row.count += 1
        return message.answer("đã nghe")

    robot = Bot("42:bare", session=Silent())

    async def one(who: int, turn: int) -> None:
        person = {"id": who + 1, "is_bot": False, "first_name": "Lan"}
        chat = {"id": who + 1, "type": "private"}
        message = {"message_id": turn + 1, "date": 0, "chat": chat, "from": person, "text": "hồ sơ bị mất thì sao"}
        await dispatcher.feed_raw_update(robot, {"update_id": turn + 1, "message": message})

    return one


class Recalled(Desk):
    """A desk that looks up nothing twice."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, embedder=None)
        self._found: dict[str, Found] = {}

    async def ask(self, question: Question) -> Found:
        if question.text not in self._found:
            self._found[question.text] = await super().ask(question)
        return self._found[question.text]


async def ours(store: Store, desk: Desk) -> Callable[[int, int], Awaitable[None]]:
    await desk.refresh()
    dispatcher = conversation.build(store, asker=desk, clock=lambda: NOW, office=Office())
    robot = webchat.bot(store, Hub(), lambda: NOW)
    async with store.begin() as tx:
        people = [
            await identities.meet(tx, channel="web", bot_id=robot.id, outside_id=f"p{who}", at=NOW)
            for who in range(PEOPLE)
        ]
    asked = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]

    async def one(who: int, turn: int) -> None:
        text = asked[(who * TURNS + turn) % 79]
        update = webchat.typed(people[who], next(_NUMBERS), text, language="vi", now=NOW)
        await conversation.work(dispatcher, robot, update)

    return one


async def measure(url: str) -> list[float]:
    """Return turns per second, bare, ours and ours without the search: medians of rounds that take turns."""
    store = Store.at(url, keys=KEYS)
    await schema.upgrade(store)
    await sample.seed(store, at=NOW)
    sides = [await bare(store), await ours(store, Desk(store, embedder=None)), await ours(store, Recalled(store))]
    figures: list[list[float]] = [[] for _ in sides]
    for round_ in range(ROUNDS + 1):
        for side, one in enumerate(sides):
            speed = await crowd(one)
            if round_:  # the first one warms up
                figures[side].append(speed)
    await store.close()
    return [median(speeds) for speeds in figures]


def main() -> None:
    print(f"{'database':<12} {'bare/s':>8} {'ours/s':>8} {'ratio':>6} {'no search/s':>12} {'ratio':>6}   (aim: 0.60)")
    with databases() as urls:
        for name, url in urls.items():
            plain, full, without = asyncio.run(measure(url))
            print(
                f"{name:<12} {plain:>8.0f} {full:>8.0f} {full / plain:>6.2f} {without:>12.0f} {without / plain:>6.2f}"
            )


if __name__ == "__main__":
    main()
