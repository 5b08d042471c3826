"""What rests on law that has moved, or on a delegation that ends, is flagged to its owner: once, and in time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from knowledge import validity as law
from notifications import validity
from notifications.kinds import validity_flagged
from storage import Store, legal_texts, procedure_imports, tickets, validity_flags
from storage.base import NoSuchRecord
from storage.messages import Message
from storage.validity_flags import FlagState, Trouble
from tests.notifications.delivering import deliver
from tests.storage.cast import Staff, approved, at_the_keyboard, citizen, staff, ticket

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KINDS = {"validity_flagged": validity_flagged}


@pytest.fixture
async def cast(sqlite_store: Store) -> Staff:
    async with sqlite_store.begin() as tx:
        await legal_texts.add_missing(tx, law.seed())
        return await staff(tx)


def record(**aspects: Any) -> dict[str, Any]:
    return {
        "id": "SCT-1",
        "code": None,
        "name": "Cấp giấy",
        "version": "1",
        "owner_unit": "Phòng Kế hoạch",
        "aspects": aspects,
    }


def on(number: str) -> dict[str, Any]:
    return {"can-cu": {"lines": [number], "mark": "seen", "value": [{"number": number}]}}


def delegated(until: str) -> dict[str, Any]:
    return {
        "co-quan": {"lines": ["Ký: Giám đốc"], "value": {"signs": "Giám đốc", "delegation": "QĐ 5", "until": until}}
    }


async def took(store: Store, *records: dict[str, Any]) -> None:
    async with store.begin() as tx:
        await procedure_imports.take(tx, records, by=None, at=NOW)


async def flags(store: Store) -> list[tuple[str, str, str, str]]:
    async with store.reading() as tx:
        rows = (await validity_flags.standing(tx)).values()
    return [(row.subject.value, row.place, row.cites, row.trouble.value) for row in rows if row.state is FlagState.OPEN]


async def test_a_procedure_on_a_replaced_text_is_flagged_once(sqlite_store: Store, cast: Staff) -> None:
    await took(sqlite_store, record(**on("40/2018/NĐ-CP")))
    assert await validity.watch(sqlite_store, NOW, None) == 1
    assert await flags(sqlite_store) == [("procedure", "can-cu", "40/2018/NĐ-CP", "replaced")]
    assert await validity.watch(sqlite_store, NOW + timedelta(days=1), None) == 0


async def test_while_an_import_goes_on_it_is_looked_at_now_and_then(sqlite_store: Store, cast: Staff) -> None:
    await took(sqlite_store, record(**on("40/2018/NĐ-CP")))
    assert await validity.watch(sqlite_store, NOW, None) == 1
    await took(sqlite_store, record(**on("46/2026/NĐ-CP")) | {"id": "SCT-2"})
    assert await validity.watch(sqlite_store, NOW + timedelta(seconds=59), None) == 0
    assert await validity.watch(sqlite_store, NOW + timedelta(minutes=1), None) == 1


async def test_a_suspended_text_is_flagged_and_one_in_force_is_not(sqlite_store: Store, cast: Staff) -> None:
    await took(sqlite_store, record(**on("46/2026/NĐ-CP")), record(**on("137/2026/NĐ-CP")) | {"id": "SCT-2"})
    assert await validity.watch(sqlite_store, NOW, None) == 1
    assert [flag[2:] for flag in await flags(sqlite_store)] == [("46/2026/NĐ-CP", "suspended")]


async def test_a_document_is_flagged_to_its_writer(sqlite_store: Store, cast: Staff) -> None:
    async with sqlite_store.begin() as tx:
        version = await approved(tx, cast, "1", date(2026, 1, 1), text="Tiếp nhận theo Nghị định 61/2018/NĐ-CP.")
    await validity.watch(sqlite_store, NOW, None)
    async with sqlite_store.reading() as tx:
        (flag,) = (await validity_flags.standing(tx)).values()
    assert (flag.subject_id, flag.place, flag.owner_id) == (version.id, "7.5", cast.lan)


async def test_a_reply_of_an_officer_is_looked_at_as_of_its_day(sqlite_store: Store, cast: Staff) -> None:
    async with sqlite_store.begin() as tx:
        who = await citizen(tx)
        row = await ticket(tx, who)
        await tickets.take(tx, row.id, cast.lan, NOW)
        await tickets.reply(tx, row.id, cast.lan, "Theo Nghị định 61/2018/NĐ-CP, mời Ông/Bà nộp lại.", NOW)
    assert await validity.watch(sqlite_store, NOW, None) == 1
    assert [flag[0] for flag in await flags(sqlite_store)] == ["reply"]


async def test_a_delegation_is_told_of_60_and_30_days_before_and_when_it_is_over(
    sqlite_store: Store, cast: Staff
) -> None:
    await took(sqlite_store, record(**delegated("2027-02-28")))
    told = {}
    for days in range(120):
        if posted := await validity.watch(sqlite_store, NOW + timedelta(days=days), None):
            told[(NOW + timedelta(days=days)).date().isoformat()] = posted
    assert told == {"2026-12-30": 1, "2027-01-29": 1, "2027-03-01": 1}


async def test_a_missed_beat_is_caught_up(sqlite_store: Store, cast: Staff) -> None:
    await took(sqlite_store, record(**delegated("2026-12-01")))
    assert await validity.watch(sqlite_store, NOW, None) == 1
    assert await flags(sqlite_store) == [("procedure", "co-quan", "QĐ 5 (01/12/2026)", "ends")]


async def test_what_was_put_off_is_another_trouble_and_the_old_one_goes(sqlite_store: Store, cast: Staff) -> None:
    await took(sqlite_store, record(**delegated("2026-12-31")))
    await validity.watch(sqlite_store, NOW, None)
    await took(sqlite_store, record(**delegated("2027-12-31")) | {"version": "2"})
    await validity.watch(sqlite_store, NOW + timedelta(minutes=10), None)
    assert await flags(sqlite_store) == []


async def test_a_fee_that_the_next_one_follows_does_not_end(sqlite_store: Store, cast: Staff) -> None:
    rows = [{"amount": 5, "to_day": "2026-12-31"}, {"amount": 10, "from_day": "2027-01-01"}]
    await took(sqlite_store, record(**{"le-phi": {"lines": ["x"], "value": rows}}))
    await took(sqlite_store, record(**{"le-phi": {"lines": ["x"], "value": rows[:1]}}) | {"id": "SCT-2"})
    await validity.watch(sqlite_store, NOW, None)
    async with sqlite_store.reading() as tx:
        (flag,) = (await validity_flags.standing(tx)).values()
    assert (flag.trouble, flag.ends_on) == (Trouble.ENDS, date(2026, 12, 31))


async def test_the_head_of_the_unit_hears_of_many_in_one_message(sqlite_store: Store, cast: Staff) -> None:
    async with sqlite_store.begin() as tx:
        head = await at_the_keyboard(tx, cast.head)
    await took(sqlite_store, *(record(**on("40/2018/NĐ-CP")) | {"id": f"SCT-{n}"} for n in range(5)))
    assert await validity.watch(sqlite_store, NOW, None) == 5
    assert await deliver(sqlite_store, NOW + timedelta(hours=1), kinds=KINDS) == 5
    async with sqlite_store.reading() as tx:
        said = [row["body"]["html"] for row in (await tx.execute(_said(head.number))).mappings()]
    assert len(said) == 1
    assert "<b>5</b>" in said[0]


async def test_only_who_owns_it_sees_and_settles_it(sqlite_store: Store, cast: Staff) -> None:
    await took(sqlite_store, record(**on("40/2018/NĐ-CP")))
    await validity.watch(sqlite_store, NOW, None)
    async with sqlite_store.begin() as tx:
        minh, hoa = await at_the_keyboard(tx, cast.minh), await at_the_keyboard(tx, cast.hoa)
        (flag,) = await validity_flags.queue(tx, for_=minh)
        assert await validity_flags.queue(tx, for_=hoa) == []
        with pytest.raises(NoSuchRecord):
            await validity_flags.settle(tx, flag.id, for_=hoa, note="x", at=NOW)
        await validity_flags.settle(tx, flag.id, for_=minh, note="Đã thay ở phiên bản 2", at=NOW)
        assert await validity_flags.queue(tx, for_=minh) == []
    assert await validity.watch(sqlite_store, NOW + timedelta(days=1), None) == 0


def _said(chat_id: int) -> Any:
    table = Message.table()
    return table.select().where(table.c.chat_id == chat_id, table.c.direction == "out")
