import json
from pathlib import Path

from sqlalchemy import select

from storage import Store, identities, journal, questions
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


async def test_a_copy_is_json_and_the_next_copy_does_not_hold_it_again(house: House) -> None:
    lan = await house.citizen()
    await lan.says("hồ sơ bị mất thì sao")
    for _ in range(2):
        _intro, *pieces = await lan.says("/riengtu tai")
        copy = json.loads("\n".join(piece.text for piece in pieces))
        assert [question["text"] for question in copy["questions"]] == ["hồ sơ bị mất thì sao"]
        assert any("lập biên bản" in message["text"] for message in copy["messages"])
        assert "addresses" not in str([message["text"] for message in copy["messages"]])


async def test_a_copy_holds_nothing_of_anybody_else(house: House) -> None:
    lan, hoa = await house.citizen("lan"), await house.citizen("hoa")
    await hoa.says("câu hỏi của Hoa")
    await lan.says("câu hỏi của Lan")
    assert "của Hoa" not in words(await lan.says("/riengtu tai"))


async def test_a_very_long_copy_says_what_it_leaves_out(house: House) -> None:
    lan = await house.citizen()
    for n in range(30):
        await lan.says(f"/trogiup {n} " + "dài " * 900)
    intro, *pieces = await lan.says("/riengtu tai")
    assert "tin nhắn cũ nhất không kèm theo" in intro
    assert len(pieces) <= 20
    json.loads("\n".join(piece.text for piece in pieces))


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


async def test_the_copy_of_somebody_who_asked_for_years_is_bounded_too(
    house: House, store: Store, clock: Clock
) -> None:
    lan = await house.citizen()
    await lan.says("xin chào")
    async with store.begin() as tx:
        who = await identities.who(tx, bot_id=lan.bot.id, number=lan.number)
        assert who is not None
        for n in range(400):
            await questions.record(
                tx,
                who=who,
                chat_id=who.number,
                update_id=n,
                text=f"câu hỏi {n} " + "dài " * 40,
                language="vi",
                kind=questions.Kind.ANSWER,
                cited=[],
                rejected=[],
                ms=1,
                at=clock(),
                masked=[],
            )
    intro, *pieces = await lan.says("/riengtu tai")
    assert len(pieces) <= 20
    assert "không kèm theo" in intro
    copy = json.loads("\n".join(piece.text for piece in pieces))
    assert "câu hỏi 399" in str(copy["questions"][-1]["text"])


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
