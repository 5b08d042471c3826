from sqlalchemy import select

from storage import Store
from storage.unanswered import Unanswered, UnansweredState
from storage.who import Role
from tests.cast import Citizen, House, words


async def state(store: Store) -> list[tuple[UnansweredState, str | None]]:
    async with store.reading() as tx:
        return [(row.state, row.note) for row in await tx.scalars(select(Unanswered))]


async def refused(house: House) -> Citizen:
    lan = await house.citizen()
    await lan.says("thuế đất là bao nhiêu")
    return lan


async def test_an_unanswered_question_is_taken_and_settled_with_a_note(house: House, store: Store) -> None:
    await refused(house)
    thu = await house.officer("Thu", Role.QMS_SECRETARY)
    listed = (await thu.says("câu hỏi"))[-1]
    shown = (await thu.presses(listed.buttons[0]))[-1]
    assert "thuế đất là bao nhiêu" in shown
    taken = (await thu.presses(shown.button("Nhận")))[-1]
    await thu.presses(taken.button("Đã xử lý"))
    assert "đã xử lý" in words(await thu.says("Bổ sung mục 8.2.2"))
    assert await state(store) == [(UnansweredState.SETTLED, "Bổ sung mục 8.2.2")]
    assert "Không còn câu hỏi" in words(await thu.says("/cauhoi"))


async def test_it_is_dismissed_with_a_reason(house: House, store: Store) -> None:
    await refused(house)
    thu = await house.officer("Thu", Role.QMS_SECRETARY)
    await thu.says("/boqua 1")
    assert "có lưu lý do" in words(await thu.says("Không thuộc hệ thống chất lượng"))
    assert await state(store) == [(UnansweredState.DISMISSED, "Không thuộc hệ thống chất lượng")]


async def test_only_its_owner_settles_it(house: House, store: Store) -> None:
    await refused(house)
    thu, minh = await house.officer("Thu", Role.QMS_SECRETARY), await house.officer("Minh")
    await minh.says("/nhancauhoi 1")
    assert "không thực hiện được" in words(await thu.says("/xong 1"))
    assert "không thực hiện được" in words(await thu.says("/nhancauhoi 1"))
    assert [row[0] for row in await state(store)] == [UnansweredState.TAKEN]


async def test_citizens_do_not_see_what_others_asked(house: House) -> None:
    await refused(house)
    hoa = await house.citizen("hoa")
    said = words(await hoa.says("/cauhoi"))
    assert "dành cho cán bộ" in said
    assert "thuế đất" not in said
    for command in ("/cauhoi 1", "/nhancauhoi 1", "/xong 1", "/boqua 1"):
        assert "thuế đất" not in words(await hoa.says(command))


async def test_a_question_erased_by_its_asker_stays_in_the_queue_without_its_words(house: House) -> None:
    lan = await refused(house)
    await lan.presses((await lan.says("/riengtu xoa"))[-1].button("Xóa tất cả"))
    thu = await house.officer("Thu", Role.QMS_SECRETARY)
    listed = (await thu.says("/cauhoi"))[-1]
    assert "đã xóa theo yêu cầu" in listed.buttons[0].text
    assert "đã xóa theo yêu cầu" in words(await thu.presses(listed.buttons[0]))


async def test_a_long_queue_is_counted_whole_and_each_question_is_a_number_away(house: House) -> None:
    lan = await house.citizen()
    for number in range(1, 11):
        await lan.says(f"thuế đất loại {number}")
    thu = await house.officer("Thu", Role.QMS_SECRETARY)
    listed = (await thu.says("câu hỏi"))[-1]
    assert "Có 10 câu hỏi" in listed
    assert len(listed.buttons) == 8
    assert "thuế đất loại 10" in (await thu.says("câu hỏi 10"))[-1]
