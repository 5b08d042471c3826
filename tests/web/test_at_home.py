"""The house as it is served: real settings, the customer's manual, a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from bot import clock, sample
from bot.house import House
from bot.serving import served
from bot.settings import DenseSettings, Settings, WebSettings
from storage import identities
from tests.web.conftest import PATIENCE_MS, on_one_loop

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=PATIENCE_MS)


@on_one_loop()
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """The address of the sample office, answering by words alone; its officer may come in by a link."""
    settings = Settings(data=tmp_path, dense=DenseSettings(enabled=False), web=WebSettings(port=0))
    house = await House.open(settings, upgrade=True)
    store, now = house.ground.store, clock.now()
    await sample.seed(store, at=now)
    await house.ground.desk.refresh()
    logins = {}
    async with store.begin() as tx:
        who = await identities.meet(tx, channel="web", bot_id=house.web_bot.id, outside_id="demo-citizen", at=now)
        logins["citizen"] = who.identity_id
    async with served(house, demo_logins=logins) as url:
        yield url


async def test_the_manual_answers_in_the_browser_with_its_clause(device: BrowserContext, address: str) -> None:
    page = await device.new_page()
    await page.goto(f"{address}/demo/citizen")
    await expect(page.locator(".bot").first).to_contain_text("Sở Công Thương")
    await page.fill("#box", "chinh sach chat luong duoc thong bao nhu the nao?")
    await page.press("#box", "Enter")
    answer = page.locator(".bot").filter(has=page.locator("blockquote")).last
    await expect(answer).to_contain_text("Chính sách chất lượng được duy trì thông tin dạng văn bản")
    await expect(answer).to_contain_text("5.2")
    await answer.locator(".vote").first.tap()
    await expect(page.locator("#toast")).not_to_be_empty()
    await page.reload()
    await expect(page.locator(".vote").first).to_be_visible()
    await expect(page.locator(".mine")).to_have_count(1)
