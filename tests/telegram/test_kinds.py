"""Every kind of update has a fitting reply, and nothing is kept that is not needed."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from storage import Store
from storage.messages import Message
from storage.questions import Question
from storage.unreachable import Unreachable
from tests.fake_telegram import Fake, User
from tests.telegram.counter import PAGE, Counter, eventually

KINDS: dict[str, tuple[Callable[[User], Awaitable[Any]], str]] = {
    "sticker": (lambda lan: lan.sends_sticker(), "cứ gõ bằng chữ"),
    "dice": (lambda lan: lan.sends_dice(), "cứ gõ bằng chữ"),
    "voice": (lambda lan: lan.sends_voice(), "chưa nghe"),
    "audio": (lambda lan: lan.sends_audio(), "chưa nghe"),
    "video": (lambda lan: lan.sends_video("cccd 056123456789"), "chưa nghe"),
    "video_note": (lambda lan: lan.sends_video_note(), "chưa nghe"),
    "animation": (lambda lan: lan.sends_animation(), "chưa nghe"),
    "photo": (lambda lan: lan.sends_photo("ông Nguyễn Văn A nhận hối lộ"), "không thấy mã QR"),
    "document": (lambda lan: lan.sends_document("don-to-cao.pdf"), "chưa đọc được ảnh và tệp"),
    "location": (lambda lan: lan.sends_location(), "không lưu vị trí"),
    "venue": (lambda lan: lan.sends_venue("Nhà tôi", "12 Trần Phú"), "không lưu vị trí"),
    "own contact": (lambda lan: lan.shares_own_phone("+84905123456"), "gặp cán bộ"),
    "contact": (lambda lan: lan.sends_contact("+84905123456", "Người khác"), "của người khác"),
    "poll": (lambda lan: lan.sends_poll("Đi đâu?", "A", "B"), "không bỏ phiếu"),
}


async def rows(store: Store, kind: type[Any] = Message) -> list[Any]:
    async with store.reading() as tx:
        return list(await tx.scalars(select(kind).order_by(*kind.__table__.primary_key.columns)))


async def told(store: Store) -> str:
    """Return everything that the record of conversations holds, as one text."""
    return json.dumps([row.body for row in await rows(store)], ensure_ascii=False)


@pytest.mark.parametrize("kind", KINDS)
async def test_whatever_is_sent_is_answered_in_fitting_words_and_not_kept(
    counter: Counter, telegram: Fake, kind: str
) -> None:
    sends, words = KINDS[kind]
    lan = telegram.user(7, "Nguyễn Thị Lan", username="lan_nt")
    await sends(lan)
    await lan.hears(words)
    kept = await told(counter.store)
    for secret in ("Nguyễn", "lan_nt", "056123456789", "905123456", "don-to-cao", "hối lộ", "Trần Phú", "file_id"):
        assert secret not in kept


async def test_several_pictures_sent_as_one_get_one_reply(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    await lan.sends_album(5)
    await lan.hears("chưa đọc được ảnh")
    await counter.settled()
    assert sum("chưa đọc được ảnh" in text for text in lan.texts) == 1


async def test_an_edited_message_is_asked_for_again_and_a_moving_location_is_not(
    counter: Counter, telegram: Fake
) -> None:
    lan = telegram.user(7)
    said = await lan.says("hồ sơ bị mất thì sao")
    await lan.hears("lập biên bản")
    await lan.edits(said, "hồ sơ bị mất thì sao ạ")
    await lan.hears("tin đã sửa")
    place = await lan.sends_location()
    await lan.hears("không lưu vị trí")
    count = len(lan.heard)
    await lan.puts(place, {"location": {"latitude": 1.0, "longitude": 2.0}})
    await counter.settled()
    assert len(lan.heard) == count


async def test_a_forwarded_question_is_answered_and_its_author_is_not_kept(counter: Counter, telegram: Fake) -> None:
    lan, hoa = telegram.user(7, "Lan"), telegram.user(8, "Phạm Thị Hoa")
    said = await hoa.says("hồ sơ bị mất thì sao")
    await hoa.hears("lập biên bản")
    await lan.forwards(said)
    await lan.hears("lập biên bản")
    assert "Hoa" not in await told(counter.store)


async def test_channel_posts_and_service_messages_are_nobody_speaking(counter: Counter, telegram: Fake) -> None:
    channel = telegram.channel(-1001234567890)
    lan = telegram.user(7)
    group = telegram.group(-55, members=[lan])
    await channel.posts("hồ sơ bị mất thì sao")
    await group.joins(lan)
    await counter.settled()
    assert not await rows(counter.store)
    assert not telegram.called("sendMessage")


async def test_in_a_group_it_answers_when_addressed_and_names_whom(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    group = telegram.group(-55, members=[lan])
    telegram.world.privacy = False
    await lan.says("hồ sơ bị mất thì sao", to=group)
    await counter.settled()
    assert not group.heard
    asked = await lan.says(f"@{telegram.world.bot['username']} hồ sơ bị mất thì sao", to=group)
    reply = await group.hears("lập biên bản")
    assert reply.raw["reply_to_message"]["message_id"] == asked.id
    [question] = await rows(counter.store, Question)
    assert question.text == "hồ sơ bị mất thì sao"
    assert "bị mất thì sao" not in await told(counter.store)
    await lan.says("/trogiup@some_other_bot", to=group)
    await counter.settled()
    count = len(group.heard)
    await lan.says("hồ sơ bị mất thì sao", to=group, reply_to=reply)
    await group.hears("lập biên bản")
    assert len(group.heard) == count + 1


@pytest.mark.parametrize(
    "text", ["/phieu", "/riengtu", "/gapcanbo", "/lienket", "/ngonngu en", "/start", "/nhantin", "/hieuluc"]
)
async def test_nothing_personal_is_done_in_a_group(counter: Counter, telegram: Fake, text: str) -> None:
    lan = telegram.user(7)
    group = telegram.group(-55, members=[lan])
    await lan.says(text, to=group)
    reply = await group.hears("chuyện riêng")
    assert [button.url for row in reply.buttons for button in row] == [f"https://t.me/{telegram.world.bot['username']}"]


async def test_a_group_that_takes_it_in_is_told_how_to_ask(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    group = telegram.group(-55, members=[lan], with_bot=False)
    await group.adds_bot(lan)
    await group.hears("khi được gọi tên")


async def test_a_group_with_a_new_id_is_answered_there(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    group = telegram.group(-55, members=[lan])
    hang = telegram.fault("hang", "sendMessage", times=1)
    await lan.says("/trogiup", to=group)
    await eventually(lambda: hang.hits)
    new = await group.migrates(lan)
    hang.lift()
    await group.hears("hỏi", within=10)
    assert group.id == new


async def test_who_blocked_it_is_left_in_peace_and_answered_when_they_come_back(
    counter: Counter, telegram: Fake
) -> None:
    lan = telegram.user(7)
    hang = telegram.fault("hang", "sendMessage", times=1)
    await lan.says("hồ sơ bị mất thì sao")
    await eventually(lambda: hang.hits)
    await lan.blocks()
    hang.lift()
    await counter.settled()
    assert [row.chat_id for row in await rows(counter.store, Unreachable)] == [7]
    calls = len(telegram.called("sendMessage"))
    await counter.telegram.sender.sweep()
    await counter.telegram.sender.quiet()
    assert len(telegram.called("sendMessage")) == calls
    await lan.unblocks()
    await lan.hears("lập biên bản")
    assert not await rows(counter.store, Unreachable)


async def test_a_deep_link_opens_what_it_names(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    await lan.starts("gapcanbo")
    await lan.hears("viết")
    hoa = telegram.user(8)
    await hoa.starts("something-else")
    await hoa.hears("Xin chào")


async def test_digits_and_papers_are_offered_a_way_to_the_offices_own_page_once(
    counter: Counter, telegram: Fake
) -> None:
    lan = telegram.user(7)
    await lan.sends_photo()
    door = (await lan.hears("chưa đọc được ảnh")).buttons[0][0]
    assert door.url is not None
    assert door.url.startswith(f"{PAGE}/#ma=")
    assert door.url.partition("=")[2] not in await told(counter.store)
    await lan.says("số của tôi là 056123456789")
    assert (await lan.hears("tôi đã che")).buttons[0][0].url == door.url
    assert "056123456789" not in await told(counter.store)


async def test_a_denunciation_is_shown_the_door_and_a_page_that_knows_nobody(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    await lan.says("Tôi tố cáo ông Nguyễn Văn Tám nhận hối lộ 50 triệu")
    reply = await lan.hears("tố cáo")
    assert [button.url for row in reply.buttons for button in row] == [PAGE]
    assert "Tám" not in await told(counter.store)
    assert not await rows(counter.store, Question)
