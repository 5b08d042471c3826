"""How long a holiday lasts is answered from the calendar, and what nobody has announced is said to be so."""

from datetime import UTC, date, datetime

import pytest

from storage import Store, days
from tests.cast import Clock, House, Papers, words


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 22, 10, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("tết nghỉ mấy ngày", "Tết Nguyên đán, năm 2027: lịch chưa ghi ngày nghỉ."),
        ("tet nghi may ngay?", "Điều 112), Tết Âm lịch nghỉ 05 ngày"),
        ("Tết này nghỉ mấy hôm vậy", "Năm 2027: chưa có thông báo chính thức"),
        ("bao giờ nghỉ tết", "Năm 2026: nghỉ 9 ngày liền, từ thứ Bảy 14/2/2026 đến hết Chủ nhật 22/2/2026"),
        ("tết nguyên đán 2026 nghỉ từ ngày nào đến ngày nào", "Làm việc lại: thứ Hai 23/2/2026"),
        ("khi nào đi làm lại sau tết 2025", "Làm việc lại: thứ Hai 3/2/2025"),
        ("quoc khanh 2026 nghi may ngay", "5 ngày liền, từ thứ Bảy 29/8/2026 đến hết thứ Tư 2/9/2026"),
        ("24/11 nghỉ mấy ngày", "nghỉ 01 ngày, thứ Ba 24/11/2026. Làm việc lại: thứ Tư 25/11/2026"),
        ("lịch nghỉ 30/4 1/5", "3 ngày liền, từ thứ Sáu 30/4/2027 đến hết Chủ nhật 2/5/2027"),
        ("giỗ tổ 2026 nghỉ ngày nào", "ngày nghỉ lễ: 26/4/2026, 27/4/2026"),
        ("lich lam viec tet 2027", "Tết Nguyên đán, năm 2027: lịch chưa ghi ngày nghỉ."),
        ("tết có làm việc không", "những ngày nào là do Thủ tướng Chính phủ quyết định"),
        ("quốc khánh 2027 nghỉ mấy ngày", "Quốc khánh nghỉ 02 ngày: 2/9 và 01 ngày liền kề"),
        ("giỗ tổ 2026 có nghỉ không", "ngày nghỉ lễ: 26/4/2026, 27/4/2026"),
        ("/nghile tết 2024", "từ thứ Năm 8/2/2024 đến hết thứ Tư 14/2/2024"),
        ("/nghile tết 9999", "Tôi chưa rõ dịp nghỉ nào"),
        ("/nghile", "Tôi chưa rõ dịp nghỉ nào"),
    ],
)
async def test_a_question_about_a_holiday_is_answered_from_the_calendar(
    house: House, library: Papers, asked: str, answered: str
) -> None:
    lan = await house.citizen()
    assert answered in words(await lan.says(asked))
    assert not library.asked


async def test_a_holiday_that_is_only_proposed_says_so(house: House, store: Store) -> None:
    tet = [(date(2027, 2, day), "Tết Nguyên đán", None) for day in range(4, 11)]
    async with store.begin() as tx:
        await days.propose(tx, tet, basis="ước tính", by=None, at=house.clock())
    said = words(await (await house.citizen()).says("tết nghỉ mấy ngày"))
    assert "7 ngày liền, từ thứ Năm 4/2/2027 đến hết thứ Tư 10/2/2027" in said
    assert "chưa có thông báo chính thức được xác nhận" in said


@pytest.mark.parametrize(
    "asked",
    [
        "chế độ nghỉ tết của công chức thế nào",
        "quà tết bao nhiêu",
        "thủ tục khuyến mại tết mất mấy ngày",
        "đơn xin nghỉ tết gửi ai",
        "nghị định 30/4 quy định gì",
    ],
)
async def test_another_question_goes_to_the_documents(house: House, library: Papers, asked: str) -> None:
    await (await house.citizen()).says(asked)
    assert [question.text for question in library.asked] == [asked]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("hạn 5 ngày làm việc từ 13/2/2026 16:50 là ngày nào", "16:50 thứ Sáu 13/2/2026: hạn là 17:00 ngày 27/2/2026"),
        ("han 5 ngay lam viec tu 16h50 ngay 13/2/2026 la ngay nao", "hạn là 17:00 ngày 27/2/2026 (thứ Sáu)"),
        ("hạn 8 giờ làm việc từ 23/11/2026 16:00 là khi nào", "hạn là 16:00 ngày 25/11/2026 (thứ Tư)"),
        ("hạn 4 giờ làm việc từ 2 giờ 30 chiều 23/11/2026 là khi nào", "14:30 thứ Hai 23/11/2026"),
        ("hạn 15 ngày làm việc từ 20/11/2026", "hạn là 17:00 ngày 14/12/2026"),
        ("/tinhhan 5 ngày làm việc từ 13/2/2026 16:50", "hạn là 17:00 ngày 27/2/2026"),
        ("/tinhhan 5 ngày làm việc từ 13/2/2026 26:50", "Tôi không hiểu thời hạn này"),
        ("5 ngày làm việc từ 5/1/2026 là ngày nào", "Có tính qua ngày chưa được xác nhận: 10/1/2026"),
        ("ngày 29/2/2027 có làm việc không", "Tôi không hiểu ngày này"),
        ("29/2/2028 có làm việc không", "Thứ Ba 29/2/2028: làm việc"),
    ],
)
async def test_a_term_is_counted_from_the_moment_that_was_named(
    house: House, library: Papers, asked: str, answered: str
) -> None:
    lan = await house.citizen()
    assert answered in words(await lan.says(asked))
    assert not library.asked


async def test_in_english_the_same_is_said_in_english(house: House) -> None:
    ann = await house.citizen("ann", language="en")
    assert "9 days off in a row" in words(await ann.says("/nghile lunar new year 2026"))
