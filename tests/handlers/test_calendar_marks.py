"""An administrator marks days, takes marks away and has a year proposed, in the chat; nobody else does."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select

from handlers.turn import Button
from storage import Store, days
from storage.days import CalendarDay, DayKind
from storage.journal import Entry
from storage.who import PersonRole, Role
from tests.cast import Clock, House, Papers, words

TET = date(2027, 2, 11)


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 23, 3, 0, tzinfo=UTC))


async def marked(store: Store, day: date) -> CalendarDay | None:
    async with store.reading() as tx:
        return await days.one(tx, day)


async def acts(store: Store) -> list[str]:
    async with store.reading() as tx:
        rows = select(Entry.action).where(Entry.kind == "calendar_day").order_by(Entry.id)
        return list(await tx.scalars(rows))


@pytest.mark.parametrize(
    "typed",
    [
        "/ghingay 11/2/2027 nghỉ Tết Nguyên đán",
        "/ghingay 2027-02-11 nghỉ Tết Nguyên đán",
        "ghi ngày 11/2/2027 nghỉ Tết Nguyên đán",
        "đánh dấu ngày 11/2/2027 nghỉ: Tết Nguyên đán",
        "Ghi ngay 11-2-2027 nghi Tết Nguyên đán",
    ],
)
async def test_a_day_is_shown_given_its_document_marked_and_then_confirmed(
    house: House, store: Store, typed: str
) -> None:
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    asked = words(await cao.says(typed))
    assert "Sẽ ghi thứ Năm 11/2/2027: nghỉ – Tết Nguyên đán" in asked
    assert await marked(store, TET) is None
    said = (await cao.says("Thông báo 77/TB-BNV"))[-1]
    assert "chờ xác nhận" in said
    day = await marked(store, TET)
    assert day == CalendarDay(TET, DayKind.OFF, "Tết Nguyên đán", "Thông báo 77/TB-BNV", None, confirmed=False)
    asked_again = (await cao.presses(said.button("Xác nhận 11/2/2027")))[-1]
    assert "Đã xác nhận" in words(await cao.presses(asked_again.button("Đúng văn bản này")))
    assert await acts(store) == ["set", "confirmed"]


async def test_a_day_worked_in_exchange_without_a_document_waits_for_one(house: House, store: Store) -> None:
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    asked = (await cao.says("/ghingay 6/2/2027 làm bù cho 12/2/2027"))[-1]
    said = (await cao.presses(asked.button("chưa có văn bản")))[-1]
    assert "thứ Bảy 6/2/2027: làm bù – cho 12/2/2027" in said
    day = await marked(store, date(2027, 2, 6))
    assert day is not None
    assert (day.kind, day.source, day.confirmed) == (DayKind.WORK, None, False)
    late = words(await cao.presses(asked.button("chưa có văn bản"), on=asked))
    assert "không thực hiện được" in late  # it was written once, and nothing is shown any more
    assert await acts(store) == ["set"]


async def test_words_without_a_number_are_no_document(house: House, store: Store) -> None:
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    await cao.says("/ghingay 12/2/2027 nghỉ hoán đổi")
    assert "theo" not in words(await cao.says("chưa có văn bản")).partition("Ngày này")[0]
    async with store.reading() as tx:
        marked = await days.one(tx, date(2027, 2, 12))
    assert marked is not None
    assert marked.source is None


async def test_marking_over_a_confirmed_day_says_so_and_takes_its_confirmation(house: House, store: Store) -> None:
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    asked = (await cao.says("/ghingay 24/11/2026 làm việc theo văn bản mới"))[-1]
    assert "Hiện đang ghi: nghỉ – Ngày Văn hóa Việt Nam (theo Nghị quyết 28/2026/QH16, Điều 2), đã xác nhận" in asked
    await cao.says("hủy")
    before = await marked(store, date(2026, 11, 24))
    assert before is not None
    assert before.confirmed
    await cao.says("/ghingay 24/11/2026 làm việc theo văn bản mới")
    await cao.says("Công văn 1/VPCP")
    after = await marked(store, date(2026, 11, 24))
    assert after is not None
    assert (after.working, after.confirmed) == (True, False)
    assert "làm việc" in words(await cao.says("mai có làm việc không"))


async def test_a_mark_is_taken_away_after_a_look(house: House, store: Store) -> None:
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    asked = (await cao.says("bỏ ngày 10/1/2026"))[-1]
    assert "Làm bù cho 2/1/2026" in asked
    assert await marked(store, date(2026, 1, 10)) is not None
    assert "Đã bỏ" in words(await cao.presses(asked.button("Bỏ ngày này")))
    assert await marked(store, date(2026, 1, 10)) is None
    assert "không thực hiện được" in words(await cao.presses(asked.button("Bỏ ngày này"), on=asked))
    assert "không ghi gì" in words(await cao.says("/bongay 25/11/2026"))
    assert await acts(store) == ["removed"]


async def test_a_year_is_proposed_shown_written_and_confirmed_by_its_document(house: House, store: Store) -> None:
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    listed = (await cao.says("/lich 2027"))[-1]
    shown = (await cao.presses(listed.button("Đề xuất lịch năm 2027")))[-1]
    assert "ước tính, chưa được xác nhận" in shown
    async with store.reading() as tx:
        assert not [each for each in await days.calendar(tx) if each.day.year == 2027]
    written = (await cao.presses(shown.button("vào lịch")))[-1]
    assert "chờ xác nhận" in written
    asked = words(await cao.presses(written.button("Xác nhận các ngày năm 2027")))
    assert "Tết Nguyên đán" in asked
    assert "24/11/2027" not in asked  # what the law itself fixes by date waits for nobody
    await house.officer("Khác", Role.ADMINISTRATOR)
    async with store.begin() as tx:  # marked by somebody else meanwhile: it was not shown
        await days.propose(tx, [(date(2027, 12, 31), "?", None)], basis="thử", by=None, at=house.clock())
    assert "theo Thông báo 77/TB-BNV" in words(await cao.says("Thông báo 77/TB-BNV"))
    async with store.reading() as tx:
        left = [each.day for each in await days.calendar(tx) if each.day.year == 2027 and not each.confirmed]
    assert left == [date(2027, 12, 31)]
    assert "không có ngày nào để đề xuất thêm" in words(await cao.says("/dexuatlich 2027"))
    assert "không có ngày nào để đề xuất thêm" in words(await cao.says("/dexuatlich 9999"))


@pytest.mark.parametrize(
    "odd", ["", "11/2/2027", "11/2/2027 nghỉ", "31/2/2027 nghỉ Tết", "hôm nào nghỉ gì", "11/2/3027 nghỉ x"]
)
async def test_what_is_not_understood_marks_nothing(house: House, store: Store, odd: str) -> None:
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    assert "Ví dụ" in words(await cao.says(f"/ghingay {odd}"))
    await cao.says("Thông báo 77/TB-BNV")
    assert await acts(store) == []


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.OFFICER, Role.DIRECTOR, Role.QMS_SECRETARY])
async def test_nobody_else_changes_the_calendar_by_command_or_by_a_made_up_press(
    house: House, store: Store, library: Papers, role: Role
) -> None:
    other = await house.citizen() if role is Role.CITIZEN else await house.officer("Khác", role)
    for command in ("/ghingay 11/2/2027 nghỉ Tết", "/bongay 10/1/2026", "/dexuatlich 2027", "/ghidexuat 2027"):
        assert "Chỉ người quản trị" in words(await other.says(command)), command
    assert "Chỉ người quản trị" in words(await other.says("/xacnhannam 2026"))
    await other.says("Thông báo 77/TB-BNV")
    shown = (await other.says("/lich 2026"))[-1]
    for made_up in ("/xoangay 2026-01-10", "/luungay 2027-02-11", "/ghidexuat 2027", "/xacnhannam 2026"):
        await other.presses(Button("x", made_up), on=shown)
        await other.says(made_up)
    await other.says("ghi ngày 11/2/2027 nghỉ vào đơn có được không")
    assert library.asked[-1].text == "ghi ngày 11/2/2027 nghỉ vào đơn có được không"
    assert await acts(store) == []
    day = await marked(store, date(2026, 1, 10))
    assert day is not None
    assert not day.confirmed


async def test_an_administrator_who_is_none_any_more_writes_nothing(house: House, store: Store) -> None:
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    asked = (await cao.says("/ghingay 11/2/2027 nghỉ Tết"))[-1]
    async with store.begin() as tx:
        await tx.execute(delete(PersonRole.table()))
    assert "không thực hiện được" in words(await cao.presses(asked.button("chưa có văn bản")))
    assert await marked(store, TET) is None


async def test_in_english_too(house: House) -> None:
    cao = await house.officer("Cao", Role.ADMINISTRATOR)
    cao.language = "en"
    assert "11 February 2027 will be marked as off: Tết" in words(await cao.says("/ghingay 2027-02-11 off Tết"))
