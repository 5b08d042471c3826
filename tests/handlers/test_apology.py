"""An officer asks for the letter of apology."""

from datetime import timedelta

import pytest

from storage import Store
from storage.who import Role
from tests.cast import Citizen, Clock, House, words
from tests.dossiers import CODE, imported, row


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


@pytest.fixture
async def minh(house: House, store: Store, clock: Clock) -> Citizen:
    minh = await house.officer("Trần Minh", unit="Phòng Quản lý thương mại")
    await imported(store, row(due="09/03/2026 16:30"), at=clock() - timedelta(hours=2))
    return minh


@pytest.mark.parametrize("typed", ["/xinloi {}", "văn bản xin lỗi {}"])
async def test_the_letter_has_its_last_day_and_is_one_step_away(minh: Citizen, typed: str) -> None:
    said = (await minh.says(typed.format(CODE)))[-1]
    # Due on Monday 9/3: signed and out on the Friday.
    assert "ký và gửi chậm nhất 6/3/2026" in said
    assert said.button("Tải dự thảo").url == f"/xin-loi/{CODE}"


async def test_whose_work_it_is_not_hears_nothing_of_it(house: House, minh: Citizen) -> None:
    lan = await house.citizen()
    other = await house.officer("Khác", Role.OFFICER, unit="Văn phòng")
    clerk = await house.officer("Một Cửa", Role.CLERK, unit="Văn phòng")
    for who in (lan, other, clerk):
        assert "không thực hiện được" in words(await who.says(f"/xinloi {CODE}"))


async def test_a_plain_apology_is_no_command(minh: Citizen) -> None:
    assert "chậm nhất" not in words(await minh.says("xin lỗi"))
