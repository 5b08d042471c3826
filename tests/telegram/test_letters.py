"""An officer's reply goes where the person can be reached."""

import pytest

from notifications.transports.recording import Recording
from storage import Store, identities, links, messages, unreachable
from tests.cast import Citizen, Clock, House, papers, words
from tests.notifications.delivering import REPLIES, deliver, hands, told


@pytest.fixture
def house(sqlite_store: Store) -> House:
    return House(sqlite_store, clock=Clock(), asker=papers())


async def asked(house: House) -> Citizen:
    """Let somebody on Telegram ask for a person, and an officer reply."""
    lan, minh = house.on_telegram(), await house.officer()
    await lan.says("gặp cán bộ")
    await lan.says("Tôi cần hỏi lệ phí cấp phép")
    assert "phiếu số 1" in words(await lan.says("1"))
    for line in ("nhận 1", "Trả lời phiếu 1", "Lệ phí là 200 nghìn đồng."):
        await minh.says(line)
    return lan


async def last(store: Store, bot_id: int, number: int) -> str:
    async with store.reading() as tx:
        return str((await messages.history(tx, bot_id=bot_id, chat_id=number, limit=1))[0].body)


async def test_who_blocked_us_there_is_told_where_they_can_be_reached(house: House, sqlite_store: Store) -> None:
    lan = await asked(house)
    async with sqlite_store.begin() as tx:
        there = await identities.who(tx, bot_id=lan.bot.id, number=lan.number)
        assert there is not None
        page = await identities.meet(tx, channel="web", bot_id=house.bot.id, outside_id="lan", at=house.clock())
        code = links.door_code(tx, await links.door(tx, there.person_id, at=house.clock()))
        assert isinstance(await links.redeem(tx, code, page.identity_id, at=house.clock()), links.Linked)
        await unreachable.mark(tx, lan.bot.id, lan.number, house.clock())
    assert await deliver(sqlite_store, house.clock()) == 1
    assert "200 nghìn" in await last(sqlite_store, house.bot.id, page.number)


async def test_who_blocked_us_and_has_no_other_address_is_told_when_they_come_back(
    house: House, sqlite_store: Store
) -> None:
    lan = await asked(house)
    async with sqlite_store.begin() as tx:
        await unreachable.mark(tx, lan.bot.id, lan.number, house.clock())
    telegram = Recording("telegram")
    post = hands(sqlite_store, house.clock, carried_by={"telegram": telegram}, kinds=REPLIES)
    assert await told(post) == 0
    async with sqlite_store.begin() as tx:
        await unreachable.clear(tx, lan.bot.id, lan.number)
    await post.sweep()
    assert await told(post) == 1
    [noted] = telegram.noted
    assert noted.to.chat_id == lan.number
    assert "200 nghìn" in noted.message.html
