"""The playground: a developer plays several people in a browser, and breaks things."""

from collections.abc import AsyncIterator

import aiogram
import aiogram.exceptions as refused
import pytest
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from playwright.async_api import Page, async_playwright, expect

from tests.fake_telegram import Fake

expect.set_options(timeout=20_000)  # the machine may be busy
YES = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Có <b>", callback_data="co")]])


@pytest.fixture
async def telegram() -> AsyncIterator[Fake]:
    async with Fake() as fake:
        yield fake


@pytest.fixture
async def bot(telegram: Fake) -> AsyncIterator[aiogram.Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url), timeout=10)
    async with aiogram.Bot(telegram.token, session=session) as bot:
        yield bot


@pytest.fixture
async def page(telegram: Fake) -> AsyncIterator[Page]:
    """A page as wide as a phone; anything that goes wrong in it fails the test."""
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.on("request", lambda asked: None if asked.url.startswith(telegram.url) else wrong.append(asked.url))
        await page.goto(telegram.url)
        yield page
        await browser.close()
        assert wrong == []


async def test_two_people_talk_to_a_bot_press_its_buttons_and_see_its_edits(
    telegram: Fake, bot: aiogram.Bot, page: Page
) -> None:
    for name in ("Lan", "Minh"):
        await page.get_by_placeholder("New person").fill(name)
        await page.get_by_role("button", name="Add person").click()
        await expect(page.locator(".card .name", has_text=name)).to_be_visible()
    lan, minh = page.locator(".card").nth(0), page.locator(".card").nth(1)
    await minh.get_by_placeholder("Message").fill("xin chào <i>")
    await minh.get_by_role("button", name="Send", exact=True).click()
    await expect(minh.locator(".message")).to_contain_text("xin chào <i>")
    await lan.locator(".kind").select_option("photo")
    await expect(lan.get_by_role("img", name="photo")).to_be_visible()
    updates = await bot.get_updates(timeout=5)
    assert updates[0].message
    sent = await updates[0].message.as_(bot).answer("<b>Có</b> &lt;img&gt; không?", parse_mode="HTML", reply_markup=YES)
    await expect(minh.locator(".message.bot b")).to_have_text("Có")
    await expect(minh.locator(".message.bot .words-said")).to_have_text("Có <img> không?")
    await minh.get_by_role("button", name="Có <b>").click()
    pressed = (await bot.get_updates(offset=updates[-1].update_id + 1, timeout=5))[-1].callback_query
    assert pressed
    assert pressed.data == "co"
    await bot.answer_callback_query(pressed.id, text="Đã ghi")
    await sent.edit_text("Xong")
    await expect(minh.locator(".toast")).to_have_text("Đã ghi")
    await expect(minh.locator(".message.bot .words-said")).to_have_text("Xong")
    await expect(minh.locator(".message.bot .meta")).to_contain_text("edited")
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def test_trouble_is_made_and_ended_by_hand(telegram: Fake, bot: aiogram.Bot, page: Page) -> None:
    await page.locator("[name=kind]").select_option("500")
    await page.locator("[name=method]").fill("getMe")
    await page.locator("[name=times]").fill("")
    await page.get_by_role("button", name="Make trouble").click()
    await expect(page.locator("#faults")).to_contain_text("500 at getMe")
    with pytest.raises(refused.TelegramServerError):
        await bot.get_me()
    await expect(page.locator("#calls .wrong")).to_contain_text("getMe → 500")
    await page.get_by_role("button", name="End all trouble").click()
    await expect(page.locator("#faults li")).to_have_count(0)
    await bot.get_me()
