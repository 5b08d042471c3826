from sqlalchemy import select

from storage import Store
from storage.questions import Reason, Vote
from storage.who import Role
from tests.cast import Citizen, House, Spoken, words


async def votes(store: Store) -> list[tuple[bool, Reason | None]]:
    async with store.reading() as tx:
        return [(vote.up, vote.reason) for vote in await tx.scalars(select(Vote))]


async def answered(lan: Citizen) -> Spoken:
    return (await lan.says("hồ sơ bị mất thì sao"))[-1]


async def test_a_vote_is_recorded_and_shown_at_the_button(house: House, store: Store) -> None:
    lan = await house.citizen()
    answer = await answered(lan)
    [edit] = await lan.presses(answer.button("👍"))
    assert edit.edited
    assert edit.html == answer.html
    assert edit.button("👍").text.endswith("✓")
    assert not edit.button("👎").text.endswith("✓")
    assert lan.road.toasts == ["Đã ghi nhận, cảm ơn Ông/Bà"]
    assert await votes(store) == [(True, None)]


async def test_pressing_twice_is_harmless(house: House, store: Store) -> None:
    lan = await house.citizen()
    answer = await answered(lan)
    up = answer.button("👍")
    await lan.presses(up, answer)
    assert await lan.presses(up, answer) == []
    assert await votes(store) == [(True, None)]


async def test_a_vote_down_asks_why_and_goes_into_the_queue(house: House, store: Store) -> None:
    lan = await house.citizen()
    answer = await answered(lan)
    edit, why = await lan.presses(answer.button("👎"))
    assert edit.button("👎").text.endswith("✓")
    assert [button.text for button in why.buttons] == [
        "1. Nội dung sai",
        "2. Còn thiếu",
        "3. Đã cũ",
        "4. Không đúng câu hỏi",
    ]
    [shown] = await lan.presses(why.button("Còn thiếu"))
    assert shown.edited
    assert "còn thiếu" in shown
    assert await votes(store) == [(False, Reason.INCOMPLETE)]
    thu = await house.officer("Thu", Role.QMS_SECRETARY)
    item = (await thu.says("/cauhoi"))[-1].buttons[0]
    assert "người hỏi chấm chưa đúng (thiếu)" in words(await thu.presses(item))


async def test_the_reason_can_be_typed_as_a_number(house: House, store: Store) -> None:
    lan = await house.citizen()
    await lan.presses((await answered(lan)).button("👎"))
    await lan.says("3")
    assert await votes(store) == [(False, Reason.OUTDATED)]


async def test_a_vote_can_be_changed(house: House, store: Store) -> None:
    lan = await house.citizen()
    answer = await answered(lan)
    await lan.presses(answer.button("👎"))
    [edit] = await lan.presses(answer.button("👍"), answer)
    assert edit.button("👍").text.endswith("✓")
    assert not edit.button("👎").text.endswith("✓")
    assert await votes(store) == [(True, None)]


async def test_only_the_asker_may_vote(house: House, store: Store) -> None:
    lan, hoa = await house.citizen("lan"), await house.citizen("hoa")
    answer = await answered(lan)
    assert "không thuộc phần của Ông/Bà" in words(await hoa.says(str(answer.button("👍").data)))
    assert await votes(store) == []


async def test_a_vote_may_be_typed(house: House, store: Store) -> None:
    lan = await house.citizen()
    answer = await answered(lan)
    assert "Đã ghi nhận" in words(await lan.says(str(answer.button("👍").data)))
    assert await votes(store) == [(True, None)]


async def test_a_reason_nobody_offered_is_refused(house: House, store: Store) -> None:
    lan = await house.citizen()
    answer = await answered(lan)
    await lan.presses(answer.button("👎"))
    number = str(answer.button("👍").data).split()[1]
    assert "không thực hiện được" in words(await lan.says(f"/visao {number} ngonlam"))
    assert await votes(store) == [(False, None)]


async def test_whoever_meant_none_of_the_offered_is_not_asked_what_was_wrong_with_an_answer(
    house: House, store: Store
) -> None:
    lan = await house.citizen()
    offered = (await lan.says("lưu hồ sơ"))[-1]
    [said] = await lan.presses(offered.button("Không phải"))
    assert "chưa đúng ở điểm nào" not in said
    assert "gặp cán bộ" in said.buttons[0].text.lower()
    assert await votes(store) == [(False, Reason.NOT_MY_QUESTION)]
    thu = await house.officer("Thu", Role.QMS_SECRETARY)
    assert "lưu hồ sơ" in (await thu.says("/cauhoi"))[-1].buttons[0].text
