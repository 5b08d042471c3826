"""Every kind of update that people can cause is one to aiogram, and looks as it should."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import aiogram
import aiogram.exceptions as refused
import aiohttp
import pytest
import telegram as ptb
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Update

from tests.fake_telegram import Fake, Message


@pytest.fixture
async def telegram() -> AsyncIterator[Fake]:
    async with Fake() as fake:
        yield fake


@pytest.fixture
async def bot(telegram: Fake) -> AsyncIterator[aiogram.Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url), timeout=5)
    async with aiogram.Bot(telegram.token, session=session) as bot:
        yield bot


YES = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Có", callback_data="co")]])


async def waiting(telegram: Fake) -> list[Update]:
    """Read what waits for the bot as both libraries would; what one cannot read fails the test."""
    raw = [pending.update for pending in telegram.world.updates.pending]
    telegram.world.updates.drop()
    assert all(ptb.Update.de_json(update, None).update_id for update in raw)
    return [Update.model_validate(update) for update in raw]


async def test_every_content_type_is_understood(telegram: Fake) -> None:
    lan, minh = telegram.user(7, "Lan"), telegram.user(8, "Minh")
    first = await lan.says("/start xin chào @fake42_bot https://a.vn")
    await lan.sends_photo("Ảnh")
    await lan.sends_album(2)
    await lan.sends_document()
    await lan.sends_voice()
    await lan.sends_audio()
    await lan.sends_video()
    await lan.sends_video_note()
    await lan.sends_animation()
    await lan.sends_sticker()
    await lan.sends_dice()
    await lan.sends_location()
    await lan.sends_venue("Sở", "Nha Trang")
    await lan.shares_own_phone("+84900000001")
    await lan.sends_contact("+84900000002", "Minh", of=minh)
    await lan.sends_contact("+84900000003", "Ai đó")
    await lan.sends_poll("Chọn?", "A", "B")
    await lan.says("trả lời", reply_to=first)
    await lan.forwards(first)
    await lan.forwards(first, hidden=True)
    updates = await waiting(telegram)
    kinds = "text photo photo photo document voice audio video video_note animation sticker dice location venue"
    kinds += " contact contact contact poll text text text"
    messages = [update.message for update in updates if update.message]
    assert [message.content_type for message in messages] == kinds.split()
    assert [m.contact.user_id for m in messages if m.contact] == [7, 8, None]
    assert [entity.type for entity in messages[0].entities or []] == ["bot_command", "mention", "url"]
    assert [m.forward_origin.type for m in messages if m.forward_origin] == ["user", "hidden_user"]
    assert messages[1].media_group_id is None
    assert messages[2].media_group_id == messages[3].media_group_id


async def test_deep_links_edits_and_long_texts(telegram: Fake) -> None:
    lan = telegram.user(7, "Lan", username="lan_nt", language="en")
    await lan.starts("hs-123")
    said = await lan.says("x" * 5000)
    await lan.edits(said, "sửa")
    start, one, two, edited = await waiting(telegram)
    assert start.message
    assert start.message.text == "/start hs-123"
    assert start.message.from_user
    assert start.message.from_user.language_code == "en"
    assert one.message
    assert two.message
    assert [len(m.message.text or "") for m in (one, two) if m.message] == [4096, 904]
    assert edited.edited_message
    assert (edited.edited_message.text, edited.edited_message.message_id) == ("sửa", said.id)


async def test_buttons_are_pressed_answered_once_and_grow_old(telegram: Fake, bot: aiogram.Bot) -> None:
    lan = telegram.user(7, "Lan")
    await lan.starts()
    await bot.send_message(7, "Được không?", reply_markup=YES)
    press = await lan.presses("Có")
    *_, update = await waiting(telegram)
    assert update.callback_query
    assert (update.callback_query.data, update.callback_query.from_user.id) == ("co", 7)
    await bot.answer_callback_query(update.callback_query.id, "Đã ghi")
    assert (press.toast, (await press.answered())["show_alert"]) == ("Đã ghi", False)
    with pytest.raises(refused.TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(update.callback_query.id)
    second = await lan.presses("co")
    telegram.later(31)
    with pytest.raises(refused.TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(second.query.id)


async def test_a_button_can_be_pressed_by_a_stranger_and_after_it_is_gone(telegram: Fake, bot: aiogram.Bot) -> None:
    lan, minh = telegram.user(7, "Lan"), telegram.user(8, "Minh")
    group = telegram.group(-100, "Phòng", [lan, minh])
    sent = await bot.send_message(-100, "Ai?", reply_markup=YES)
    stale = group.last.button("Có")
    await minh.presses(stale)
    await bot.delete_message(-100, sent.message_id)
    await lan.presses(stale)
    await lan.presses_data("lạ" * 40, 12345)
    foreign, late, forged = [update.callback_query for update in await waiting(telegram)]
    assert foreign
    assert foreign.from_user.id == 8
    assert late
    assert late.message
    assert late.message.date == 0
    assert forged
    assert forged.data == "lạ" * 40
    assert group.heard == []


async def test_who_blocks_the_bot_cannot_be_reached_until_unblocking(telegram: Fake, bot: aiogram.Bot) -> None:
    lan = telegram.user(7, "Lan")
    await lan.starts()
    await lan.blocks()
    with pytest.raises(refused.TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(7, "x")
    await lan.unblocks()
    await bot.send_message(7, "x")
    await lan.deletes_account()
    with pytest.raises(refused.TelegramForbiddenError, match="user is deactivated"):
        await bot.send_message(7, "x")
    changes = [u.my_chat_member for u in await waiting(telegram) if u.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]


async def test_in_a_group_the_bot_hears_what_is_meant_for_it(telegram: Fake, bot: aiogram.Bot) -> None:
    lan = telegram.user(7, "Lan")
    group = telegram.group(-1001234567890, "Phòng", [lan])
    await lan.says("chuyện riêng", to=group)
    await lan.says("@fake42_bot ơi", to=group)
    await lan.says("/viec@fake42_bot", to=group)
    await lan.says("/viec@khac_bot", to=group)
    await bot.send_message(group.id, "Dạ?")
    await lan.says("cảm ơn", to=group, reply_to=group.last)
    await group.joins(telegram.user(8, "Minh"))
    messages = [update.message for update in await waiting(telegram) if update.message]
    assert [m.text for m in messages] == ["@fake42_bot ơi", "/viec@fake42_bot", "cảm ơn", None]
    assert {m.chat.type for m in messages} == {"supergroup"}
    telegram.world.privacy = False
    await lan.says("chuyện riêng", to=group)
    assert len(await waiting(telegram)) == 1


async def test_a_group_that_migrates_answers_with_its_new_id(telegram: Fake, bot: aiogram.Bot) -> None:
    lan = telegram.user(7, "Lan")
    group = telegram.group(-55, "Phòng", [lan], with_bot=False)
    with pytest.raises(refused.TelegramBadRequest, match="chat not found"):
        await bot.send_message(-55, "x")
    await group.adds_bot(lan)
    new = await group.migrates(lan)
    with pytest.raises(refused.TelegramMigrateToChat) as caught:
        await bot.send_message(-55, "x")
    assert caught.value.migrate_to_chat_id == new == group.id
    await bot.send_message(new, "Chào nhóm mới")
    assert group.texts == ["Chào nhóm mới"]
    await group.removes_bot(lan)
    with pytest.raises(refused.TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await bot.send_message(new, "x")
    updates = await waiting(telegram)
    assert [u.event_type for u in updates] == ["my_chat_member", "message", "message", "message", "my_chat_member"]


async def test_a_channel_posts_and_edits(telegram: Fake, bot: aiogram.Bot) -> None:
    channel = telegram.channel(-1009, "Thông báo", "so_ct")
    post = await channel.posts("Tin")
    await channel.edits(post, "Tin mới")
    await telegram.user(7).forwards(post)
    await bot.send_message("@so_ct", "Bot nói")
    updates = await waiting(telegram)
    assert [u.event_type for u in updates] == ["channel_post", "edited_channel_post", "message"]
    assert channel.texts == ["Bot nói"]


async def test_anything_at_all_can_be_pushed(telegram: Fake, bot: aiogram.Bot) -> None:
    number = telegram.push({"update_id": 77_000, "message": {"text": "\ud800", "broken": None}})
    assert number == 77_000
    async with aiohttp.ClientSession() as session:
        address = f"{telegram.url}/bot{telegram.token}/getUpdates"
        async with session.get(address) as answer:
            assert (await answer.json())["result"][0]["message"]["text"] == "\ud800"


async def test_another_process_can_play_over_ctl(telegram: Fake, bot: aiogram.Bot) -> None:
    async with aiohttp.ClientSession() as session:

        async def ctl(op: str, **more: Any) -> dict[str, Any]:
            async with session.post(f"{telegram.url}/_ctl", json={"op": op, **more}) as answer:
                body: dict[str, Any] = await answer.json()
                return body

        await ctl("user", id=7, name="Lan")
        await ctl("says", user=7, text="xin chào")
        await ctl("sends", user=7, kind="document", name="a.txt", content=base64.b64encode(b"abc").decode())
        for kind in [
            "photo",
            "album",
            "voice",
            "audio",
            "video",
            "video_note",
            "animation",
            "sticker",
            "dice",
            "location",
            "venue",
        ]:
            assert await ctl("sends", user=7, kind=kind) == {}
        for kind in ["own_phone", "contact", "poll"]:
            assert await ctl("sends", user=7, kind=kind) == {}
        assert len(await waiting(telegram)) == 17
        sent = await bot.send_message(7, "Được?", reply_markup=YES)
        await ctl("presses", user=7, message=sent.message_id, data="co")
        assert (await waiting(telegram))[0].callback_query
        await ctl("fault", kind="500", method="getMe", times=2)
        with pytest.raises(refused.TelegramServerError):
            await bot.get_me()
        await ctl("lift")
        await bot.get_me()
        assert [c["code"] for c in (await ctl("calls"))["calls"]] == [200, 500, 200]
        shown = await ctl("state")
        assert shown["rooms"][0]["messages"][-1]["buttons"][0][0]["data"] == "co"
        assert "no kind" in (await ctl("sends", user=7, kind="hologram"))["error"]
        async with session.post(f"{telegram.url}/_ctl", data="{}") as answer:
            assert answer.status == 415


async def test_waiting_for_words_that_never_come_fails_in_words(telegram: Fake, bot: aiogram.Bot) -> None:
    lan = telegram.user(7, "Lan")
    await lan.starts()
    await bot.send_message(7, "Một")
    assert isinstance(await lan.hears("Một"), Message)
    with pytest.raises(AssertionError, match=r"'Hai'; so far: \['Một'\]"):
        await lan.hears("Hai", within=0.05)
