from typing import Any

import pytest

from bot import conversation
from handlers.turn import Button
from storage import Store, messages
from tests.cast import House, Spoken, words


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """Return one store: to what is only said, the database makes no difference."""
    return sqlite_store


PHOTO = {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}], "caption": "cccd 056123456789"}
STICKER = {
    "sticker": {
        "file_id": "f",
        "file_unique_id": "u",
        "type": "regular",
        "width": 1,
        "height": 1,
        "is_animated": False,
        "is_video": False,
    }
}
VOICE = {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 1}}
PLACE = {"location": {"latitude": 12.2, "longitude": 109.2}}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (PHOTO, "chưa đọc được ảnh"),
        (STICKER, "cứ gõ bằng chữ"),
        (VOICE, "chưa nghe"),
        (PLACE, "không lưu vị trí"),
        ({"text": ""}, "chỉ đọc được chữ"),
        ({"text": " \u200b "}, "chỉ đọc được chữ"),
    ],
)
async def test_whatever_is_sent_gets_a_fitting_line(house: House, content: dict[str, Any], line: str) -> None:
    lan = await house.citizen()
    assert line in words(await lan.sends(content))


async def test_nothing_of_an_attachment_is_kept(house: House, store: Store) -> None:
    lan = await house.citizen()
    await lan.sends(PHOTO)
    async with store.reading() as tx:
        heard = (await messages.history(tx, bot_id=lan.bot.id, chat_id=lan.number, limit=9))[0]
    assert heard.body == {"attachment": "photo"}


@pytest.mark.parametrize(
    "data", ["/khongco 1", "gibberish", "/muc", "/muc 1", "/hay x", "/phieu 99", "/nhan 1", "/chon 1 99"]
)
async def test_a_stale_or_invented_button_is_refused_in_words_and_its_waiting_sign_ends(
    house: House, data: str
) -> None:
    lan = await house.citizen()
    await lan.says("xin chào")
    button = Button("cũ", data)
    said = await lan.presses(button, Spoken("<p>cũ</p>", (button,), 987654))
    assert "không" in words(said)
    assert len(lan.road.toasts) == 1


async def test_an_edited_message_is_asked_for_again(house: House) -> None:
    lan = await house.citizen()
    chat, person = {"id": lan.number, "type": "private"}, {"id": lan.number, "is_bot": False, "first_name": "Lan"}
    message = {"message_id": 1, "date": 0, "edit_date": 1, "chat": chat, "from": person, "text": "hồ sơ"}
    await conversation.work(house.dispatcher, house.bot, {"update_id": 3, "edited_message": message})
    assert "tin đã sửa" in words(lan.seen)
