import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handlers import held
from storage import Store, identities, journal, privacy
from storage.messages import Direction, Message
from storage.questions import Question
from storage.tickets import Ticket
from tests.cast import Citizen, Clock, House, papers, words
from tests.notifications.delivering import deliver


async def a_ticket(lan: Citizen) -> None:
    await lan.says("/gapcanbo")
    await lan.says("Tôi cần hỏi lệ phí cấp phép")
    await lan.says("đồng ý")


async def test_everybody_may_see_what_is_held_about_them(house: House) -> None:
    lan = await house.citizen()
    await lan.says("hồ sơ bị mất thì sao")
    await a_ticket(lan)
    said = (await lan.says("Riêng tư"))[-1]
    assert "1 câu hỏi" in said
    assert "1 phiếu" in said
    assert "gửi phiếu cho cán bộ (2/3/2026)" in said
    assert [button.text for button in said.buttons] == [
        "1. 📄 Tải bản sao",
        "2. 🗑 Xóa dữ liệu",
        "3. Rút đồng ý: gửi phiếu cho cán bộ",
    ]


async def copy_of(asking: Citizen) -> str:
    """Return the file that a button of the answer stands for."""
    said = (await asking.says("/riengtu tai"))[-1]
    assert [button.url for button in said.buttons] == [held.address("vi")]
    async with asking.house.store.reading() as tx:
        who = await identities.who(tx, bot_id=asking.bot.id, number=asking.number)
        assert who is not None
        found = await privacy.held(tx, who)
    return held.page(found, "vi", asking.house.clock()).decode()


def for_a_program(copy: str) -> Any:
    return json.loads(copy.partition('id="data">')[2].partition("</script>")[0])


async def test_a_copy_is_a_file_to_read_that_a_program_can_read_too(house: House) -> None:
    lan = await house.citizen()
    await lan.says("hồ sơ bị mất thì sao")
    await a_ticket(lan)
    copy = await copy_of(lan)
    for held_of_her in ("<dd>hồ sơ bị mất thì sao</dd>", "lập biên bản", "<dd>Tôi cần hỏi lệ phí cấp phép</dd>"):
        assert held_of_her in copy
    data = for_a_program(copy)
    assert [question["text"] for question in data["questions"]] == ["hồ sơ bị mất thì sao"]
    assert any("lập biên bản" in message["text"] for message in data["messages"])


async def test_what_somebody_typed_is_no_part_of_the_file_that_shows_it(house: House) -> None:
    lan = await house.citizen()
    typed = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    await lan.says(typed)
    copy = await copy_of(lan)
    assert copy.count("<script") == 1
    assert "<img" not in copy
    assert typed in [question["text"] for question in for_a_program(copy)["questions"]]


async def test_a_copy_holds_nothing_of_anybody_else(house: House) -> None:
    lan, hoa = await house.citizen("lan"), await house.citizen("hoa")
    await hoa.says("câu hỏi của Hoa")
    await lan.says("câu hỏi của Lan")
    copy = await copy_of(lan)
    assert "câu hỏi của Lan" in copy
    assert "của Hoa" not in copy


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_copy_holds_all_kinds_of_what_is_held(house: House, language: str) -> None:
    minh = await house.officer("Minh")
    await a_ticket(minh)
    for line in ("/nhan 1", "/traloi 1", "Đã trả lời tôi"):
        await minh.says(line)
    async with house.store.reading() as tx:
        who = await identities.who(tx, bot_id=minh.bot.id, number=minh.number)
        assert who is not None
        found = await privacy.held(tx, who)
    found["dossiers"] = [{"dossier": None, "how": "whole", "follows": True, "linked_at": house.clock().isoformat()}]
    copy = held.page(found, language, house.clock()).decode()
    for one in ("Minh", "Văn phòng", "Đã trả lời tôi", "2026"):
        assert one in copy


async def test_erasing_is_asked_for_twice_and_leaves_no_word(house: House, store: Store) -> None:
    lan = await house.citizen()
    await lan.says("hồ sơ bị mất thì sao")
    await a_ticket(lan)
    sure = (await lan.says("/riengtu xoa"))[-1]
    assert "không thể hoàn lại" in sure
    said = await lan.presses(sure.button("Xóa tất cả"))
    assert "Đã xóa" in words(said)
    async with store.reading() as tx:
        left = [row for row in await tx.scalars(select(Message)) if row.body is not None]
        assert [(row.direction, "Đã xóa" in str(row.body)) for row in left] == [(Direction.OUT, True)]
        assert list(await tx.scalars(select(Question.text))) == [None]
        assert list(await tx.scalars(select(Ticket.body))) == [None]


async def test_not_erasing_is_a_number_away(house: House, store: Store) -> None:
    lan = await house.citizen()
    await lan.says("hồ sơ bị mất thì sao")
    await lan.says("/riengtu xoa")
    assert "Dữ liệu đang lưu" in words(await lan.says("2"))
    async with store.reading() as tx:
        assert list(await tx.scalars(select(Question.text))) == ["hồ sơ bị mất thì sao"]


async def test_a_number_typed_after_something_else_is_no_late_yes(house: House, store: Store) -> None:
    lan = await house.citizen()
    await lan.says("/riengtu xoa")
    await lan.says("hồ sơ bị mất thì sao")
    await lan.says("1")
    async with store.reading() as tx:
        assert list(await tx.scalars(select(Question.text))) == ["hồ sơ bị mất thì sao", "1"]


async def test_staff_keep_their_place_when_their_talk_is_erased(house: House) -> None:
    minh = await house.officer("Minh")
    await minh.says("hồ sơ bị mất thì sao")
    await minh.presses((await minh.says("/riengtu xoa"))[-1].button("Xóa tất cả"))
    assert "Minh" in words(await minh.says("/start"))


async def test_a_consent_is_taken_back_once(house: House) -> None:
    lan = await house.citizen()
    await a_ticket(lan)
    assert "Đã rút lại" in words(await lan.says("/riengtu rut ticket"))
    assert "không có sự đồng ý nào" in words(await lan.says("/riengtu rut ticket"))


async def test_erased_words_are_gone_from_the_officers_chat_too(house: House, store: Store) -> None:
    lan, minh = await house.citizen(), await house.officer("Minh")
    await lan.says("chuyện riêng của tôi")
    await lan.says("/gapcanbo")
    await lan.says("chuyện riêng thứ hai")
    await lan.says("đồng ý")
    await minh.presses((await minh.says("/phieu"))[-1].buttons[0])
    for command in (
        "/nhan 1",
        "/traloi 1",
        "Về chuyện riêng ấy, mời đến bàn số 3",
        "/cauhoi",
        "/cauhoi 1",
        "/nhancauhoi 1",
    ):
        await minh.says(command)
    await deliver(store, house.clock())
    await minh.says("câu hỏi của Minh")
    await lan.says("/riengtu xoahet")
    async with store.reading() as tx:
        bodies = [row.body for row in await tx.scalars(select(Message)) if row.body]
        assert "chuyện riêng" not in str(bodies)
        assert "câu hỏi của Minh" in str(bodies)


async def test_after_erasing_no_form_is_said_to_wait(house: House) -> None:
    lan = await house.citizen()
    await lan.says("/gapcanbo")
    await lan.says("chuyện riêng")
    assert "Đang chờ" not in words(await lan.says("/riengtu xoahet"))
    assert "không có việc gì" in words(await lan.says("/huy"))


async def test_what_is_erased_stands_in_no_byte_of_the_file(clock: Clock, sqlite_store: Store, tmp_path: Path) -> None:
    """Neither in free pages nor in the log beside the file."""
    house = House(sqlite_store, clock=clock, asker=papers())
    lan = await house.citizen()
    for n in range(30):
        await lan.says(f"chuyện riêng số {n} " + "dài " * 300)
    await a_ticket(lan)

    def found() -> int:
        return sum(file.read_bytes().count("chuyện riêng".encode()) for file in tmp_path.glob("troly.db*"))

    assert found() > 30
    await lan.says("/riengtu xoahet")
    assert found() == 0
    async with sqlite_store.reading() as tx:
        assert (await journal.verify(tx)).intact
