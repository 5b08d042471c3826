"""A dossier over Telegram: what proves whose it is stands in no row, not even for the moment of the inbox."""

from datetime import timedelta

from sqlalchemy import event as sql_event
from sqlalchemy import select

from storage import Store
from storage.messages import Message
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
    lan, hoa, bao = telegram.user(7), telegram.user(8), telegram.user(9)
    for somebody, proof in ((lan, "5678"), (hoa, PHONE), (bao, "4 số cuối là 5678")):
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
