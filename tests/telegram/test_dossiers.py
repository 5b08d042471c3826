"""A dossier over Telegram: what proves whose it is stands in no row, not even for the moment of the inbox."""

import re
from datetime import timedelta

from sqlalchemy import event as sql_event
from sqlalchemy import select

from storage import Store, links, people
from storage.messages import Message
from storage.who import Role
from tests.dossiers import CODE, PHONE, imported, row
from tests.fake_telegram import Fake
from tests.telegram.counter import Counter


async def test_the_digits_reach_no_statement_that_is_sent_to_the_store(
    counter: Counter, telegram: Fake, sqlite_store: Store
) -> None:
    await imported(sqlite_store, row(), at=counter.clock() - timedelta(hours=1))
    sent: list[str] = []
    sql_event.listen(
        sqlite_store.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _u, statement, given, *_: sent.append(f"{statement} {given}"),
    )
    lan, hoa, bao, mai = telegram.user(7), telegram.user(8), telegram.user(9), telegram.user(10)
    odd = "số của mình nè: 5678 đó nha bạn ơi"
    for somebody, proof in ((lan, "5678"), (hoa, PHONE), (bao, "4 số cuối là 5678"), (mai, odd)):
        await somebody.says(f"hồ sơ {CODE}")
        await somebody.hears("4 số cuối")
        await somebody.says(proof)
        await somebody.hears("Đang xử lý")
    await counter.settled()
    async with sqlite_store.reading() as tx:
        record = str([one.body for one in await tx.scalars(select(Message))])
    for secret in ("5678", "345678"):
        assert secret not in record
        assert not [one for one in sent if secret in one]
    await lan.says("theo dõi")
    await lan.hears("Đang theo dõi")


async def test_a_pin_issued_over_telegram_is_said_and_stands_in_no_row(
    counter: Counter, telegram: Fake, sqlite_store: Store
) -> None:
    async with sqlite_store.begin() as tx:
        hoa = await people.add(tx, name="Lê Hoa", roles=[Role.CLERK], unit="Một cửa", at=counter.clock(), by=None)
        code = await links.issue(tx, hoa.id, by=None, at=counter.clock())
    await imported(sqlite_store, row(), at=counter.clock() - timedelta(hours=1))
    clerk = telegram.user(7)
    await clerk.says(f"lien ket {code}")
    await clerk.hears("Lê Hoa")
    await clerk.says("pin 0001")
    said = await clerk.hears("Mã PIN")
    found = re.search("HS(?:-[A-Z2-7]{4}){3}", said.text)
    assert found is not None
    assert f"/#ma={found[0]}" in said.text
    await counter.settled()
    async with sqlite_store.reading() as tx:
        assert found[0] not in str([one.body for one in await tx.scalars(select(Message))])
    citizen = telegram.user(8)
    await citizen.says(found[0])
    await citizen.hears("Đã nối cuộc trò chuyện")
