"""Where somebody is told things is theirs to choose; their mailbox stands in one place."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.office import Office
from storage import Store, Tx, addresses, identities, mailbox_codes, privacy
from storage.addresses import Preferred
from storage.mailbox_codes import MailboxCode
from storage.messages import Message
from tests.cast import Citizen, Clock, House, papers, words

MAILBOX = "lan.nguyen@example.vn"


@pytest.fixture
def house(sqlite_store: Store) -> House:
    return House(sqlite_store, clock=Clock(), asker=papers())


async def of(house: House, person: Citizen) -> list[str]:
    async with house.store.reading() as tx:
        return [place.channel for place in await addresses.of(tx, await of_whom(tx, person))]


async def of_whom(tx: Tx, person: Citizen) -> int:
    who = await identities.who(tx, bot_id=person.bot.id, number=person.number)
    assert who is not None
    return who.person_id


async def the_code(house: House, person: Citizen) -> str:
    """Return what the letter says that is on its way."""
    async with house.store.reading() as tx:
        waits = await mailbox_codes.pending(tx, await of_whom(tx, person), house.clock())
        assert waits is not None
        return mailbox_codes.code(tx, waits.id)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def test_a_mailbox_is_named_confirmed_shown_masked_put_first_and_erased(
    house: House, sqlite_store: Store
) -> None:
    lan = await house.citizen()
    assert "trang trò chuyện" in words(await lan.says("/nhantin"))
    assert "l•••@example.vn" in words(await lan.says(f"/nhantin {MAILBOX}"))
    assert await of(house, lan) == ["web"]
    assert house.posted == 1  # whoever delivers is woken
    code = await the_code(house, lan)
    shown = (await lan.says(f"{code[:3]} {code[3:]}"))[-1]
    assert "Đã xác nhận" in shown
    assert await of(house, lan) == ["email", "web"]
    await lan.presses(shown.button("trang trò chuyện"))
    assert await of(house, lan) == ["web", "email"]
    await lan.says("nhận tin thư điện tử")
    assert await of(house, lan) == ["email", "web"]
    async with sqlite_store.reading() as tx:
        record = str([row.body for row in await tx.scalars(select(Message))])
    assert MAILBOX not in record
    assert code not in record.replace(" ", "")
    gone = (await lan.says("/nhantin"))[-1]
    await lan.presses(gone.button("Xóa địa chỉ thư"))
    assert await of(house, lan) == ["web"]


@pytest.mark.parametrize("typed", ["{}", "mã {}", "mã của tôi là {} ạ", "/nhantin {}", "nhận tin {}", "{}."])
async def test_the_code_is_heard_however_it_is_put(house: House, typed: str) -> None:
    lan = await house.citizen()
    await lan.says(f"/nhantin {MAILBOX}")
    await lan.says(typed.format(await the_code(house, lan)))
    assert await of(house, lan) == ["email", "web"]


async def test_a_question_in_between_is_answered_and_the_code_still_waits(house: House) -> None:
    lan = await house.citizen()
    await lan.says(f"/nhantin {MAILBOX}")
    assert "lập biên bản" in words(await lan.says("hồ sơ bị mất thì sao"))
    await lan.says(await the_code(house, lan))
    assert await of(house, lan) == ["email", "web"]


async def test_a_code_is_tried_five_times_and_no_more(house: House) -> None:
    lan = await house.citizen()
    await lan.says(f"/nhantin {MAILBOX}")
    code = await the_code(house, lan)
    said = [words(await lan.says(f"/nhantin {other_than(code)}")) for _ in range(5)]
    assert ["chưa đúng" in one for one in said] == [True, True, True, True, False]
    assert "Không có mã nào đang chờ" in words(await lan.says(f"/nhantin {code}"))
    assert await of(house, lan) == ["web"]


async def test_a_code_is_over_after_half_an_hour_and_another_is_sent_on_a_press(house: House) -> None:
    lan = await house.citizen()
    await lan.says(f"/nhantin {MAILBOX}")
    first = await the_code(house, lan)
    house.clock.waits(minutes=30)
    assert "Không có mã nào đang chờ" in words(await lan.says(f"/nhantin {first}"))
    shown = (await lan.says("/nhantin"))[-1]
    assert "hết hiệu lực" in shown
    await lan.presses(shown.button("Gửi lại mã"))
    second = await the_code(house, lan)
    assert "chưa đúng" in words(await lan.says(first)) or first == second
    await lan.says(second)
    assert await of(house, lan) == ["email", "web"]
    assert "Không có mã nào đang chờ" in words(await lan.says(f"/nhantin {second}"))  # it works once


async def test_only_the_newest_code_of_whoever_asked_works(house: House) -> None:
    lan, hoa = await house.citizen(), await house.citizen("hoa")
    await lan.says(f"/nhantin {MAILBOX}")
    first = await the_code(house, lan)
    assert "Không có mã nào đang chờ" in words(await hoa.says(f"/nhantin {first}"))
    await lan.says("/nhantin khac@example.vn")
    if first != await the_code(house, lan):
        assert "chưa đúng" in words(await lan.says(first))
    await lan.says(await the_code(house, lan))
    async with house.store.reading() as tx:
        assert await addresses.mailbox_of(tx, await of_whom(tx, lan)) == "khac@example.vn"


async def test_the_mailbox_before_is_used_until_the_new_one_is_confirmed(house: House) -> None:
    lan = await house.citizen()
    await lan.says(f"/nhantin {MAILBOX}")
    await lan.says(await the_code(house, lan))
    await lan.says("/nhantin moi@example.vn")
    shown = words(await lan.says("/nhantin"))
    assert "l•••@example.vn" in shown
    assert "m•••@example.vn chưa được xác nhận" in shown
    async with house.store.reading() as tx:
        assert await addresses.mailbox_of(tx, await of_whom(tx, lan)) == MAILBOX


async def test_nobody_fills_a_mailbox_through_us(house: House) -> None:
    for number in range(3):  # whoever erases everything is counted all the same
        stranger = await house.citizen(f"s{number}")
        assert "mã 6 chữ số" in words(await stranger.says(f"/nhantin {MAILBOX}"))
        async with house.store.begin() as tx:
            who = await identities.who(tx, bot_id=stranger.bot.id, number=stranger.number)
            assert who is not None
            await privacy.erase(tx, who, house.clock())
    fourth = await house.citizen("s4")
    assert "chưa gửi thêm" in words(await fourth.says(f"/nhantin {MAILBOX.upper()}"))
    said = [words(await fourth.says(f"/nhantin x{n}@example.vn")) for n in range(4)]
    assert ["mã 6 chữ số" in one for one in said] == [True, True, True, False]
    house.clock.waits(days=1, minutes=1)
    assert "mã 6 chữ số" in words(await fourth.says(f"/nhantin {MAILBOX}"))


async def test_without_a_mail_server_no_mailbox_is_taken(sqlite_store: Store) -> None:
    house = House(sqlite_store, clock=Clock(), asker=papers(), office=Office(writes_letters=False))
    lan = await house.citizen()
    assert "chưa gửi thông báo qua thư điện tử" in words(await lan.says(f"/nhantin {MAILBOX}"))
    async with sqlite_store.reading() as tx:
        assert await mailbox_codes.named(tx, await of_whom(tx, lan)) == ""


async def test_what_is_no_mailbox_is_not_taken(house: House) -> None:
    lan = await house.citizen()
    for odd in ("a@b", "x@y..vn", "lan@exa mple.vn", "@example.vn", f"{'a' * 65}@example.vn"):
        said = words(await lan.says(f"/nhantin {odd}"))
        assert "•••@" not in said, odd
    assert await of(house, lan) == ["web"]


async def test_who_has_no_chat_there_cannot_put_it_first(house: House) -> None:
    lan = await house.citizen()
    assert "chưa có địa chỉ" in words(await lan.says("/nhantin telegram"))


async def test_the_mailbox_goes_with_the_person(house: House, sqlite_store: Store) -> None:
    lan = await house.citizen()
    await lan.says(f"/nhantin {MAILBOX}")
    await lan.says(await the_code(house, lan))
    await lan.says("/nhantin moi@example.vn")
    async with sqlite_store.begin() as tx:
        who = await identities.who(tx, bot_id=lan.bot.id, number=lan.number)
        assert who is not None
        held = (await privacy.held(tx, who))["person"]
        assert (held["mailbox"], held["mailbox_to_confirm"]) == (MAILBOX, "moi@example.vn")
        await privacy.erase(tx, who, house.clock())
        assert list(await tx.scalars(select(Preferred))) == []
        assert {row.mailbox for row in await tx.scalars(select(MailboxCode))} == {None}
        assert await mailbox_codes.sweep(tx, house.clock() + timedelta(days=7)) == 2
