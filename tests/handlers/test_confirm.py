"""An officer in charge confirms what the catalogue says, aspect by aspect, by a decision's number."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from knowledge.workdays import today
from storage import Store, journal, procedure_imports, procedures
from storage.who import Role
from tests.cast import MONDAY, Clock, House, Papers, papers, words

PETROL: Mapping[str, Any] = {
    "id": "SCT-01",
    "code": "2.000648",
    "name": "Cấp Giấy chứng nhận cửa hàng đủ điều kiện bán lẻ xăng dầu",
    "version": "1",
    "aspects": {
        "thoi-han": {"lines": ["20 ngày làm việc"], "mark": "seen", "source": "Sổ thử"},
        "le-phi": {"lines": ["1.200.000 đồng/điểm"], "mark": "unconfirmed"},
    },
}


@pytest.fixture
def house(sqlite_store: Store) -> House:
    found: Papers = papers()
    return House(sqlite_store, clock=Clock(), asker=found)


async def held(store: Store, code: str = "2.000648") -> procedures.Held:
    async with store.reading() as tx:
        found = await procedures.find(tx, code, today(MONDAY))
    assert found is not None
    return found


async def taken(store: Store, **changes: Any) -> None:
    async with store.begin() as tx:
        await procedure_imports.take(tx, [{**PETROL, **changes}], by=None, at=MONDAY)


async def test_an_aspect_is_confirmed_with_the_number_of_a_decision(house: House, sqlite_store: Store) -> None:
    await taken(sqlite_store)
    minh = await house.officer("Minh")
    shown = (await minh.says("xác nhận 2.000648"))[-1]
    assert "chưa xác nhận" in shown
    asked = (await minh.presses(shown.button("Thời hạn")))[-1]
    assert "20 ngày làm việc" in asked
    assert "phải có chữ số" in words(await minh.says("quyết định của Giám đốc"))
    assert "200 ký tự" in words(await minh.says("Theo 123/QĐ-SCT " + "rất dài " * 60))
    assert "Đã ghi xác nhận" in words(await minh.says("123/QĐ-SCT ngày 01/3/2026"))
    aspects = (await held(sqlite_store)).record["aspects"]
    assert aspects["thoi-han"]["mark"] == "confirmed"
    assert aspects["thoi-han"]["decision"] == "123/QĐ-SCT ngày 01/3/2026"
    assert aspects["thoi-han"]["confirmed_by"] == "Minh"
    assert aspects["le-phi"]["mark"] == "unconfirmed"
    async with sqlite_store.reading() as tx:
        acts = list(await tx.scalars(select(journal.Entry.action).where(journal.Entry.kind == "procedure_aspect")))
    assert acts == ["confirmed"]


async def test_it_is_confirmed_in_one_typed_line(house: House, sqlite_store: Store) -> None:
    await taken(sqlite_store)
    minh = await house.officer("Minh")
    assert "Đã ghi xác nhận" in words(await minh.says("xac nhan SCT-01 le phi QĐ 7/QĐ-SCT"))
    assert (await held(sqlite_store)).record["aspects"]["le-phi"]["decision"] == "QĐ 7/QĐ-SCT"


async def test_everything_open_is_confirmed_at_once(house: House, sqlite_store: Store) -> None:
    await taken(sqlite_store)
    minh = await house.officer("Minh")
    await minh.says("/xacnhan 2.000648 tat-ca 7/QĐ-SCT")
    assert {said["mark"] for said in (await held(sqlite_store)).record["aspects"].values()} == {"confirmed"}
    assert "Mọi nội dung trong danh mục đã được xác nhận" in words(await minh.says("xác nhận"))


async def test_a_citizen_confirms_nothing(house: House, sqlite_store: Store) -> None:
    await taken(sqlite_store)
    lan = await house.citizen()
    for said in ("/xacnhan 2.000648 le-phi 7/QĐ", "xac nhan 2.000648 le phi QD 7", "/boxacnhan 2.000648 tat-ca"):
        assert "dành cho cán bộ" in words(await lan.says(said))
    assert {said["mark"] for said in (await held(sqlite_store)).record["aspects"].values()} == {"seen", "unconfirmed"}


@pytest.mark.parametrize("role", [Role.CLERK, Role.INTERNAL_AUDITOR, Role.ADMINISTRATOR])
async def test_whoever_is_not_in_charge_confirms_nothing(house: House, sqlite_store: Store, role: Role) -> None:
    await taken(sqlite_store)
    somebody = await house.officer("Ai đó", role)
    assert "Chưa xác nhận được" in words(await somebody.says("/xacnhan 2.000648 le-phi 7/QĐ"))


async def test_a_procedure_of_another_unit_is_confirmed_there(house: House, sqlite_store: Store) -> None:
    await taken(sqlite_store, owner_unit="Phòng Quản lý thương mại")
    minh = await house.officer("Minh", unit="Văn phòng")
    assert "do Phòng Quản lý thương mại phụ trách" in words(await minh.says("/xacnhan 2.000648 le-phi 7/QĐ"))
    lan = await house.officer("Lan", unit="Phòng Quản lý thương mại")
    assert "Đã ghi xác nhận" in words(await lan.says("/xacnhan 2.000648 le-phi 7/QĐ"))


async def test_what_was_shown_is_what_is_confirmed(house: House, sqlite_store: Store) -> None:
    await taken(sqlite_store)
    minh = await house.officer("Minh")
    await minh.says("/xacnhan 2.000648 le-phi")
    fee = {"le-phi": {"lines": ["2.000.000 đồng"], "mark": "seen"}}
    await taken(sqlite_store, version="2", aspects=fee)
    assert "vừa có phiên bản mới" in words(await minh.says("7/QĐ-SCT"))
    assert (await held(sqlite_store)).record["aspects"]["le-phi"]["mark"] == "seen"


async def test_a_confirmation_is_taken_back_with_a_reason(house: House, sqlite_store: Store) -> None:
    await taken(sqlite_store)
    minh = await house.officer("Minh")
    await minh.says("/xacnhan 2.000648 le-phi 7/QĐ-SCT")
    shown = (await minh.says("xac nhan 2.000648"))[-1]
    await minh.presses(shown.button("Bỏ xác nhận"))
    assert "Đã bỏ xác nhận" in words(await minh.says("Nhầm số quyết định"))
    assert (await held(sqlite_store)).record["aspects"]["le-phi"]["mark"] == "unconfirmed"


@pytest.mark.parametrize("asked", ["xác nhận khuyến mại mất mấy ngày", "bo xac nhan thi sao", "xác nhận mẫu 01 là gì"])
async def test_a_question_that_begins_so_is_a_question(house: House, sqlite_store: Store, asked: str) -> None:
    await taken(sqlite_store)
    minh = await house.officer("Minh")
    assert "thủ tục" not in words(await minh.says(asked))
