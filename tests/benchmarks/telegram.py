"""Webhook requests per second, worked before the clock stops: ours with its inbox row, against aiogram's own handler.

Both serve an echo over aiohttp to forty keep-alive connections (what Telegram opens at most) in one process. aiogram's
side is `SimpleRequestHandler(handle_in_background=False)`. Ours commits the row of the inbox before the 200, works the
update in its chat's order, and marks it worked. The last column is a whole conversation instead of an echo.
"""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.methods import TelegramMethod
from aiogram.types import Chat, Message, Update
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from sqlalchemy import bindparam, update

from bot import conversation
from bot.channels.telegram import Telegram
from bot.channels.telegram_inbox import Feed
from bot.channels.telegram_session import TelegramSession
from bot.channels.telegram_webhook import SECRET
from bot.channels.together import Together
from bot.hearing import Hearing
from bot.settings import Settings
from handlers.office import Office
from storage import Store, schema
from storage.messages import Message as Row
from storage.store import Keys
from tests.benchmarks.databases import databases
from tests.cast import papers

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
KEYS = Keys(journal=b"j" * 32, links=b"l" * 32, dossiers=b"d" * 32)
CONNECTIONS = 40
REQUESTS = 8
ROUNDS = 5
PASSWORD = "a-secret-of-the-benchmark"
Sides = dict[str, Callable[[], Awaitable[None]]]
_numbers = itertools.count(1)


class Silent(TelegramSession):
    """A session that sends nothing: the network is no part of either side."""

    def __init__(self) -> None:
        super().__init__("", "")

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109  aiogram's signature
    ) -> Any:
        if method.__api_method__ == "sendMessage":
            return Message(message_id=next(_numbers), date=NOW, chat=Chat(id=1, type="private"), text="x").as_(bot)
        return True


def request(path: str, person: int) -> bytes:
    number = next(_numbers)
    author = {"id": person, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
    chat = {"id": person, "type": "private", "first_name": "Lan"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": author, "text": "/trogiup"}
    body = json.dumps({"update_id": number, "message": message}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"{SECRET}: {PASSWORD}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def push(port: int, path: str, person: int) -> None:
    """Send requests over one connection, each after the answer to the one before."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(REQUESTS):
        writer.write(request(path, person))
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(int(length.split(b":")[1]))
    writer.close()


async def figure(port: int, path: str, settled: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Return requests per second, and requests per second of processor time."""
    begun, worked = time.perf_counter(), time.process_time()
    await asyncio.gather(*(push(port, path, 1000 + person) for person in range(CONNECTIONS)))
    await settled()
    count = CONNECTIONS * REQUESTS
    return count / (time.perf_counter() - begun), count / (time.process_time() - worked)


def echo() -> Dispatcher:
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> Any:
        return message.answer(message.text or "")

    return dispatcher


def ours(store: Store, feed: Feed, bot: Bot) -> Telegram:
    given = {"secret": PASSWORD, "url": "https://x.vn"}
    settings = Settings.model_validate(
        {"telegram": {"mode": "webhook", "webhook": given, "per_second": 1e6, "per_chat": 1e6}}
    )
    channel = Telegram.of(settings, bot, store, feed=feed, clock=lambda: NOW, lasts=timedelta(days=1))
    # The numbers of this benchmark arrive in any order by intention; no real ones do for long.
    channel.inbox.sequence = None
    return channel


def echoing(store: Store, bot: Bot) -> Telegram:
    dispatcher = echo()
    # By the row's key, as a turn finds it.
    key = (Row.bot_id == bot.id, Row.chat_id == bindparam("chat"), Row.update_id == bindparam("number"))
    mark = update(Row.table()).where(*key).values(worked_at=NOW)

    async def marked(tx: Any, rows: Sequence[tuple[int, int]]) -> Sequence[None]:
        await tx.execute(mark, [{"chat": chat, "number": number} for chat, number in rows])
        return [None] * len(rows)

    marking = Together(store, marked)

    async def feed(update: dict[str, Any], _hearing: Hearing) -> None:
        method = await dispatcher.feed_update(bot, Update.model_validate(update, context={"bot": bot}))
        await bot(method)
        await marking.write((update["message"]["chat"]["id"], update["update_id"]))

    return ours(store, feed, bot)


def conversing(store: Store, bot: Bot) -> Telegram:
    dispatcher = conversation.build(store, asker=papers(), clock=lambda: NOW, office=Office())
    return ours(store, partial(conversation.fed, dispatcher, bot), bot)


@asynccontextmanager
async def served(store: Store) -> AsyncIterator[tuple[int, Sides]]:
    """Serve the three sides on one port; yield it, and for each path what tells that all work is done."""
    app = web.Application()
    plain = SimpleRequestHandler(
        echo(), Bot("41:bare", session=Silent()), handle_in_background=False, secret_token=PASSWORD
    )
    plain.register(app, path="/aiogram")
    channels = {"/echo": echoing(store, Bot("42:echo", session=Silent()))}
    channels["/whole"] = conversing(store, Bot("43:whole", session=Silent()))
    for path, channel in channels.items():
        assert channel.webhook is not None
        await channel.lease.keep(NOW)
        app.router.add_post(path, channel.webhook.push)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()

    async def nothing() -> None: ...

    async def settled(channel: Telegram) -> None:
        await channel.lanes.room()
        await channel.sender.quiet()

    sides: Sides = {"/aiogram": nothing}
    sides |= {path: partial(settled, one) for path, one in channels.items()}
    yield int(runner.addresses[0][1]), sides
    await runner.cleanup()
    for channel in channels.values():
        await channel.close()


async def measure(url: str) -> list[tuple[float, float]]:
    """Return what `figure` does for each side: the medians of rounds that take turns with each other."""
    store = Store.at(url, keys=KEYS)
    await schema.upgrade(store)
    figures: dict[str, list[tuple[float, float]]] = {}
    async with served(store) as (port, sides):
        for _ in range(ROUNDS):
            for path, settled in sides.items():
                figures.setdefault(path, []).append(await figure(port, path, settled))
    await store.close()
    return [
        (sorted(wall)[ROUNDS // 2], sorted(cpu)[ROUNDS // 2])
        for wall, cpu in (zip(*one, strict=True) for one in figures.values())
    ]


def main() -> None:
    print(
        f"{'database':<12} {'aiogram/s':>9} {'ours/s':>8} {'ratio':>6} {'by cpu':>6} {'whole/s':>8}   (aim: ratio 0.50)"
    )
    with databases() as urls:
        for name, url in urls.items():
            (bare, bare_cpu), (inbox, inbox_cpu), (whole, _) = asyncio.run(measure(url))
            ratio, by_cpu = inbox / bare, inbox_cpu / bare_cpu
            print(f"{name:<12} {bare:>9.0f} {inbox:>8.0f} {ratio:>6.2f} {by_cpu:>6.2f} {whole:>8.0f}")


if __name__ == "__main__":
    main()
