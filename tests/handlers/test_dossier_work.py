"""What each of the staff sees of the dossiers, and what they may do about them."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from notifications.kinds import KINDS
from storage import Store, people
from storage.absences import Absence
from storage.dossiers import Dossier, DossierEvent, EventKind
from storage.who import Role
from tests.cast import OFFICE, Citizen, Clock, House, Papers, words
from tests.dossiers import CODE, imported, row
from tests.notifications.delivering import deliver

UNIT = "Phòng Quản lý thương mại"
THEIRS = "H32.17-260226-000777"


@pytest.fixture
async def minh(house: House, store: Store, clock: Clock) -> Citizen:
    """Trần Minh at work: one dossier of his, and one of somebody of another room."""
    minh = await house.officer("Trần Minh", unit=UNIT)
    await house.officer("Lê Lan", unit="Văn phòng")
    theirs = row(code=THEIRS, officer="Lê Lan", unit="Văn phòng", field="Năng lượng", clerk="", due="27/02/2026 16:30")
    await imported(store, row(), theirs, at=clock() - timedelta(hours=2))
    return minh


@dataclass(frozen=True)
class Sight:
    """Somebody of the staff, and which dossiers they see."""

    name: str
    role: Role
    unit: str | None
    fields: tuple[str, ...]
    seen: frozenset[str]


SIGHTS = (
    Sight("Trưởng", Role.HEAD_OF_UNIT, UNIT, (), frozenset({CODE})),
    Sight("Giám", Role.DIRECTOR, None, (), frozenset({CODE, THEIRS})),
    Sight("Phó", Role.DEPUTY_DIRECTOR, None, ("kinh  doanh KHÍ",), frozenset({CODE})),
    Sight("Lê Hoa", Role.CLERK, "Một cửa", (), frozenset({CODE})),
    Sight("Kiểm", Role.INTERNAL_AUDITOR, "Văn phòng", (), frozenset()),
    Sight("Thư", Role.QMS_SECRETARY, "Văn phòng", (), frozenset()),
    Sight("Khác", Role.OFFICER, UNIT, (), frozenset()),
)


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.role)
async def test_each_sees_what_is_theirs_and_nothing_else(
    house: House, store: Store, clock: Clock, sight: Sight
) -> None:
    who = await house.officer(sight.name, sight.role, unit=sight.unit, fields=sight.fields)
    await house.officer("Lê Lan", unit="Văn phòng")
    if sight.unit != UNIT:
        await house.officer("Trần Minh", unit=UNIT)
    theirs = row(code=THEIRS, officer="Lê Lan", unit="Văn phòng", field="Năng lượng", clerk="")
    await imported(store, row(), theirs, at=clock() - timedelta(hours=2))
    listed = (await who.says("việc"))[-1]
    assert {(button.data or "").removeprefix("/viec ") for button in listed.buttons} == sight.seen
    for code in (CODE, THEIRS):
        said = words(await who.says(f"/viec {code}"))
        assert ("Hẹn" in said) == (code in sight.seen)


async def test_the_most_urgent_comes_first_and_is_counted(minh: Citizen, house: House) -> None:
    director = await house.officer("Giám", Role.DIRECTOR, unit=None)
    listed = (await director.says("viec"))[-1]
    assert "trễ hạn 1" in listed
    assert [button.data for button in listed.buttons] == [f"/viec {THEIRS}", f"/viec {CODE}"]
    assert "trễ 1" in listed.buttons[0].text


async def test_an_officer_says_that_it_will_be_late_and_notes_why(minh: Citizen, store: Store) -> None:
    shown = (await minh.says("viec 0001"))[-1]
    assert "09xx***678" in shown
    assert "0912345678" not in shown
    assert "đã biết" in words(await minh.presses(shown.button("Đã biết")))
    assert "không kịp" in words(await minh.presses(shown.button("Không kịp")))
    await minh.presses(shown.button("Ghi chú"))
    await minh.says("Chờ ý kiến của Sở Xây dựng, gọi 0258 3822 123")
    history = words(await minh.says(f"/lichsu {CODE}"))
    assert "Chờ ý kiến của Sở Xây dựng, gọi 0258 3822 123" in history
    async with store.reading() as tx:
        dossier = (await tx.scalars(select(Dossier).where(Dossier.code == CODE))).one()
    assert (dossier.in_time, dossier.acknowledged_at is not None) == (False, True)


async def test_a_citizen_sees_no_note_of_the_office(minh: Citizen, house: House) -> None:
    await minh.says(f"/ghichu {CODE}")
    await minh.says("Người nộp hay gọi điện")
    lan = await house.citizen("lan")
    await lan.says(f"hồ sơ {CODE}")
    await lan.says("5678")
    assert "hay gọi điện" not in words(await lan.says(f"/lichsu {CODE}"))
    assert "không thuộc phần" in words(await lan.says(f"/ghichu {CODE}"))
    assert "dành cho cán bộ" in words(await lan.says("việc"))


async def test_a_head_hands_on_with_a_reason_and_the_new_officer_hears(
    minh: Citizen, house: House, store: Store, clock: Clock
) -> None:
    head, lan = (
        await house.officer("Trưởng", Role.HEAD_OF_UNIT, unit=UNIT),
        await house.officer("Nguyễn Lan", unit=UNIT),
    )
    assert "Lý do" in words(await head.says("chuyen 0001 cho Lan"))
    assert "Đã chuyển" in words(await head.says("Anh Minh đi học"))
    await deliver(store, clock(), kinds=KINDS)
    assert CODE in words(await lan.says("việc")) + str([b.text for b in (await lan.says("việc"))[-1].buttons])
    assert "không có hồ sơ nào đang mở" in words(await minh.says("việc"))
    assert "Anh Minh đi học" in words(await head.says(f"/lichsu {CODE}"))
    async with store.reading() as tx:
        kinds = list(await tx.scalars(select(DossierEvent.kind).order_by(DossierEvent.id)))
    assert kinds[-1] is EventKind.REASSIGNED


async def test_nobody_is_given_what_they_have(minh: Citizen, house: House) -> None:
    await minh.says("ko kip 0001")
    head = await house.officer("Trưởng", Role.HEAD_OF_UNIT, unit=UNIT)
    assert "đang do Trần Minh thụ lý" in words(await head.says("chuyển 0001 cho Minh vì bận"))
    assert "Chuyển người" not in words(await head.says("lịch sử 0001"))


async def test_an_officer_hands_nothing_on(minh: Citizen, house: House) -> None:
    other = await house.officer("Nguyễn Lan", unit=UNIT)
    assert "việc của trưởng phòng" in words(await minh.says("chuyển 0001 cho Lan"))
    assert "việc của trưởng phòng" in words(await minh.says("giao hs 0001 cho Lan vì bận"))
    assert "không có hồ sơ nào" in words(await other.says("việc"))


async def test_a_clerk_looks_and_does_not_decide(minh: Citizen, house: House) -> None:
    clerk = await house.officer("Lê Hoa", Role.CLERK, unit="Một cửa")
    await house.officer("Lê Lan 2", unit="Văn phòng")
    assert "không thực hiện được" in words(await clerk.says(f"/kip {CODE}"))


async def test_who_stands_in_sees_the_work_for_these_days_only(
    minh: Citizen, house: House, store: Store, clock: Clock
) -> None:
    other = await house.officer("Nguyễn Lan", unit=UNIT)
    assert "Nguyễn Lan thay" in words(await minh.says("vang mat 3/3-5/3 thay Nguyen Lan"))
    assert "không có hồ sơ nào" in words(await other.says("việc"))
    clock.waits(days=1)
    assert CODE in str([b.data for b in (await other.says("việc"))[-1].buttons])
    clock.waits(days=3)
    assert "không có hồ sơ nào" in words(await other.says("việc"))


async def test_who_stands_in_for_a_head_or_through_somebody_else_sees_what_they_would(
    minh: Citizen, house: House, clock: Clock
) -> None:
    head = await house.officer("Trưởng", Role.HEAD_OF_UNIT, unit=UNIT)
    other, last = await house.officer("Nguyễn Lan", unit=UNIT), await house.officer("Vũ Tư", unit="Văn phòng")
    await head.says("vang mat 3/3-5/3 thay Nguyen Lan")
    await other.says("vang mat 4/3 thay Vu Tu")
    for day, seen in ((2, []), (3, [other]), (4, [other, last]), (5, [other]), (6, [])):
        listed = {who: str([button.data for button in (await who.says("việc"))[-1].buttons]) for who in (other, last)}
        assert [who for who, said in listed.items() if CODE in said] == seen, day
        assert not any(THEIRS in said for said in listed.values())
        clock.waits(days=1)


async def test_whoever_comes_back_leaves_later_on_all_the_same(minh: Citizen, store: Store, clock: Clock) -> None:
    for days in ("2/3-5/3", "16/3-20/3"):
        await minh.says(f"vắng mặt {days}")
    await minh.says("có mặt lại")
    async with store.reading() as tx:
        left = await tx.scalars(select(Absence.first).where(Absence.cancelled_at.is_(None)))
        assert [day.day for day in left] == [16]
    await minh.says("có mặt lại")
    async with store.reading() as tx:
        assert await tx.scalar(select(Absence).where(Absence.cancelled_at.is_(None))) is None


async def test_an_absence_can_be_taken_back(minh: Citizen, store: Store) -> None:
    await minh.says("vắng mặt 2/3-5/3")
    assert "có mặt lại" in words(await minh.says("có mặt lại"))
    async with store.reading() as tx:
        [absence] = list(await tx.scalars(select(Absence)))
    assert absence.cancelled_at is not None


@pytest.mark.parametrize("typed", ["vang mat 31/2", "vang mat 5/3-3/3", "vang mat 1/1/2020", "vang mat"])
async def test_days_that_are_none_are_asked_for_again(minh: Citizen, store: Store, typed: str) -> None:
    assert "những ngày vắng" in words(await minh.says(typed))
    async with store.reading() as tx:
        assert list(await tx.scalars(select(Absence))) == []


async def test_a_question_about_absence_is_a_question(minh: Citizen, library: Papers) -> None:
    await minh.says("vắng mặt lãnh đạo thì ai ký")
    assert library.asked[-1].text == "vắng mặt lãnh đạo thì ai ký"


async def test_a_moved_appointment_waits_for_an_officer_and_is_then_told(
    minh: Citizen, house: House, store: Store, clock: Clock
) -> None:
    lan = await house.citizen("lan")
    await lan.says(f"hồ sơ {CODE}")
    await lan.says("5678")
    await lan.says("theo dõi")
    clock.waits(hours=1)
    await imported(store, row(due="20/03/2026 16:30"), at=clock(), whole=False)
    shown = (await minh.says(f"/viec {CODE}"))[-1]
    assert "20/3/2026" in shown
    assert "không thuộc phần" in words(await lan.says(f"/henmoi {CODE}"))
    assert "20/3/2026" in words(await minh.presses(shown.button("Nhận ngày hẹn mới")))
    await deliver(store, clock(), kinds=KINDS)
    assert "20/3/2026" in words(await lan.says("hồ sơ"))
    assert "phiếu hẹn ban đầu: 11/3/2026" in words(await lan.says("hồ sơ"))


async def test_what_was_decided_is_not_asked_again_by_the_next_export(
    minh: Citizen, store: Store, clock: Clock
) -> None:
    clock.waits(hours=1)
    await imported(store, row(term="5 ngày làm việc"), at=clock(), whole=False)
    shown = (await minh.says(f"/viec {CODE}"))[-1]
    assert "theo lịch làm việc là" in shown
    assert "Giữ ngày hẹn" in words(await minh.presses(shown.button("Giữ ngày đã in")))
    clock.waits(hours=1)
    await imported(store, row(term="5 ngày làm việc", status="Được tiếp nhận"), at=clock(), whole=False)
    assert "⚠" not in words(await minh.says(f"/viec {CODE}"))
    clock.waits(hours=1)
    await imported(store, row(term="4 ngày làm việc"), at=clock(), whole=False)
    assert "⚠" in words(await minh.says(f"/viec {CODE}"))


async def test_the_dossiers_of_somebody_who_leaves_go_to_the_successor(
    minh: Citizen, house: House, store: Store, clock: Clock
) -> None:
    other = await house.officer("Nguyễn Lan", unit=UNIT)
    async with store.begin() as tx:
        leaving, heir = await people.find(tx, "Trần Minh"), await people.find(tx, "Nguyễn Lan")
        await people.leave(tx, leaving.id, hand_over_to=heir.id, by=None, at=clock())
    assert CODE in str([b.data for b in (await other.says("việc"))[-1].buttons])


async def test_what_officers_type_is_done(minh: Citizen, store: Store) -> None:
    assert "đã biết" in words(await minh.says("0001 biết r"))
    assert "không kịp" in words(await minh.says("hs 0001 ko kip dau"))
    assert "Đã ghi chú" in words(await minh.says("ghi chu 0001: Chờ ý kiến Sở Xây dựng"))
    noted = words(await minh.says("0001 bo sung r"))
    assert "Đã ghi chú" in noted
    assert "không có yêu cầu bổ sung nào đang chờ" in noted
    history = words(await minh.says(f"/lichsu {CODE}"))
    assert "Chờ ý kiến Sở Xây dựng" in history
    assert "Người nộp đã bổ sung giấy tờ" in history
    for typed in ("0001", "hs 0001 toi dau r", "0001 ai giu"):
        assert "Hẹn" in words(await minh.says(typed)), typed
    assert "Quá trình của hồ sơ" in words(await minh.says("lich su 0001"))
    assert "ký và gửi chậm nhất" in words(await minh.says("xin loi 0001"))
    assert "tận cùng 777" in words(await minh.says("777 bo sung r"))


async def test_a_supplement_is_noted_and_the_status_stays_the_sources(
    minh: Citizen, store: Store, clock: Clock
) -> None:
    clock.waits(hours=1)
    await imported(store, row(status="Yêu cầu bổ sung giấy tờ", missing="Bản vẽ"), at=clock(), whole=False)
    noted = words(await minh.says("0001 bổ sung rồi"))
    assert "Tình trạng vẫn là Yêu cầu bổ sung" in noted
    assert "hệ thống Một cửa" in noted
    async with store.reading() as tx:
        assert (await tx.scalars(select(Dossier.status).where(Dossier.code == CODE))).one() == 5


async def test_a_short_code_that_two_bear_is_asked_about_and_goes_on(
    minh: Citizen, house: House, store: Store, clock: Clock
) -> None:
    await imported(store, row(code="H32.17-260227-0001"), at=clock(), whole=False)
    asked = (await minh.says("0001 ko kip"))[-1]
    assert {button.data for button in asked.buttons} == {f"/khongkip {CODE}", "/khongkip H32.17-260227-0001"}
    assert "không kịp" in words(await minh.presses(asked.buttons[1]))
    head = await house.officer("Trưởng", Role.HEAD_OF_UNIT, unit=UNIT)
    await house.officer("Nguyễn Lan", unit=UNIT)
    asked = (await head.says("chuyen 0001 cho chị Lan"))[-1]
    assert "Lý do" in words(await head.presses(asked.buttons[0]))


async def test_a_head_hands_on_in_one_sentence(minh: Citizen, house: House, store: Store) -> None:
    head = await house.officer("Trưởng", Role.HEAD_OF_UNIT, unit=UNIT)
    await house.officer("Nguyễn Thu Hà", unit=UNIT)
    assert "Đã chuyển" in words(await head.says("giao hs 0001 cho chị Hà vì anh Minh nghỉ ốm"))
    assert "anh Minh nghỉ ốm" in words(await head.says(f"/lichsu {CODE}"))
    assert "Lý do" in words(await head.says("chuyển 0001 cho Minh"))
    assert "đang do Nguyễn Thu Hà thụ lý" in words(await head.says("giao 0001 cho chị Hà vì anh Minh bận")), "no reason"
    assert "Không có ai tên “bao”" in words(await head.says("chuyển 0001 cho Bảo"))


async def test_late_ones_and_those_soon_due_are_listed_apart_and_page_by_page(
    minh: Citizen, store: Store, clock: Clock
) -> None:
    more = [row(code=f"H32.17-260202-{n:04}", due="27/02/2026 16:30") for n in range(10)]
    soon = row(code="H32.17-260203-0500", due="04/03/2026 16:30")
    await imported(store, *more, soon, at=clock(), whole=False)
    late = (await minh.says("hs nao tre"))[-1]
    assert len(late.buttons) == 9
    rest = (await minh.presses(late.button("Xem tiếp")))[-1]
    assert [button.text[:8] for button in rest.buttons] == ["🔴 trễ 1 "] * 2
    listed = (await minh.says("hs nao sap tre"))[-1]
    assert [button.data for button in listed.buttons] == ["/viec H32.17-260203-0500"]


@pytest.mark.usefixtures("minh")
async def test_what_is_soon_due_is_a_setting(store: Store, clock: Clock, library: Papers) -> None:
    await imported(store, row(code="H32.17-260203-0500", due="04/03/2026 16:30"), at=clock(), whole=False)
    for days, soon in ((3, 1), (1, 0)):
        house = House(store, clock=clock, asker=library, office=replace(OFFICE, soon_days=days))
        head = await house.officer(f"Trưởng {days}", Role.HEAD_OF_UNIT, unit=UNIT)
        listed = (await head.says("hs nao sap tre"))[-1]
        assert f"trong {days} ngày làm việc tới {soon}" in words([listed])
        assert len(listed.buttons) == soon


@pytest.mark.parametrize(
    "typed",
    ["3/3 tôi nghỉ, Nguyễn Lan thay", "tôi nghỉ phép từ 3 đến 5/3 thay chị Lan", "mai em di cong tac nho lan thay"],
)
async def test_an_absence_is_heard_in_a_sentence(minh: Citizen, house: House, typed: str) -> None:
    await house.officer("Nguyễn Lan", unit=UNIT)
    said = (await minh.says(typed))[-1]
    if "Nguyễn" not in typed:
        assert "Có 2 người tên" in said
        said = (await minh.presses(said.button("Nguyễn Lan")))[-1]
    assert "Đã ghi: Anh/Chị vắng từ 3/3/2026" in said
    assert "Nguyễn Lan thay" in said
