"""A real Chromium on the real page. Nothing here is timed: what is waited for either comes or fails the test."""

import re

import pytest
from playwright.async_api import BrowserContext, Page, expect
from sqlalchemy import select

from bot.channels import webchat
from storage import messages
from storage.messages import Direction, Message
from tests.web.conftest import PATIENCE_MS, SCOPE, RunningChat

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)


async def ask(page: Page, text: str) -> None:
    await page.fill("#box", text)
    await page.press("#box", "Enter")
    await expect(page.locator(".mine").last).not_to_have_class(re.compile("pending"))


async def heard(office: RunningChat, text: str) -> int:
    async with office.store.reading() as tx:
        rows = await tx.scalars(select(Message).where(Message.direction == Direction.IN))
        return sum((row.body or {}).get("text") == text for row in rows)


async def test_a_question_is_answered_with_the_quotation_and_the_hand_stays_at_the_box(page: Page) -> None:
    await ask(page, "phạm vi áp dụng?")
    await expect(page.locator(".bot blockquote")).to_contain_text(SCOPE[0])
    await expect(page.locator("#box")).to_be_focused()
    await expect(page.locator("#box")).to_have_value("")
    await expect(page.locator("#typing")).to_be_hidden()


async def test_somebody_new_is_told_what_this_is_before_asking(page: Page) -> None:
    await expect(page.locator(".bot").first).to_contain_text("Trợ lý chất lượng")
    await expect(page.locator(".mine")).to_have_count(0)


async def test_on_a_small_phone_the_greeting_is_read_from_its_beginning(
    device: BrowserContext, office: RunningChat
) -> None:
    page = await device.new_page()
    await page.set_viewport_size({"width": 320, "height": 480})
    await page.goto(office.url)
    await expect(page.locator(".bot").first).to_be_in_viewport()
    await page.locator("#jump").wait_for()  # there is more below
    await expect(page.locator(".bot .text p").first).to_be_in_viewport()


async def test_a_number_of_a_person_is_masked_on_the_screen_as_in_the_record(page: Page) -> None:
    await ask(page, "số 0905123456, phạm vi áp dụng?")
    await expect(page.locator(".mine")).not_to_contain_text("0905123456")


async def test_a_withheld_text_leaves_the_screen_and_the_device(page: Page) -> None:
    await ask(page, "Tôi tố cáo ông Nguyễn Văn A ở phòng Kỹ thuật nhận hối lộ của tôi")
    await expect(page.locator(".mine")).to_have_text(re.compile("không được lưu"))
    assert "Nguyễn Văn A" not in await page.evaluate("JSON.stringify({...localStorage})")


async def test_a_choice_is_pressed(page: Page) -> None:
    await ask(page, "đánh giá như thế nào?")
    await page.get_by_role("button", name="Đánh giá nội bộ").tap()
    await expect(page.locator(".bot").last).to_contain_text(SCOPE[0])
    await expect(page.locator(".mine.pressed")).to_contain_text("Đánh giá nội bộ")


async def test_a_vote_stays_visible_at_its_button(page: Page) -> None:
    await ask(page, "phạm vi áp dụng?")
    await page.locator(".vote").first.tap()
    pressed = page.locator('.vote[aria-pressed="true"]')
    await expect(pressed.or_(page.locator("#toast:not(:empty)")).first).to_be_visible()
    await expect(page.locator(".mine")).to_have_count(1)


async def test_after_a_reload_everything_stands_as_before(page: Page) -> None:
    await ask(page, "phạm vi áp dụng?")
    await expect(page.locator(".bot blockquote")).to_be_visible()
    before = await page.locator("#log").inner_text()
    await page.reload()
    await expect(page.locator(".bot blockquote")).to_be_visible()
    assert await page.locator("#log").inner_text() == before


async def test_by_keyboard_alone(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#box")).to_be_focused()
    await page.keyboard.type("đánh giá như thế nào?")
    await page.keyboard.press("Enter")
    choice = page.get_by_role("button", name="Xem xét của lãnh đạo")
    await choice.wait_for()
    for _ in range(20):
        await page.keyboard.press("Shift+Tab")
        if await choice.evaluate("el => el === document.activeElement"):
            break
    await expect(choice).to_be_focused()
    await page.keyboard.press("Space")
    await expect(page.locator(".bot").last).to_contain_text(SCOPE[0])


async def test_enter_within_an_input_method_sends_nothing(page: Page) -> None:
    await page.fill("#box", "tieengs")
    await page.evaluate(
        "document.getElementById('box').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    await page.press("#box", "Shift+Enter")
    await expect(page.locator(".mine")).to_have_count(0)
    await expect(page.locator("#box")).to_have_value("tieengs\n")


async def test_what_is_typed_while_the_server_is_away_is_sent_once_when_it_is_back(
    page: Page, office: RunningChat
) -> None:
    await office.stop()
    await page.fill("#box", "phạm vi áp dụng?")
    await page.press("#box", "Enter")
    await expect(page.locator(".mine.pending")).to_contain_text("phạm vi áp dụng?")
    await expect(page.locator("#status")).not_to_be_empty()
    await office.start()
    await expect(page.locator(".bot blockquote")).to_be_visible()
    await expect(page.locator(".mine.pending")).to_have_count(0)
    assert await heard(office, "phạm vi áp dụng?") == 1


async def test_without_a_network_the_page_says_so_and_keeps_what_is_typed(page: Page, device: BrowserContext) -> None:
    await device.set_offline(True)
    await expect(page.locator("#status")).to_contain_text("Mất kết nối")
    await page.fill("#box", "phạm vi áp dụng?")
    await page.press("#box", "Enter")
    await expect(page.locator(".mine.pending")).to_be_visible()
    await device.set_offline(False)
    await expect(page.locator(".bot blockquote")).to_be_visible()


async def test_what_is_not_heard_yet_outlives_a_reload(page: Page, office: RunningChat) -> None:
    office.broken = True
    await page.fill("#box", "phạm vi áp dụng?")
    await page.press("#box", "Enter")
    await expect(page.locator("#toast")).to_contain_text("giữ lại")
    await page.reload()
    await expect(page.locator(".mine")).to_contain_text("phạm vi áp dụng?")
    office.broken = False
    await expect(page.locator(".bot blockquote")).to_be_visible()
    assert await heard(office, "phạm vi áp dụng?") == 1


async def test_a_one_time_code_in_the_address_is_redeemed_and_kept_nowhere(
    device: BrowserContext, office: RunningChat
) -> None:
    code = "ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ"
    page = await device.new_page()
    await page.goto(f"{office.url}/#ma={code}")
    await expect(page.locator(".mine")).to_contain_text("lien ket")
    assert page.url == f"{office.url}/"
    assert code not in await page.content()
    assert await heard(office, "lien ket ••••") == 1


async def test_a_draft_outlives_a_reload(page: Page) -> None:
    await page.fill("#box", "câu hỏi dở dang")
    await page.reload()
    await expect(page.locator("#box")).to_have_value("câu hỏi dở dang")


async def test_too_long_a_text_stays_in_the_box(page: Page, office: RunningChat) -> None:
    turns = office.turns
    await page.fill("#box", "a" * 4_001)
    await page.press("#box", "Enter")
    await expect(page.locator("#count")).to_contain_text("Thừa 1 ký tự")
    assert len(await page.input_value("#box")) == 4_001
    assert office.turns == turns


async def test_what_somebody_types_is_never_markup(page: Page) -> None:
    await ask(page, "<img src=x onerror=alert(1)> <b>phạm vi</b>")
    await expect(page.locator(".mine .typed")).to_have_text("<img src=x onerror=alert(1)> <b>phạm vi</b>")


async def test_another_tab_shows_the_same_conversation(page: Page, device: BrowserContext, office: RunningChat) -> None:
    second = await device.new_page()
    await second.goto(office.url)
    await ask(page, "phạm vi áp dụng?")
    await expect(second.locator(".mine")).to_have_text(re.compile("phạm vi áp dụng?"))
    await expect(second.locator(".bot blockquote")).to_be_visible()


async def test_the_language_changes_without_a_reload(page: Page) -> None:
    await page.locator("#language").tap()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("#box")).to_have_attribute("placeholder", "Type a question…")
    await expect(page.locator(".mine")).to_have_count(0)
    await page.reload()
    await expect(page.locator("h1")).to_have_text("Quality assistant")


async def test_older_messages_come_above_and_what_is_read_stays_in_place(page: Page, office: RunningChat) -> None:
    chat = next(iter(office.hub.chats()))
    bodies = [{"html": f"<p>Tin {n:03}</p>", "buttons": []} for n in range(120)]
    async with office.store.begin() as tx:
        await messages.said(
            tx, channel="web", bot_id=webchat.BOT_ID, chat_id=chat, answers=None, bodies=bodies, at=office.clock()
        )
    await page.reload()
    top = page.get_by_text("Tin 080", exact=True)
    await expect(page.get_by_text("Tin 119", exact=True)).to_be_in_viewport()
    await top.scroll_into_view_if_needed()
    await page.locator("#older").tap()
    await page.get_by_text("Tin 040", exact=True).wait_for(state="attached")
    await expect(top).to_be_in_viewport()
    while await page.locator("#older").is_visible():
        count = await page.locator(".bot").count()
        await page.locator("#older").tap()
        await expect(page.locator(".bot")).not_to_have_count(count)
    texts = await page.locator(".bot .text").all_inner_texts()
    assert texts[1:] == [f"Tin {n:03}" for n in range(120)]
    await page.locator("#jump").tap()
    await expect(page.get_by_text("Tin 119", exact=True)).to_be_in_viewport()


async def test_a_long_answer_is_read_from_its_beginning(page: Page) -> None:
    await ask(page, "câu trả lời dài")
    await expect(page.locator(".bot blockquote")).to_be_visible()
    await expect(page.locator(".mine")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_can_be_read(page: Page, scheme: str) -> None:
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a list of two literals
    await ask(page, "phạm vi áp dụng?")
    await expect(page.locator(".bot blockquote")).to_be_visible()
    weak = await page.evaluate(WEAK_TEXT)
    assert weak == []


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_everything_fits_and_can_be_touched(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 700})
    await ask(page, "đánh giá như thế nào?")
    await page.get_by_role("button", name="Đánh giá nội bộ").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = await page.evaluate(
        "[...document.querySelectorAll('button, a.choice, textarea')].filter((el) => el.offsetParent)"
        ".map((el) => [el.id || el.textContent, el.getBoundingClientRect()])"
        ".filter(([, r]) => r.width < 44 || r.height < 44).map(([name]) => name)"
    )
    assert small == []


async def test_every_control_has_a_name_and_the_log_is_live(page: Page) -> None:
    await ask(page, "phạm vi áp dụng?")
    nameless = await page.evaluate(
        "[...document.querySelectorAll('button, textarea, a')].filter((el) => el.offsetParent)"
        ".filter((el) => !(el.ariaLabel || el.labels?.[0]?.textContent || el.textContent).trim())"
        ".map((el) => el.outerHTML)"
    )
    assert nameless == []
    log = page.get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log).to_have_accessible_name("Nội dung trò chuyện")


# What is drawn behind a text is the nearest background that is not transparent; our page has no half-transparent ones
# behind texts. WCAG 2.2, 1.4.3: 4.5 : 1.
WEAK_TEXT = """() => {
  const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
  const linear = (v) => (v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  const light = (colour) => colour.slice(0, 3).map((v) => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = (el) => {
    for (let at = el; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > .5) return colour;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const el of document.querySelectorAll("body *")) {
    if (!el.offsetParent || ![...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
    const [a, b] = [light(rgb(getComputedStyle(el).color)), light(behind(el))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) weak.push([el.className || el.id || el.tagName, el.textContent.trim().slice(0, 30), ratio]);
  }
  return weak;
}"""
