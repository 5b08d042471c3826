"""A photo of a receipt: its code is read and the picture is gone."""

import io

import aiohttp
import pytest
import segno
from PIL import Image
from playwright.async_api import Page, expect

from tests.web.conftest import RunningChat

pytestmark = pytest.mark.asyncio(loop_scope="session")

CODE = "000.00.17.H32-260225-0001"
PIN = "HS-5I7R-R5YB-6Z7C"


def picture(content: str, *, turned: int = 0) -> bytes:
    """Return a photo of a receipt: the code somewhere on a table, turned, as a camera compresses it."""
    code = io.BytesIO()
    segno.make(content, error="m", micro=False).save(code, kind="png", scale=7)
    with Image.open(code) as made:
        paper = made.convert("RGB").rotate(turned, expand=True, fillcolor="white")
    table = Image.new("RGB", (1600, 1200), (170, 160, 150))
    table.paste(paper, (500, 400))
    taken = io.BytesIO()
    table.save(taken, "JPEG", quality=60)
    return taken.getvalue()


async def sent(office: RunningChat, content: bytes, *, origin: str | None = None) -> tuple[int, dict[str, object]]:
    headers = {"Origin": origin or office.url}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{office.url}/scan", data=content, headers=headers) as answer,
    ):
        return answer.status, await answer.json() if answer.status == 200 else {}


@pytest.mark.parametrize(
    ("content", "text", "quiet"),
    [
        (CODE, f"hồ sơ {CODE}", False),
        (f"https://dichvucong.gov.vn/p?MHS={CODE.replace('.', '%2E')}", f"hồ sơ {CODE}", False),
        (f"https://hoidap.example.vn/#ma={PIN}", f"lien ket {PIN}", True),
        ("https://example.vn/quang-cao", "", False),
    ],
)
async def test_the_code_of_a_receipt_is_read_from_its_photo(
    office: RunningChat, content: str, text: str, quiet: bool
) -> None:
    assert await sent(office, picture(content, turned=17)) == (200, {"text": text, "quiet": quiet})


@pytest.mark.parametrize("content", [b"", b"no picture", picture(CODE)[:4000], b"\x89PNG\r\n\x1a\n" + b"\0" * 100])
async def test_what_is_no_picture_says_nothing(office: RunningChat, content: bytes) -> None:
    assert await sent(office, content) == (200, {"text": "", "quiet": False})


async def test_too_large_a_file_and_a_foreign_page_are_turned_away(
    office: RunningChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.scanned.MOST_BYTES", 1000)
    assert (await sent(office, b"x" * 70_000))[0] == 413
    assert (await sent(office, b"x", origin="https://elsewhere.example"))[0] == 403


async def test_one_address_sends_so_many_pictures_and_no_more(office: RunningChat) -> None:
    found = [(await sent(office, b"x"))[0] for _ in range(12)]
    assert found == [200] * 10 + [429, 429]


async def test_a_photo_taken_on_the_page_asks_for_its_dossier(page: Page, office: RunningChat) -> None:
    await page.goto(office.url)
    await expect(page.locator("#scan")).to_be_visible()
    receipt = {"name": "bien-nhan.jpg", "mimeType": "image/jpeg", "buffer": picture(CODE)}
    await page.locator("#picture").set_input_files(receipt)  # type: ignore[arg-type]  # playwright's own shape
    await expect(page.get_by_text(f"hồ sơ {CODE}", exact=True)).to_be_visible()
    await expect(page.get_by_text("4 số cuối")).to_be_visible()
