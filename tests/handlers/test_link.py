import pytest
from sqlalchemy import select

from storage import Store, identities, links, people
from storage.messages import Message
from storage.who import Role
from tests.cast import Clock, House, Papers, words


async def a_code(store: Store, clock: Clock, name: str = "Trần Minh") -> str:
    async with store.begin() as tx:
        person = await people.add(tx, name=name, roles=[Role.OFFICER], unit="Văn phòng", at=clock(), by=None)
        return await links.issue(tx, person.id, by=None, at=clock())


async def record(store: Store) -> str:
    async with store.reading() as tx:
        return str([row.body for row in await tx.scalars(select(Message))])


@pytest.mark.parametrize("before", ["/lienket ", "liên kết ", "lien ket ", "LIÊN KẾT: ", "", "mã liên kết ", "/start "])
async def test_a_code_makes_the_chat_that_of_the_person(
    house: House, store: Store, clock: Clock, library: Papers, before: str
) -> None:
    lan = await house.citizen()
    code = await a_code(store, clock)
    said = await lan.says(before + code)
    assert "Xin chào Trần Minh" in words(said)
    assert "/cauhoi" in {button.data for button in said[-1].buttons}
    assert code[:9] not in await record(store)
    assert code[:9] not in str(lan.receipts)
    assert library.asked == []


async def test_the_form_asks_for_the_code_and_ends_when_it_is_right(
    house: House, store: Store, clock: Clock, library: Papers
) -> None:
    lan = await house.citizen()
    code = await a_code(store, clock)
    assert "mã liên kết" in words(await lan.says("/lienket"))
    assert "không dùng được" in words(await lan.says("ABCDEFGH"))
    assert "Xin chào Trần Minh" in words(await lan.says(code.replace("-", "").lower()))
    await lan.says("hồ sơ bị mất thì sao")
    assert len(library.asked) == 1


async def test_a_mistyped_code_is_not_stored_either(house: House, store: Store, clock: Clock) -> None:
    lan = await house.citizen()
    code = await a_code(store, clock)
    await lan.says("/lienket " + code[:-1] + "9")
    await lan.says(code[:-2])
    await lan.says("/lienket")
    await lan.says(code[:12])
    assert code[:9] not in await record(store)
    assert code[:9] not in str(lan.receipts)


async def test_a_code_works_once(house: House, store: Store, clock: Clock) -> None:
    lan, hoa = await house.citizen("lan"), await house.citizen("hoa")
    code = await a_code(store, clock)
    await lan.says("/lienket " + code)
    assert "không dùng được" in words(await hoa.says("/lienket " + code))


async def test_a_sentence_typed_at_the_form_is_no_attempt(house: House, store: Store, clock: Clock) -> None:
    lan = await house.citizen()
    code = await a_code(store, clock)
    await lan.says("/lienket")
    for _ in range(9):
        assert "không phải là mã" in words(await lan.says("tôi lấy mã ở đâu"))
    assert "Xin chào Trần Minh" in words(await lan.says(code))


async def test_after_five_wrong_codes_even_the_right_one_waits(house: House, store: Store, clock: Clock) -> None:
    lan = await house.citizen()
    code = await a_code(store, clock)
    await lan.says("/lienket")
    for n in range(5):
        await lan.says(f"SAI{n}")
    assert "không dùng được" in words(await lan.says(code))
    clock.waits(hours=1, minutes=1)
    assert "Xin chào Trần Minh" in words(await lan.says(code))


async def test_a_code_with_a_full_stop_or_in_quotes_is_a_code(house: House, store: Store, clock: Clock) -> None:
    lan, hoa = await house.citizen("lan"), await house.citizen("hoa")
    assert "Xin chào Trần Minh" in words(await lan.says(f"Liên kết: {await a_code(store, clock)}."))
    assert "Xin chào Lê Hoa" in words(await hoa.says(f"“{await a_code(store, clock, 'Lê Hoa')}”"))


async def test_an_officer_who_opens_a_strangers_door_stays_an_officer(house: House, store: Store, clock: Clock) -> None:
    minh, eve = await house.officer(), house.on_telegram(66)
    await eve.says("xin chào")
    async with store.begin() as tx:
        stranger = await identities.who(tx, bot_id=house.telegram.id, number=66)
        assert stranger is not None
        code = links.door_code(tx, await links.door(tx, stranger.person_id, at=clock()))
    assert "không nối" in words(await minh.says("lien ket " + code))
    assert "Không còn câu hỏi nào" in words(await minh.says("/cauhoi"))
    # Nor does a form wait that would take the next question for a code.
    assert "lập biên bản" in words(await minh.says("hồ sơ bị mất thì sao"))
