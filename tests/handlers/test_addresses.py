"""Where somebody is told things is theirs to choose; their mailbox stands in one place."""

import pytest
from sqlalchemy import select

from storage import Store, addresses, identities, privacy
from storage.addresses import Preferred
from storage.messages import Message
from tests.cast import Citizen, Clock, House, papers, words

MAILBOX = "lan.nguyen@example.vn"


@pytest.fixture
def house(sqlite_store: Store) -> House:
    return House(sqlite_store, clock=Clock(), asker=papers())


async def of(house: House, person: Citizen) -> list[str]:
    async with house.store.reading() as tx:
        who = await identities.who(tx, bot_id=person.bot.id, number=person.number)
        assert who is not None
        return [place.channel for place in await addresses.of(tx, who.person_id)]


async def test_a_mailbox_is_named_shown_masked_put_first_and_erased(house: House, sqlite_store: Store) -> None:
    lan = await house.citizen()
    assert "trang trò chuyện" in words(await lan.says("/nhantin"))
    shown = (await lan.says(f"/nhantin {MAILBOX}"))[-1]
    assert "l•••@example.vn" in shown
    assert await of(house, lan) == ["email", "web"]
    await lan.presses(shown.button("trang trò chuyện"))
    assert await of(house, lan) == ["web", "email"]
    await lan.says("nhận tin thư điện tử")
    assert await of(house, lan) == ["email", "web"]
    async with sqlite_store.reading() as tx:
        assert MAILBOX not in str([row.body for row in await tx.scalars(select(Message))])
    gone = (await lan.says("/nhantin"))[-1]
    await lan.presses(gone.button("Xóa địa chỉ thư"))
    assert await of(house, lan) == ["web"]


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
    async with sqlite_store.begin() as tx:
        who = await identities.who(tx, bot_id=lan.bot.id, number=lan.number)
        assert who is not None
        assert (await privacy.held(tx, who))["person"]["mailbox"] == MAILBOX
        await privacy.erase(tx, who, house.clock())
        assert list(await tx.scalars(select(Preferred))) == []
