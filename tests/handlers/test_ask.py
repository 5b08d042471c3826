from sqlalchemy import select

from knowledge.texts import Audience
from storage import Store, questions
from storage.messages import Message
from storage.questions import Kind, Question
from storage.who import Role
from tests.cast import KEPT, LOST, Clock, House, Papers, words


async def rows(store: Store) -> list[Question]:
    async with store.reading() as tx:
        return list(await tx.scalars(select(Question).order_by(Question.id)))


async def bodies(store: Store) -> str:
    async with store.reading() as tx:
        return str([row.body for row in await tx.scalars(select(Message))])


async def test_an_answer_quotes_the_clause_and_names_it(house: House, store: Store) -> None:
    lan = await house.citizen()
    said = await lan.says("hồ sơ bị mất thì sao")
    assert "biên bản & báo <ngay> lãnh đạo" in said[-1].text
    assert "STCL – Sổ tay chất lượng, phiên bản 1, mục 8.5.3 – Tài sản của khách hàng" in said[-1].text
    [asked] = await rows(store)
    assert (asked.kind, asked.text, asked.person_id is not None) == (Kind.ANSWER, "hồ sơ bị mất thì sao", True)
    assert asked.cited == [{"document": "STCL", "version": "1", "place": "8.5.3", "score": 1.0}]
    assert [button.data for button in said[-1].buttons] == [f"/muc {asked.id} 0", f"/hay {asked.id}", f"/do {asked.id}"]


async def test_the_notice_stands_once_above_the_first_answer(house: House) -> None:
    lan = await house.citizen()
    first = await lan.says("xin chào")
    assert "90 ngày" in first[0].text
    assert len(first) == 2
    assert "90 ngày" not in words(await lan.says("xin chào"))


async def test_an_unconfirmed_day_is_said_to_be_unconfirmed(house: House, library: Papers) -> None:
    lan = await house.citizen()
    assert "chưa được xác nhận" not in (await lan.says("hồ sơ bị mất thì sao"))[-1].text
    library.doubted = frozenset({("STCL", "1")})
    assert "ngày hiệu lực của bản này chưa được xác nhận" in (await lan.says("hồ sơ bị mất thì sao"))[-1].text


async def test_an_english_question_is_framed_in_english_and_quoted_in_vietnamese(house: House) -> None:
    lan = await house.citizen()
    said = (await lan.says("what if a file is lost"))[-1].text
    assert "The approved document says" in said
    assert "Hồ sơ bị mất phải được lập biên bản" in said
    assert "clause 8.5.3" in said


async def test_a_refusal_names_the_nearest_and_reaches_whoever_owns_the_documents(house: House, store: Store) -> None:
    lan = await house.citizen()
    said = (await lan.says("lệ phí"))[-1]
    assert "không nêu" in said
    assert "mục 8.5.3 “Tài sản của khách hàng” (STCL)" in said
    assert "7:30–11:30, 13:30–17:00, thứ Hai đến thứ Sáu (chưa được cơ quan xác nhận)" in said
    thu = await house.officer("Thu", Role.QMS_SECRETARY)
    assert "lệ phí" in (await thu.says("/cauhoi"))[-1].buttons[0].text
    [asked] = await rows(store)
    assert [place["place"] for place in asked.rejected] == ["8.5.3", "7.5.3"]
    assert [button.data for button in said.buttons] == [f"/muc {asked.id} 0", f"/gapcanbo {asked.id}"]


async def test_a_choice_is_pressed_or_typed_by_its_number(house: House, store: Store) -> None:
    lan = await house.citizen()
    offered = (await lan.says("lưu hồ sơ"))[-1]
    assert [button.text for button in offered.buttons] == [
        "1. Mục 8.5.3: Tài sản của khách hàng",
        "2. Mục 7.5.3: Kiểm soát thông tin dạng văn bản",
        "3. Không phải các nội dung trên",
    ]
    assert KEPT.quote in words(await lan.presses(offered.buttons[1]))
    assert "Dòng 0 của điều khoản" in words(await lan.says("1"))
    assert KEPT.quote in words(await lan.says("(2)"))
    async with store.reading() as tx:
        [asked] = list(await tx.scalars(select(Question)))
        assert asked.chosen == 1


async def test_a_number_that_stands_for_no_button_is_a_question(house: House, library: Papers) -> None:
    lan = await house.citizen()
    await lan.says("lưu hồ sơ")
    await lan.says("7")
    assert library.asked[-1].text == "7"


async def test_a_long_clause_is_said_whole_in_several_messages(house: House) -> None:
    lan = await house.citizen()
    answer = (await lan.says("hồ sơ bị mất thì sao"))[-1]
    whole = await lan.presses(answer.button("Xem toàn mục"))
    assert len(whole) > 1
    assert all(f"Dòng {n} của điều khoản." in words(whole) for n in range(400))
    assert all(len(piece.text) < 4096 for piece in whole)


async def test_a_clause_that_was_withdrawn_since_is_said_to_be_gone(house: House, library: Papers) -> None:
    lan = await house.citizen()
    answer = (await lan.says("hồ sơ bị mất thì sao"))[-1]
    library.whole = {}
    assert "không còn hiệu lực" in words(await lan.presses(answer.button("Xem toàn mục")))


async def test_what_somebody_else_asked_is_not_opened(house: House) -> None:
    lan, hoa = await house.citizen("lan"), await house.citizen("hoa")
    answer = (await lan.says("hồ sơ bị mất thì sao"))[-1]
    assert "không thuộc phần của Ông/Bà" in words(await hoa.says(str(answer.button("Xem toàn mục").data)))


async def test_personal_numbers_are_masked_before_anything_is_stored(
    house: House, store: Store, library: Papers
) -> None:
    lan = await house.citizen()
    said = words(await lan.says("số căn cước của tôi là 056123456789, hồ sơ ra sao, gọi 0912345678"))
    assert "đã che số định danh, số điện thoại" in said or "đã che số điện thoại, số định danh" in said
    assert "056123456789" not in library.asked[-1].text
    stored = await bodies(store) + str([row.text for row in await rows(store)])
    assert "056123456789" not in stored
    assert "0912345678" not in stored
    assert "056123456789" not in lan.receipts[-1][1]


async def test_the_question_before_is_remembered_for_half_an_hour(house: House, library: Papers, clock: Clock) -> None:
    lan = await house.citizen()
    await lan.says("hồ sơ bị mất thì sao")
    await lan.says("xin chào")
    clock.waits(minutes=29)
    await lan.says("thế còn qua bưu điện?")
    assert library.asked[-1].previous == "hồ sơ bị mất thì sao"
    clock.waits(minutes=31)
    await lan.says("thế còn ở Một cửa?")
    assert library.asked[-1].previous is None


async def test_the_day_is_the_day_in_viet_nam(house: House, library: Papers, clock: Clock) -> None:
    lan = await house.citizen()
    clock.now = clock.now.replace(hour=18)  # 01:00 of the next day there
    await lan.says("xin chào")
    assert library.asked[-1].day.isoformat() == "2026-03-03"


async def test_staff_are_read_to_as_staff_and_citizens_as_the_public(house: House, library: Papers) -> None:
    await (await house.citizen()).says("xin chào")
    await (await house.officer()).says("xin chào")
    assert [question.audience for question in library.asked] == [Audience.PUBLIC, Audience.STAFF]


async def test_a_text_too_long_is_cut_and_the_person_is_told(house: House, library: Papers) -> None:
    lan = await house.citizen()
    assert "quá dài" in words(await lan.says("hồ sơ " * 1000))
    assert len(library.asked[-1].text) <= 4000


async def test_a_follow_up_after_somebody_elses_question_is_not_theirs(house: House, library: Papers) -> None:
    lan, hoa = await house.citizen("lan"), await house.citizen("hoa")
    await lan.says("hồ sơ bị mất thì sao")
    await hoa.says("thế còn qua bưu điện?")
    assert library.asked[-1].previous is None
    assert LOST.quote


async def test_the_same_words_are_a_row_each_time(house: House, store: Store) -> None:
    lan = await house.citizen()
    await lan.says("xin chào")
    await lan.says("xin chào")
    assert [row.kind for row in await rows(store)] == [Kind.SMALLTALK, Kind.SMALLTALK]
    async with store.reading() as tx:
        assert await questions.previous(tx, bot_id=lan.bot.id, chat_id=lan.number, since=house.clock.now) is None
