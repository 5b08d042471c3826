"""What rests on law that has moved, as the officer in charge sees it in the chat."""

from typing import Any

import pytest

from knowledge import validity as law
from notifications import validity
from storage import Store, legal_texts, procedure_imports
from storage.who import Role
from tests.cast import MONDAY, Clock, House, papers, words


@pytest.fixture
def house(sqlite_store: Store) -> House:
    return House(sqlite_store, clock=Clock(), asker=papers())


def record(number: int, cites: str) -> dict[str, Any]:
    basis = {"lines": [cites], "mark": "seen", "value": [{"number": cites}]}
    unit = "Phòng Quản lý thương mại"
    return {
        "id": f"SCT-{number}",
        "name": f"Cấp giấy {number}",
        "version": "1",
        "owner_unit": unit,
        "aspects": {"can-cu": basis},
    }


@pytest.fixture
async def flagged(sqlite_store: Store) -> None:
    async with sqlite_store.begin() as tx:
        await legal_texts.add_missing(tx, law.seed())
        records = [*(record(n, "61/2018/NĐ-CP") for n in range(12)), record(20, "13/2023/NĐ-CP")]
        await procedure_imports.take(tx, records, by=None, at=MONDAY)
    await validity.watch(sqlite_store, MONDAY, None)


@pytest.mark.usefixtures("flagged")
async def test_what_cites_one_text_stands_together_and_is_settled_together(house: House) -> None:
    lan = await house.officer("Lan", unit="Phòng Quản lý thương mại")
    listed = (await lan.says("/hieuluc"))[-1]
    assert "13" in listed
    together = (await lan.presses(listed.button("61/2018/NĐ-CP · 12 nội dung")))[-1]
    await lan.presses(together.button("Đã xử lý tất cả"))
    assert "12" in words(await lan.says("Đã trình danh mục mới thay Nghị định cũ"))
    left = (await lan.says("/hieuluc"))[-1]
    one = (await lan.presses(left.buttons[0]))[-1]
    assert "13/2023/NĐ-CP" in one
    await lan.presses(one.button("Đã xử lý"))
    await lan.says("Không ảnh hưởng")
    assert "Không có nội dung nào" in words(await lan.says("/hieuluc"))


@pytest.mark.usefixtures("flagged")
async def test_others_see_nothing_of_it(house: House) -> None:
    lan = await house.citizen()
    assert "dành cho cán bộ" in words(await lan.says("/hieuluc"))
    hoa = await house.officer("Hoa", unit="Văn phòng")
    assert "Không có nội dung nào" in words(await hoa.says("/hieuluc"))
    for command in ("/hieuluc 1", "/hieuluc 1 ca", "/xemxong 1", "/xemxong 1 ca"):
        for somebody in (lan, hoa):
            assert "61/2018" not in words(await somebody.says(command))
    secretary = await house.officer("Thư", Role.QMS_SECRETARY, unit="Văn phòng")
    assert "13" in words(await secretary.says("/hieuluc"))
