"""Our side of Telegram in a test: the real channel over a real store and a fake Bot API; closed and opened again."""

import asyncio
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from bot import conversation
from bot.channels.telegram import Telegram, wired
from bot.settings import Settings
from handlers.office import Office
from storage import Store
from tests.cast import Clock, Papers
from tests.fake_telegram import Fake

SECRET = "a-secret-that-is-long-enough"
PAGE = "https://hoidap.example.vn"


class Counter:
    """`async with Counter(store, fake, library) as counter:` opens the channel; `shut` and `open` are a restart."""

    def __init__(self, store: Store, fake: Fake, library: Papers, *, mode: str = "polling", **settings: Any) -> None:
        self.store, self.fake, self.library, self.mode, self.given = store, fake, library, mode, settings
        self.clock = Clock()
        self.telegram: Telegram
        self.address = ""
        self.proxies = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.shut()

    async def open(self) -> None:
        if self.mode == "webhook":
            await self._serve()
        self.telegram = self.put_together()
        self.telegram.begin()

    def put_together(self) -> Telegram:
        settings = self.settings()
        bot = wired(settings.telegram)
        assert bot is not None
        office = Office(web_url=PAGE)
        dispatcher = conversation.build(self.store, asker=self.library, clock=self.clock, office=office)

        async def feed(update: dict[str, Any], hearing: Any) -> None:
            await conversation.work(dispatcher, bot, update, hearing=hearing)

        return Telegram.of(settings, bot, self.store, feed=feed, clock=self.clock, first=0.02)

    def settings(self) -> Settings:
        webhook = {"secret": SECRET} | self.given.get("webhook", {}) | {"url": self.address}
        telegram = {
            "token": self.fake.token,
            "api": self.fake.url,
            "hold": 1,
            "per_second": 500,
            "per_chat": 500,
            "mode": self.mode,
        }
        telegram |= self.given | {"webhook": webhook}
        web = {"public_url": PAGE, "proxies": self.proxies}
        return Settings.model_validate({"web": web, "telegram": telegram})

    async def _serve(self) -> None:
        app = web.Application()

        async def push(request: web.Request) -> web.Response:
            assert self.telegram.webhook is not None
            return await self.telegram.webhook.push(request)

        app.router.add_post("/telegram", push)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def shut(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        await self.telegram.close()

    async def settled(self) -> None:
        """Wait until everything that was sent has been taken, worked and answered."""
        await self.fake.drained(20)
        sequence = self.telegram.inbox.sequence
        await eventually(lambda: sequence is None or not sequence.held)
        await self.telegram.lanes.room()
        await self.telegram.sender.quiet()


async def eventually(fact: Callable[[], Any], within: float = 30) -> Any:
    """Wait until `fact` is true; return it."""
    async with asyncio.timeout(within):
        while not (found := fact()):  # noqa: ASYNC110  a fact may be anything; nobody rings for it
            await asyncio.sleep(0.01)
    return found
