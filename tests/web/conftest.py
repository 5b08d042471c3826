"""The web chat as people meet it: the real application and dispatcher on 127.0.0.1, and a browser's side of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, async_playwright

from bot import conversation
from bot.channels import webchat
from bot.channels.hub import Hub
from bot.settings import WebSettings
from bot.web.app import build
from bot.web.lobby import LOBBY
from handlers.office import Office
from knowledge.catalogue import Catalogue
from knowledge.texts import Answer, Audience, Choices, Citation, Found, Language, Question, Refusal
from storage import Store
from tests.conftest import KEYS
from tests.web.tab import Tab

PATIENCE_MS = 20_000
CHROMIUM_PATH = "/usr/bin/chromium"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCOPE = (
    "Hệ thống quản lý chất lượng được áp dụng cho toàn bộ hoạt động giải quyết thủ tục hành chính.",
    "Việc áp dụng gắn với mô hình một cửa, một cửa liên thông.",
)


def cited(place: str, heading: str, quote: str) -> Citation:
    return Citation("STCL-01", "1", "Sổ tay chất lượng", place, heading, quote, 1.0)


class Shelf:
    """A library of one answer, one choice of places, and otherwise nothing."""

    async def ask(self, question: Question) -> Found:
        if "phạm vi" in question.text:
            return Answer((cited("4.3", "Phạm vi áp dụng", "\n".join(SCOPE)),), (), Language.VI)
        if "đánh giá" in question.text:
            places = [("9.2", "Đánh giá nội bộ"), ("9.3", "Xem xét của lãnh đạo"), ("9.1.2", "Sự hài lòng")]
            return Choices(tuple(cited(number, name, name) for number, name in places), (), Language.VI)
        if "dài" in question.text:
            return Answer((cited("8.5", "Kiểm soát", "\n".join(SCOPE * 12)),), (), Language.VI)
        return Refusal(None, (), Language.VI)

    def place(self, document: str, place: str, *, day: date, audience: Audience) -> Citation | None:
        return cited(place, "Phạm vi áp dụng", "\n".join(SCOPE))

    def confirmed(self, document: str, version: str) -> bool:
        return True

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(())


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, time: timedelta) -> None:
        self.now += time


class RunningChat:
    """A running web chat. `turns` counts what was really worked; `broken` makes the store fail before anything."""

    def __init__(self, store: Store, settings: WebSettings, demo_logins: dict[str, int] | None) -> None:
        self.store = store
        self.clock = Clock()
        self.hub = Hub()
        self.turns = 0
        self.broken = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.bot = webchat.bot(store, self.hub, self.clock)
        self._dispatcher = conversation.build(store, asker=Shelf(), clock=self.clock, office=Office())
        self.settings = settings
        self._demo_logins = demo_logins
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _work(self, update: dict[str, Any], heard: Callable[[int, str], Awaitable[None]]) -> None:
        if self.broken:
            raise ConnectionError("the store is away")
        await self.gate.wait()
        self.turns += 1
        await conversation.work(self._dispatcher, self.bot, update, heard=heard)

    async def start(self) -> None:
        """Serve; a second time on the same port, as after a restart."""
        app = build(
            store=self.store,
            bot=self.bot,
            hub=self.hub,
            work=self._work,
            clock=self.clock,
            settings=self.settings,
            office="Sở Công Thương tỉnh Khánh Hòa",
            demo_logins=self._demo_logins,
        )
        self.lobby = app[LOBBY]
        self._runner = web.AppRunner(app, shutdown_timeout=2.0, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()


# One loop for the whole room, so that one Chromium serves every test: starting it takes longer than most of them.
on_one_loop = partial(pytest_asyncio.fixture, loop_scope="session")

Opening = Callable[..., Any]


@on_one_loop()
async def store(sqlite_url: str) -> AsyncIterator[Store]:
    """A store on SQLite: to this room the database makes no difference."""
    opened = Store.at(sqlite_url, keys=KEYS)
    yield opened
    await opened.close()


@pytest.fixture
def open_office(store: Store) -> Opening:
    """Open a web chat with other settings than the usual."""

    @asynccontextmanager
    async def opening(
        settings: WebSettings | None = None, demo_logins: dict[str, int] | None = None
    ) -> AsyncIterator[RunningChat]:
        office = RunningChat(store, settings or WebSettings(), demo_logins)
        await office.start()
        try:
            yield office
        finally:
            await office.stop()

    return opening


@on_one_loop()
async def office(open_office: Opening) -> AsyncIterator[RunningChat]:
    async with open_office() as office:
        yield office


@on_one_loop(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as driver:
        yield driver


@on_one_loop(scope="session")
async def chromium(playwright: Playwright) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=CHROMIUM_PATH, args=CHROMIUM)
    yield browser
    await browser.close()


@on_one_loop()
async def device(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """A phone of its own: no cookies of anybody. A word on its console is a fault of the page."""
    context = await chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    context.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda said: complaints.append(said.text) if is_fault(said) else None)
    yield context
    await context.close()
    assert complaints == []


def is_fault(said: ConsoleMessage) -> bool:
    # That a server cannot be reached is logged by the browser itself, and is what some tests are about.
    return said.type in {"error", "warning"} and "ERR_" not in said.text and "WebSocket connection" not in said.text


@on_one_loop()
async def page(device: BrowserContext, office: RunningChat) -> Page:
    """The chat page, open and greeted."""
    page = await device.new_page()
    await page.goto(office.url)
    await page.locator(".bot").first.wait_for()
    return page


@on_one_loop()
async def tab(office: RunningChat) -> AsyncIterator[Tab]:
    """A person's browser with the page open."""
    async with Tab(office.url) as tab:
        await tab.arrive()
        yield tab
