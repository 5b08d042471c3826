"""Chats that are not at home: on a computer that many share, and inside somebody else's page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, FrameLocator, Page, Route, expect
from sqlalchemy import select

from bot.settings import WebSettings
from storage.messages import Message
from tests.web.conftest import PATIENCE_MS, SCOPE, Opening, RunningChat, on_one_loop

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)


async def ask(page: Page, text: str) -> None:
    await page.fill("#box", text)
    await page.press("#box", "Enter")
    await expect(page.locator(".bot blockquote")).to_contain_text(SCOPE[0])


async def kept(page: Page) -> list[str]:
    return list(await page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"))


async def remembered(office: RunningChat) -> int:
    async with office.store.reading() as tx:
        return len([row for row in await tx.scalars(select(Message.body)) if row])


@on_one_loop()
async def kiosk(device: BrowserContext, office: RunningChat) -> Page:
    page = await device.new_page()
    await page.goto(f"{office.url}/?chung=1")
    await page.locator(".bot").first.wait_for()
    return page


async def test_a_shared_computer_keeps_nothing(kiosk: Page, device: BrowserContext) -> None:
    await kiosk.fill("#box", "một câu dở dang")
    await ask(kiosk, "phạm vi áp dụng?")
    assert await kept(kiosk) == []
    assert await device.cookies() == []
    await expect(kiosk.locator("#banner")).to_be_visible()


async def test_after_a_reload_of_a_shared_computer_nobody_sees_what_was_said(kiosk: Page, office: RunningChat) -> None:
    await ask(kiosk, "phạm vi áp dụng?")
    await kiosk.reload()
    await kiosk.locator(".bot").first.wait_for()
    await expect(kiosk.locator("blockquote")).to_have_count(0)
    await expect(kiosk.locator(".mine")).to_have_count(0)


async def test_ending_on_a_shared_computer_erases_the_texts(kiosk: Page, office: RunningChat) -> None:
    await ask(kiosk, "phạm vi áp dụng?")
    async with kiosk.expect_response("**/session/end"):
        await kiosk.locator("#end").tap()
    await expect(kiosk.locator(".msg")).to_have_count(0)
    await expect(kiosk.get_by_role("dialog")).to_be_visible()
    assert await remembered(office) == 0


async def test_ten_idle_minutes_end_a_shared_session_after_a_warning(
    device: BrowserContext, office: RunningChat
) -> None:
    page = await device.new_page()
    await page.clock.install()
    await page.goto(f"{office.url}/?chung=1")
    await page.clock.run_for(1_000)
    await page.locator(".bot").first.wait_for()
    await page.clock.run_for(9 * 60_000 + 2_000)
    await expect(page.get_by_role("dialog")).to_contain_text("còn ở đây")
    await page.clock.run_for(60_000)
    await expect(page.get_by_role("dialog")).to_contain_text("đã kết thúc")
    await expect(page.locator(".msg")).to_have_count(0)


async def test_changing_to_a_shared_computer_leaves_nothing_of_before(page: Page, device: BrowserContext) -> None:
    await ask(page, "phạm vi áp dụng?")
    await page.locator("#shared").tap()
    await page.locator("#dialog-yes").tap()
    await page.wait_for_url("**chung**")
    await page.locator(".bot").first.wait_for()
    await expect(page.locator(".mine")).to_have_count(0)
    assert await device.cookies() == []
    assert await kept(page) == []


@asynccontextmanager
async def foreign_page(office: RunningChat, host: str = "localhost") -> AsyncIterator[str]:
    """Somebody else's page, strict about its own rules, that embeds the assistant.

    To a browser "localhost" is another site than 127.0.0.1; another port of 127.0.0.1 is another origin of the same.
    """

    async def page(_request: web.Request) -> web.Response:
        text = f'<!doctype html><html lang="vi"><h1>Sở</h1><script src="{office.url}/widget.js" async></script></html>'
        policy = f"default-src 'none'; script-src {office.url}; frame-src {office.url}"
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy})

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def embedding(open_office: Opening, host: str = "localhost") -> AsyncIterator[tuple[RunningChat, str]]:
    """A chat, and a foreign page at an address that its settings name."""
    async with open_office() as office, foreign_page(office, host) as address:
        office.settings = WebSettings(widget_origins=(address,))
        await office.stop()
        await office.start()
        yield office, address


async def open_widget(page: Page) -> FrameLocator:
    await page.get_by_role("button", name="Hỏi trợ lý chất lượng").click()
    frame = page.frame_locator("iframe")
    await frame.locator(".bot").first.wait_for()
    return frame


async def ask_in(frame: FrameLocator) -> None:
    await frame.locator("#box").fill("phạm vi áp dụng?")
    await frame.locator("#box").press("Enter")
    await expect(frame.locator(".bot blockquote")).to_contain_text(SCOPE[0])


async def test_in_a_foreign_page_a_citizen_asks_and_goes_back(device: BrowserContext, open_office: Opening) -> None:
    # Debian's Chromium gives frames of other sites no storage at all: the token lives in the page alone.
    async with embedding(open_office) as (_, address):
        page = await device.new_page()
        await page.goto(address)
        frame = await open_widget(page)
        await ask_in(frame)
        assert await device.cookies() == []
        await frame.locator("#box").press("Escape")
        await expect(page.locator("iframe")).to_be_hidden()
        await expect(page.get_by_role("button", name="Hỏi trợ lý chất lượng")).to_be_focused()
        await open_widget(page)
        await expect(frame.locator(".bot blockquote")).to_be_visible()


async def test_where_frames_may_keep_something_the_chat_is_there_on_the_next_page(
    device: BrowserContext, open_office: Opening
) -> None:
    async with embedding(open_office, host="127.0.0.1") as (_, address):
        page = await device.new_page()
        await page.goto(address)
        await ask_in(await open_widget(page))
        await page.reload()
        await expect((await open_widget(page)).locator(".bot blockquote")).to_contain_text(SCOPE[0])
        assert await device.cookies() == []


async def test_a_page_that_is_not_named_gets_no_chat(chromium: Browser, open_office: Opening) -> None:
    context = await chromium.new_context()  # not `device`: its console must complain here
    async with open_office() as office, foreign_page(office) as address:
        page = await context.new_page()
        async with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            await page.goto(address)
            await page.get_by_role("button", name="Hỏi trợ lý chất lượng").click()
        await expect(page.frame_locator("iframe").locator(".bot")).to_have_count(0)
    await context.close()


async def test_a_browser_without_cookies_still_chats(device: BrowserContext, office: RunningChat) -> None:
    page = await device.new_page()
    await page.route("**/session", drop_cookie)
    await page.goto(office.url)
    await page.locator(".bot").first.wait_for()
    await ask(page, "phạm vi áp dụng?")


async def drop_cookie(route: Route) -> None:
    answer = await route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
    await route.fulfill(response=answer, headers=headers)


async def test_on_a_shared_computer_the_copy_of_ones_data_is_fetched_with_the_right_of_this_page_alone(
    kiosk: Page, office: RunningChat
) -> None:
    await ask(kiosk, "phạm vi áp dụng?")
    await kiosk.fill("#box", "/riengtu tai")
    await kiosk.press("#box", "Enter")
    async with kiosk.expect_download() as fetched:
        await kiosk.get_by_role("link", name="Mở tệp").tap()
    file = await fetched.value
    assert file.suggested_filename == "du-lieu-ca-nhan.html"
    assert "<dd>phạm vi áp dụng?</dd>" in (await file.path()).read_text(encoding="utf-8")
    await expect(kiosk.locator("#toast")).to_contain_text("máy dùng chung")
    await expect(kiosk.locator("blockquote")).to_have_count(1)
