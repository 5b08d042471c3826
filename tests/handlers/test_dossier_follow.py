"""Whoever follows a dossier hears of each change, once, in the same chat, in words that say no more than they may."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from notifications.kinds import KINDS
from storage import Store, messages
from storage.dossiers import DossierEvent, EventKind
from storage.notices import Notice
from tests.cast import Citizen, Clock, House, Papers, words
from tests.dossiers import CODE, imported, row
from tests.notifications.delivering import deliver


@pytest.fixture
async def lan(house: House, store: Store, clock: Clock) -> Citizen:
    await imported(store, row(), at=clock() - timedelta(hours=2))
    citizen = await house.citizen()
    await citizen.says(f"hồ sơ {CODE}")
    await citizen.says("5678")
    await citizen.says("theo dõi")
    return citizen


async def heard(store: Store, lan: Citizen, since: int) -> list[str]:
    async with store.reading() as tx:
        rows = await messages.history(tx, bot_id=lan.bot.id, chat_id=lan.number, limit=50)
    return [str((one.body or {})["html"]) for one in rows if "html" in (one.body or {})][since:]


async def told(store: Store, lan: Citizen, clock: Clock) -> list[str]:
    before = len(await heard(store, lan, 0))
    await deliver(store, clock(), kinds=KINDS)
    return await heard(store, lan, before)


async def test_two_quick_changes_make_two_messages_each_true_of_its_moment(
    lan: Citizen, store: Store, clock: Clock
) -> None:
    clock.waits(minutes=5)
    await imported(store, row(status="Yêu cầu bổ sung giấy tờ", missing="Bản đồ"), at=clock(), whole=False)
    clock.waits(minutes=5)
    await imported(store, row(status="Đã xử lý xong"), at=clock(), whole=False)
    first, second = await told(store, lan, clock)
    assert "cần bổ sung giấy tờ" in first
    assert "đã có kết quả" in second
    assert "sớm hơn ngày hẹn" in second
    for said in (first, second):
        assert CODE in said
        assert "Bản đồ" not in said
        assert "Bưởi" not in said
    assert await told(store, lan, clock) == []


async def test_an_extension_is_told_with_its_new_day_and_only_once(lan: Citizen, store: Store, clock: Clock) -> None:
    clock.waits(minutes=5)
    await imported(store, row(again="18/03/2026 16:30"), at=clock(), whole=False)
    [said] = await told(store, lan, clock)
    assert "gia hạn" in said
    assert "18/3/2026" in said
    clock.waits(minutes=5)
    report = await imported(store, row(again="25/03/2026 16:30"), at=clock(), whole=False)
    assert report.remarked["second_extension"] == 1
    assert await told(store, lan, clock) == []
    shown = words(await lan.says("hồ sơ"))
    assert "18/3/2026" in shown
    assert "hẹn ban đầu 11/3/2026" in shown


async def test_papers_that_are_asked_for_after_a_halt_are_told(lan: Citizen, store: Store, clock: Clock) -> None:
    said = []
    for status in ("Dừng xử lý", "Yêu cầu bổ sung giấy tờ", "Dừng xử lý", "Chờ nộp phí", "Dừng xử lý", "Đã tiếp nhận"):
        clock.waits(minutes=5)
        await imported(store, row(status=status), at=clock(), whole=False)
        said += await told(store, lan, clock)
    assert [one for one in said if "cần bổ sung" in one]
    assert [one for one in said if "cần nộp phí" in one]
    assert len(said) == 6


async def test_done_on_its_day_is_not_called_early(lan: Citizen, store: Store, clock: Clock) -> None:
    clock.waits(days=9, hours=1)  # the morning of 11/3, due at 16:30
    await imported(store, row(status="Đã xử lý xong"), at=clock(), whole=False)
    [said] = await told(store, lan, clock)
    assert "đã có kết quả" in said
    assert "sớm hơn" not in said


async def test_the_same_export_again_tells_nobody(lan: Citizen, store: Store, clock: Clock) -> None:
    for _ in range(3):
        clock.waits(minutes=5)
        await imported(store, row(status="Đã xử lý xong"), at=clock(), whole=False)
    assert len(await told(store, lan, clock)) == 1


async def test_a_status_that_goes_backwards_is_recorded_and_not_told(lan: Citizen, store: Store, clock: Clock) -> None:
    clock.waits(minutes=5)
    report = await imported(store, row(status="Mới đăng ký"), at=clock(), whole=False)
    assert report.remarked["backwards"] == 1
    assert await told(store, lan, clock) == []
    async with store.reading() as tx:
        assert [event.backwards for event in await tx.scalars(select(DossierEvent).order_by(DossierEvent.id))][-1]


async def test_a_moved_appointment_of_the_source_moves_nothing_by_itself(
    lan: Citizen, store: Store, clock: Clock
) -> None:
    clock.waits(minutes=5)
    report = await imported(store, row(due="20/03/2026 16:30"), at=clock(), whole=False)
    assert report.remarked["due_moved"] == 1
    assert await told(store, lan, clock) == []
    assert "11/3/2026" in words(await lan.says("hồ sơ"))


async def test_what_was_told_before_the_unfollowing_is_all_that_is_told(
    lan: Citizen, store: Store, clock: Clock
) -> None:
    clock.waits(minutes=5)
    await imported(store, row(status="Đã xử lý xong"), at=clock(), whole=False)
    await lan.says("bỏ theo dõi")
    assert await told(store, lan, clock) == []


async def test_whom_nobody_follows_leaves_no_notice(house: House, store: Store, clock: Clock) -> None:
    await imported(store, row(), at=clock() - timedelta(hours=2))
    await imported(store, row(status="Đã xử lý xong"), at=clock() - timedelta(hours=1), whole=False)
    async with store.reading() as tx:
        assert list(await tx.scalars(select(Notice))) == []


async def test_who_filed_says_that_papers_were_added_and_its_officer_sees_that_once(
    house: House, store: Store, clock: Clock
) -> None:
    await imported(store, row(status="Yêu cầu bổ sung giấy tờ", missing="Bản vẽ"), at=clock() - timedelta(hours=2))
    lan, stranger = await house.citizen("lan"), await house.citizen("stranger")
    await lan.says(f"hồ sơ {CODE}")
    await lan.says("5678")
    for typed in ("toi bo sung roi", "0001 bo sung r", f"/bosung {CODE}"):
        said = words(await lan.says(typed))
        assert "để cán bộ xử lý thấy" in said
        assert "không nhận giấy tờ" in said
    async with store.reading() as tx:
        notes = list(await tx.scalars(select(DossierEvent).where(DossierEvent.kind == EventKind.NOTED)))
    assert len(notes) == 1
    assert "Người nộp báo" not in words(await lan.says(f"/lichsu {CODE}"))
    assert "Mời Ông/Bà gõ hồ sơ" in words(await stranger.says("toi bo sung roi"))
    assert "Bản vẽ" in words(await lan.says("hs con thieu gi ko"))


async def test_what_citizens_call_their_dossiers_finds_them(
    house: House, store: Store, clock: Clock, library: Papers
) -> None:
    gas = row(code="H32.17-260226-0009") | {"Tên thủ tục": "Cấp giấy chứng nhận cửa hàng bán lẻ LPG chai"}
    await imported(store, row(), gas, at=clock() - timedelta(hours=2))
    lan = await house.citizen("lan")
    assert "Mời Ông/Bà gõ hồ sơ" in words(await lan.says("hs cay xang toi dau r"))
    assert "Mời Ông/Bà gõ hồ sơ" in words(await lan.says("bao jo co giay"))
    for code in (CODE, "H32.17-260226-0009"):
        await lan.says(f"hồ sơ {code}")
        await lan.says("5678")
    assert CODE in words(await lan.says("hs cay xang toi dau r"))
    assert "0009" in words(await lan.says("hồ sơ ga tới đâu rồi"))
    assert len((await lan.says("bao giờ có giấy"))[-1].buttons) == 2
    assert "cạnh mã QR" in words(await lan.says("em quen ma ho so roi"))
    await lan.says("giấy phép bán lẻ rượu cần gì")
    assert library.asked[-1].text == "giấy phép bán lẻ rượu cần gì"
