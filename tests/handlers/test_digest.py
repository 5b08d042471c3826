"""When somebody hears of their work."""

from datetime import time

import pytest

from storage import Store, digests
from tests.cast import House, words


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


async def chosen(store: Store) -> list[time]:
    async with store.reading() as tx:
        return list((await digests.chosen(tx)).values())


@pytest.mark.parametrize(
    ("typed", "at"),
    [("/nhacviec 08:15", time(8, 15)), ("nhắc việc 8h", time(8)), ("nhắc việc lúc 13 giờ 30", time(13, 30))],
)
async def test_an_officer_chooses_the_time(house: House, store: Store, typed: str, at: time) -> None:
    minh = await house.officer()
    assert f"{at:%H:%M}" in words(await minh.says(typed))
    assert await chosen(store) == [at]


async def test_the_time_is_chosen_anew_by_a_button(house: House, store: Store) -> None:
    minh = await house.officer()
    await minh.says("/nhacviec 17:00")
    shown = (await minh.says("nhắc việc"))[-1]
    assert "17:00" in shown
    await minh.presses(shown.button("07:00"))
    assert await chosen(store) == [time(7)]


@pytest.mark.parametrize(
    "typed", ["/nhacviec 25:00", "/nhacviec 08:75", "/nhacviec 03:00", "/nhacviec mai", "nhắc việc 19h"]
)
async def test_a_time_that_is_none_is_not_taken(house: House, store: Store, typed: str) -> None:
    minh = await house.officer()
    assert "Xin chọn giờ" in words(await minh.says(typed))
    assert await chosen(store) == []


async def test_a_citizen_has_no_work_to_hear_of(house: House, store: Store) -> None:
    lan = await house.citizen()
    assert "dành cho cán bộ" in words(await lan.says("/nhacviec 08:00"))
    assert await chosen(store) == []
