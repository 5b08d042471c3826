from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.web.lobby import end_lapsed
from storage.messages import Message
from tests.web.conftest import RunningChat
from tests.web.tab import Tab, new_id

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def rows(office: RunningChat) -> list[Message]:
    async with office.store.reading() as tx:
        return list(await tx.scalars(select(Message).order_by(Message.id)))


async def test_a_shared_session_ends_with_its_texts(office: RunningChat) -> None:
    async with Tab(office.url) as tab:
        token = (await (await tab.enter(mode="shared")).json())["token"]
        await tab.connect(token=token)
        await tab.type("phạm vi áp dụng?")
        await tab.http.post(f"{tab.url}/session/end", json={"token": token}, headers=tab.headers)
        assert all(row.body is None for row in await rows(office))
        assert (await tab.connect(token=token))["t"] == "bye"


async def test_a_turn_that_outlives_its_shared_session_leaves_nothing(office: RunningChat) -> None:
    async with Tab(office.url) as tab:
        token = (await (await tab.enter(mode="shared")).json())["token"]
        await tab.connect(token=token)
        office.gate.clear()
        await tab.send(t="text", id=new_id(), text="phạm vi áp dụng?")
        await tab.until("typing")
        await tab.http.post(f"{tab.url}/session/end", json={"token": token}, headers=tab.headers)
        office.gate.set()
        await tab.until("bye")
        assert office.turns == 1
        assert all(row.body is None for row in await rows(office))


async def test_a_shared_session_that_was_left_ends_by_itself(office: RunningChat) -> None:
    async with Tab(office.url) as tab:
        token = (await (await tab.enter(mode="shared")).json())["token"]
        await tab.connect(token=token)
        await tab.type("phạm vi áp dụng?")
        office.clock.pass_(timedelta(minutes=9))
        await tab.type("phạm vi áp dụng?")
        office.clock.pass_(timedelta(minutes=9))
        await tab.send(t="stay")
        await tab.send(t="older", before="1")  # worked in order: once it is answered, the stay has been worked
        await tab.until("older")
        office.clock.pass_(timedelta(minutes=9))
        await tab.type("phạm vi áp dụng?")
        office.clock.pass_(timedelta(minutes=11))
        await tab.send(t="text", id=new_id(), text="phạm vi áp dụng?")
        assert (await tab.until("bye"))["reason"] == "session"


async def test_a_shared_session_whose_page_is_gone_is_forgotten_all_the_same(office: RunningChat) -> None:
    async with Tab(office.url) as tab:
        token = (await (await tab.enter(mode="shared")).json())["token"]
        await tab.connect(token=token)
        await tab.type("phạm vi áp dụng?")
    await end_lapsed(office.lobby)
    assert any(row.body for row in await rows(office))
    office.clock.pass_(timedelta(minutes=11))
    await end_lapsed(office.lobby)
    assert not any(row.body for row in await rows(office))
