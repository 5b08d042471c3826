"""The calendar in the chat: whether a day is worked, when a term ends, and an administrator who confirms."""

from datetime import UTC, date, datetime

import pytest

from storage import Store, days
from storage.who import Role
from tests.cast import Clock, House, Papers, words

SUNDAY_NIGHT = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)  # 00:30 on Monday the 23rd in Viet Nam


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


@pytest.fixture
def clock() -> Clock:
    return Clock(SUNDAY_NIGHT)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("hôm nay có làm việc không?", "Thứ Hai 23/11/2026: làm việc."),
        ("ngày 24/11 có làm việc không", "Thứ Ba 24/11/2026: nghỉ – Ngày Văn hóa Việt Nam."),
        ("mai nghi ko", "Ngày làm việc kế tiếp: thứ Tư 25/11/2026"),
        ("sở có làm việc thứ bảy này không ạ", "Thứ Bảy 28/11/2026: nghỉ (ngày nghỉ hằng tuần)"),
        ("22/8 có làm việc không", "Thứ Bảy 22/8/2026: làm việc – Làm bù cho 31/8/2026"),
        ("10/1/2026 làm việc không", "chưa có thông báo chính thức được xác nhận"),
        ("8/2/2027 có nghỉ không", "Năm 2027: chưa có thông báo chính thức"),
        ("/ngay 24/11", "nghỉ – Ngày Văn hóa Việt Nam"),
        ("/ngay 31/2", "Tôi không hiểu ngày này"),
        ("5 ngày làm việc kể từ 20/11 là ngày nào", "hạn là 17:00 ngày 30/11/2026 (thứ Hai)"),
        ("tính hạn 2 ngày làm việc từ hôm nay", "hạn là 17:00 ngày 26/11/2026 (thứ Năm)"),
        ("/tinhhan 30 ngày", "hạn là 17:00 ngày 23/12/2026 (thứ Tư)"),
        ("/tinhhan 5 ngày làm việc từ 30/12", "Năm 2027: chưa có thông báo chính thức"),
        ("cuối tuần sở có làm không", "Thứ Bảy 28/11/2026: nghỉ"),
        ("hôm nay có tiếp công dân không", "Thứ Hai 23/11/2026: làm việc."),
        ("sáng thứ bảy có làm không", "Thứ Bảy 28/11/2026: nghỉ"),
        ("thứ ba 24/11 có nghỉ bù không", "Thứ Ba 24/11/2026: nghỉ"),
        ("ngay 10/1/2026 co lam bu khong", "Thứ Bảy 10/1/2026: làm việc – Làm bù cho 2/1/2026"),
        ("chieu 30 tet co lam khong", "Thứ Sáu 5/2/2027 là 29 tháng Chạp: chưa biết làm việc hay nghỉ"),
        ("30 tết có làm việc không", "Tháng Chạp năm này chỉ có 29 ngày"),
        ("mùng 4 tết 2026 sở có làm không", "Thứ Sáu 20/2/2026 (mùng 4 Tết): nghỉ – Tết Nguyên đán"),
        ("8/2/2027 có nghỉ không", "Thứ Hai 8/2/2027 là mùng 3 Tết: chưa biết làm việc hay nghỉ"),
        ("nop ho so 13/2/2026 16h50, 5 ngay lam viec thi bao gio co", "hạn là 17:00 ngày 27/2/2026 (thứ Sáu)"),
        ("Tôi nộp hồ sơ lúc 16h50 ngày 13/2/2026, thời hạn 5 ngày làm việc thì khi nào có kết quả?", "27/2/2026"),
        ("hồ sơ nộp sáng nay, 5 ngày làm việc thì bao giờ tôi nhận kết quả", "hạn là 17:00 ngày 1/12/2026"),
        (
            "nộp hồ sơ 3/2/2026 9h, 5 ngày làm việc thì bao giờ có",
            "kể từ 09:00 thứ Ba 3/2/2026: hạn là 17:00 ngày 10/2",
        ),
        ("15 ngày làm việc thì bao giờ xong", "hạn là 17:00 ngày 15/12/2026"),
        ("/tinhhan lâu lâu", "Tôi không hiểu thời hạn này"),
        ("/tinhhan 99999 ngày", "Tôi không hiểu thời hạn này"),
    ],
)
async def test_a_question_about_a_day_is_answered_from_the_calendar(
    house: House, library: Papers, asked: str, answered: str
) -> None:
    lan = await house.citizen()
    assert answered in words(await lan.says(asked))
    assert not library.asked


@pytest.mark.parametrize(
    "asked",
    [
        "giờ làm việc của sở thế nào",
        "chị Mai có làm việc không",
        "thời hạn 15 ngày làm việc là của thủ tục nào",
        "ngày nào có kết quả",
        "nộp hồ sơ xăng dầu 5 ngày làm việc thì bao giờ có",
        "tôi nộp hồ sơ 5 ngày rồi khi nào có",
        "nhận hồ sơ trong ngày không",
        "xác nhận ngày sinh ở đâu",
        "tính thời hạn giải quyết hồ sơ thế nào",
    ],
)
async def test_another_question_goes_to_the_documents(house: House, library: Papers, asked: str) -> None:
    lan = await house.citizen()
    await lan.says(asked)
    assert [question.text for question in library.asked] == [asked]


async def test_a_rest_day_of_a_tet_that_nobody_has_announced_names_no_next_working_day(house: House) -> None:
    said = words(await (await house.citizen()).says("mùng 1 tết có làm không"))
    assert "Thứ Bảy 6/2/2027 (mùng 1 Tết): nghỉ" in said
    assert "kế tiếp" not in said


async def test_while_tet_is_only_proposed_no_day_of_its_year_is_certain(house: House, store: Store) -> None:
    tet = [(date(2027, 2, day), "Tết Nguyên đán", None) for day in range(4, 11)]
    async with store.begin() as tx:
        await days.propose(tx, tet, basis="ước tính", by=None, at=house.clock())
    said = words(await (await house.citizen()).says("12/2/2027 có làm không"))
    assert "làm việc" in said
    assert "Năm 2027: chưa có thông báo chính thức" in said


async def test_a_question_about_a_day_inside_a_form_belongs_to_the_form(house: House) -> None:
    lan = await house.citizen()
    await lan.says("/gapcanbo")
    assert "nghỉ" not in words(await lan.says("thứ bảy này sở có làm việc không"))


async def test_the_list_tells_what_comes_and_what_nobody_knows_yet(house: House) -> None:
    lan = await house.citizen()
    said = words(await lan.says("lịch làm việc"))
    assert "thứ Ba 24/11/2026: nghỉ – Ngày Văn hóa Việt Nam" in said
    assert "2/9/2026" not in said
    assert "Năm 2027: chưa có thông báo chính thức" in said
    older = (await lan.says("/lich 2026"))[-1]
    assert "10/1/2026: làm bù" in older
    assert not older.buttons


async def test_in_english_the_same_is_said_in_english(house: House) -> None:
    ann = await house.citizen("ann", language="en")
    assert "Tuesday, 24 November 2026: off" in words(await ann.says("are you open on 24/11"))
    assert "2027: the days off of Tết have not been announced" in words(await ann.says("holidays"))
    assert "17:00, 26 November 2026 (Thursday)" in words(await ann.says("/tinhhan 2 working days from today"))


async def test_an_administrator_confirms_a_day_by_the_document_on_record(house: House, store: Store) -> None:
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    listed = (await cao.says("/lich 2026"))[-1]
    asked = (await cao.presses(listed.button("Xác nhận 10/1/2026")))[-1]
    assert "Công văn 12729/VPCP-KGVX" in asked
    assert "Đã xác nhận" in words(await cao.presses(asked.button("Đúng văn bản này")))
    assert "đã được xác nhận" in words(await cao.presses(asked.button("Đúng văn bản này"), on=asked))
    async with store.reading() as tx:
        day = await days.one(tx, date(2026, 1, 10))
    assert day is not None
    assert (day.confirmed, day.source) == (True, "Công văn 12729/VPCP-KGVX")


async def test_a_proposed_day_is_confirmed_by_typing_its_document(house: House, store: Store, clock: Clock) -> None:
    async with store.begin() as tx:
        await days.propose(tx, [(date(2027, 2, 8), "Tết Nguyên đán", None)], basis="ước tính", by=None, at=clock())
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    asked = (await cao.says("/xacnhanngay 8/2/2027"))[-1]
    assert "Chưa ghi văn bản nào (ước tính)" in asked
    assert not asked.buttons
    assert "không thực hiện được" in words(await cao.says("/dungngay 2027-02-08"))
    await cao.says("/xacnhanngay 8/2/2027")
    assert "Văn bản cần có số" in words(await cao.says("chưa có văn bản")), "what is no document confirms nothing"
    assert "theo Thông báo 123/TB-BNV" in words(await cao.says("Thông báo 123/TB-BNV"))
    async with store.reading() as tx:
        day = await days.one(tx, date(2027, 2, 8))
    assert day is not None
    assert day.confirmed


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.OFFICER, Role.QMS_SECRETARY])
async def test_nobody_else_confirms(house: House, store: Store, role: Role) -> None:
    other = await house.officer("Khác", role)
    assert not (await other.says("/lich 2026"))[-1].buttons
    assert "Chỉ người quản trị" in words(await other.says("/xacnhanngay 2026-01-10"))
    assert "không thực hiện được" in words(await other.says("/dungngay 2026-01-10"))
    lan = await house.citizen()
    assert "không thực hiện được" in words(await lan.says("/dungngay 2026-01-10"))
    async with store.reading() as tx:
        assert not [each for each in await days.calendar(tx) if each.day == date(2026, 1, 10) and each.confirmed]


async def test_a_day_that_is_not_marked_cannot_be_confirmed(house: House) -> None:
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    for text in ("/xacnhanngay 2026-11-25", "/xacnhanngay hôm nào", "/dungngay", "/dungngay 2026-11-25"):
        assert "không thực hiện được" in words(await cao.says(text)), text
