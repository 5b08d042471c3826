"""A photo of a receipt over Telegram: its code is read as if it had been typed, and nothing of it is kept."""

import io
import json
import logging
import zlib

import pytest
import segno
from PIL import Image
from sqlalchemy import event as sql_event
from sqlalchemy import select

from bot.channels import telegram_pictures
from storage import Store, dossier_links
from storage.dossiers import Dossier
from storage.messages import Message
from tests.cast import Papers
from tests.dossiers import CODE, imported, row
from tests.fake_telegram import Fake
from tests.telegram.counter import Counter


def picture(content: str, kind: str = "JPEG") -> bytes:
    """Return a photo of a receipt: the code on a table, a little turned, as a camera keeps it."""
    code = io.BytesIO()
    segno.make(content, error="m", micro=False).save(code, kind="png", scale=7)
    with Image.open(code) as made:
        paper = made.convert("RGB").rotate(11, expand=True, fillcolor="white")
    table = Image.new("RGB", (1280, 960), (170, 160, 150))
    table.paste(paper, (300, 250))
    taken = io.BytesIO()
    table.save(taken, kind)
    return taken.getvalue()


def bomb() -> bytes:
    """Return a picture of 20,000 by 20,000 points in a few hundred kilobytes."""
    taken = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(taken, "PNG")
    return taken.getvalue()


async def told(store: Store) -> str:
    async with store.reading() as tx:
        return json.dumps([one.body for one in await tx.scalars(select(Message))], ensure_ascii=False)


@pytest.fixture
async def filed(counter: Counter, sqlite_store: Store) -> None:
    await imported(sqlite_store, row(), at=counter.clock())


@pytest.mark.usefixtures("filed")
async def test_a_photo_of_the_code_asks_for_its_dossier(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    await lan.sends_photo("ông Nguyễn Văn A nhận hối lộ", picture(f"https://dichvucong.gov.vn/p?MHS={CODE}"))
    asked = await lan.hears("4 số cuối")
    assert CODE in asked.text
    await lan.says("5678")
    await lan.hears("Đang xử lý")
    kept = await told(counter.store)
    assert f"hồ sơ {CODE}" in kept
    assert not [word for word in ("AgAD", "hối lộ") if word in kept]


@pytest.mark.usefixtures("filed")
async def test_a_pin_is_read_from_an_image_sent_as_a_file_and_stands_in_no_statement(
    counter: Counter, telegram: Fake, sqlite_store: Store
) -> None:
    async with sqlite_store.begin() as tx:
        dossier = (await tx.scalars(select(Dossier))).one()
        pin = dossier_links.spelled(tx, await dossier_links.issue(tx, dossier, by=None, at=counter.clock()))
    sent: list[str] = []
    sql_event.listen(
        sqlite_store.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _u, statement, given, *_: sent.append(f"{statement} {given}"),
    )
    lan = telegram.user(7)
    await lan.sends_document("bien nhan.PNG", picture(f"https://hoidap.example.vn/#ma={pin}", "PNG"), mime="image/png")
    await lan.hears("Đã nối cuộc trò chuyện")
    await counter.settled()
    assert not [one for one in sent if pin[3:7] in one]
    assert "••••" in await told(sqlite_store)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (picture("https://example.vn/quang-cao"), "không thấy mã QR"),
        (picture(CODE)[:3000], "không thấy mã QR"),
        (zlib.compress(b"no picture at all"), "không thấy mã QR"),
        (bomb(), "không thấy mã QR"),
        (b"\xff\xd8\xff" + bytes(13_000_000), "quá lớn"),
    ],
    ids=["another code", "cut off", "no picture", "a bomb", "large"],
)
async def test_what_shows_no_code_gets_a_clear_reply(
    counter: Counter, telegram: Fake, content: bytes, said: str
) -> None:
    lan = telegram.user(7)
    await lan.sends_photo("", content)
    await lan.hears(said)
    await counter.settled()
    assert "AgAD" not in await told(counter.store)


async def test_a_size_that_is_a_lie_is_found_out_while_it_comes(
    counter: Counter, telegram: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_pictures, "MOST_BYTES", 100_000)
    lan = telegram.user(7)
    await lan.sends_document("anh.jpg", b"\xff\xd8\xff" + bytes(500_000), size=5, mime="image/jpeg")
    await lan.hears("quá lớn")
    await lan.sends_document("anh.jpg", b"\xff\xd8\xff", size=30_000_000, mime="image/jpeg")
    await counter.settled()
    assert sum("quá lớn" in text for text in lan.texts) == 2
    assert len(telegram.called("getFile")) == 1


@pytest.mark.usefixtures("filed")
@pytest.mark.parametrize("kind", ["429", "500", "502", "drop_before", "drop_after"])
@pytest.mark.parametrize("method", ["getFile", "download"])
async def test_a_line_that_fails_for_a_moment_is_tried_again(
    counter: Counter, telegram: Fake, kind: str, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    telegram.fault(kind, method, times=1)
    lan = telegram.user(7)
    await lan.sends_photo("", picture(CODE))
    await lan.hears("4 số cuối")
    assert not [one for one in caplog.records if telegram.token in f"{one.getMessage()} {one.__dict__}"]


async def test_a_line_that_stays_away_is_answered_and_holds_up_nobody(
    counter: Counter, telegram: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_pictures, "_PATIENCE", 0.3)
    telegram.fault("hang", "download", times=None)
    crowd = [telegram.user(number) for number in range(20, 32)]
    for one in crowd:
        await one.sends_photo("", picture(CODE))
    lan = telegram.user(7)
    await lan.says("hồ sơ bị mất thì sao")
    await lan.hears("lập biên bản")
    for one in crowd:
        await one.hears("gửi lại sau")
    telegram.faults.lift()


async def test_several_photos_sent_as_one_are_all_looked_at_and_get_one_refusal(
    counter: Counter, telegram: Fake, sqlite_store: Store
) -> None:
    lan = telegram.user(7)
    await lan.sends_album(4)
    await lan.hears("không thấy mã QR")
    await counter.settled()
    assert sum("không thấy mã QR" in text for text in lan.texts) == 1
    assert len(telegram.called("download")) == 4
    assert "AgAD" not in await told(sqlite_store)
    async with sqlite_store.reading() as tx:
        assert all(one.worked_at for one in await tx.scalars(select(Message).where(Message.direction == "in")))


async def test_one_chat_sends_so_many_pictures_and_no_more(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    for _ in range(12):
        await lan.sends_photo()
    await lan.hears("nhiều ảnh")
    await counter.settled()
    assert len(telegram.called("getFile")) in {10, 11}


async def test_in_a_group_no_picture_is_fetched(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    group = telegram.group(-55, members=[lan])
    await lan.sends_photo(f"@{telegram.world.bot['username']}", picture(CODE), to=group)
    await group.hears("ảnh và tệp")
    assert not telegram.called("getFile")


@pytest.mark.usefixtures("filed")
async def test_a_picture_left_in_the_inbox_by_a_crash_is_fetched_by_who_comes_next(
    counter: Counter, telegram: Fake, sqlite_store: Store, library: Papers
) -> None:
    await counter.shut()
    left = Counter(sqlite_store, telegram, library).put_together()
    lan = telegram.user(7)
    await lan.sends_photo("", picture(CODE))
    left.inbox._lanes.put = lambda *_: None  # type: ignore[method-assign]  # nobody is left to work it
    await left.inbox.take([pending.update for pending in telegram.world.updates.pending])
    await left.bot.session.close()
    telegram.world.updates.pending.clear()
    await counter.open()
    await lan.hears("4 số cuối")
    await counter.settled()
    assert "AgAD" not in await told(sqlite_store)
