"""What people type in a dossier's code's place, and where they go on from it."""

from datetime import timedelta

import pytest

from storage import Store
from tests.cast import Clock, House, Papers, words
from tests.dossiers import CODE, OTHER, imported, row
from tests.handlers.test_dossier import everything_stored, filed, opened

__all__ = ["filed"]


@pytest.mark.usefixtures("filed")
async def test_whoever_wants_to_follow_is_asked_for_the_proof_and_then_follows(house: House) -> None:
    lan = await house.citizen()
    assert "4 số cuối" in words(await lan.says(f"theo dõi {CODE}"))
    assert "Chưa tra được" in words(await lan.says("1111"))
    followed = words(await lan.says("5678"))
    assert "Đang theo dõi" in followed
    assert "Đang xử lý" in followed
    assert "Đã thôi theo dõi" in words(await lan.says("bỏ theo dõi"))


@pytest.mark.usefixtures("filed")
async def test_of_two_codes_in_one_message_the_other_is_a_press_away(house: House) -> None:
    lan = await house.citizen()
    said = await lan.says(f"cho hỏi {CODE} và {OTHER} tới đâu rồi ạ")
    assert CODE in words(said)
    assert "4 số cuối" in words(said)
    button = next(button for one in said for button in one.buttons)
    assert OTHER in words(await lan.presses(button))
    assert "Công ty TNHH Biển Xanh" in words(await lan.says("4567"))
    assert len(await lan.says(f"hs {CODE} {CODE}")) == 1


@pytest.mark.usefixtures("filed")
@pytest.mark.parametrize(
    "typed", ["H32.17-260226-41", "000.00.17.h32-26022-0001 tới đâu rồi", "H32.17-260226-00041212", "hồ sơ số 0001"]
)
async def test_a_code_with_a_slip_is_said_to_be_none(house: House, library: Papers, typed: str) -> None:
    assert "chưa phải mã hồ sơ" in words(await (await house.citizen()).says(typed))
    assert not library.asked


@pytest.mark.usefixtures("filed")
async def test_digits_that_nobody_asked_for_stand_in_no_record(house: House, store: Store, library: Papers) -> None:
    lan = await house.citizen()
    assert "mã hồ sơ" in words(await lan.says("5678"))
    await lan.says(f"hồ sơ {CODE}")
    await lan.says("hủy")
    assert "không được lưu" in words(await lan.says("0912 345 678"))
    assert not library.asked
    stored = await everything_stored(store) + str(lan.receipts)
    assert "678" not in stored


@pytest.mark.usefixtures("filed")
@pytest.mark.parametrize("typed", ["tra cuu ho so 2.000674 toi dau roi", "mã hồ sơ của tôi là 2.000674"])
async def test_a_procedures_code_in_a_dossiers_place_is_explained(house: House, typed: str) -> None:
    assert "mã thủ tục" in words(await (await house.citizen()).says(typed))


@pytest.mark.usefixtures("filed")
async def test_what_a_procedure_needs_is_a_question_though_its_code_stands_there(house: House, library: Papers) -> None:
    await (await house.citizen()).says("hồ sơ 2.000674 gồm những gì")
    assert "mã thủ tục" not in str(library.asked)


async def test_what_has_ended_has_no_appointment_and_every_list_says_as_of_when(house: House, clock: Clock) -> None:
    rows = [row(code=f"H32.17-260226-00010{n}", status=status) for n, status in enumerate(("Đã rút", "Từ chối"))]
    await imported(house.store, row(), *rows, at=clock() - timedelta(hours=2))
    lan = await house.citizen()
    for code in ("H32.17-260226-000100", "H32.17-260226-000101"):
        shown = await opened(lan, code=code)
        assert "Hẹn trả" not in shown
    listed = await lan.says("hồ sơ")
    assert "Theo dữ liệu lúc" in words(listed)
    assert not [button for button in listed[-1].buttons if "hẹn" in button.text]
    assert "Theo dữ liệu lúc" in words(await lan.says("giấy tờ H32.17-260226-000100"))
    assert "Theo dữ liệu lúc" in words(await lan.says("lịch sử hồ sơ H32.17-260226-000100"))


async def test_old_data_are_called_old_and_nobody_late_by_them(house: House, clock: Clock) -> None:
    await imported(house.store, row(), at=clock() - timedelta(hours=2))
    lan = await house.citizen()
    assert "lâu không được cập nhật" not in await opened(lan)
    clock.waits(days=30)
    shown = words(await lan.says("hồ sơ"))
    assert "lâu không được cập nhật" in shown
    assert "Theo dữ liệu lúc" in shown
    assert "Đã quá ngày hẹn" not in shown
    await imported(house.store, row(), at=clock())
    shown = words(await lan.says("hồ sơ"))
    assert "Đã quá ngày hẹn" in shown
    assert "lâu không được cập nhật" not in shown


@pytest.mark.parametrize(
    ("cell", "typed"),
    [
        ("0912345678; 0987654321", "0912345678"),
        ("0912.345.678 - 0987.654.321", "0912 345 678"),
        ("0912345678/0987654321", "5678"),
        ("0912345678 0987654321", "+84912345678"),
        ("912345678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
    ],
)
async def test_a_phone_is_known_however_its_cell_was_filled(house: House, clock: Clock, cell: str, typed: str) -> None:
    await imported(house.store, row(phone=cell, personal_id=""), at=clock() - timedelta(hours=2))
    assert "Đang xử lý" in await opened(await house.citizen(), proof=typed)
