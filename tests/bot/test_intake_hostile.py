"""Exports as people make them: two sheets, heads of two lines, dates in every spelling, a power cut in the middle."""

import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from storage import Store
from storage.dossiers import Dossier
from tests.conftest import NOW
from tests.dossiers import CODE, OTHER, imported, imported_file, row

LATER = NOW + timedelta(hours=1)
HEAD = ("Mã hồ sơ", "Trạng thái", "Chủ hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả")
DAYS = ("25/02/2026 09:15", "11/03/2026 16:30")


def line(code: str = CODE, status: str = "Đang xử lý") -> tuple[str, ...]:
    return code, status, "Lê A", *DAYS


def book(*sheets: Sequence[Sequence[Any]], merged: Sequence[str] = (), hidden: int = -1) -> bytes:
    made = Workbook()
    for number, lines in enumerate(sheets):
        sheet = made.create_sheet() if number else made.active
        assert sheet is not None
        for one in lines:
            sheet.append(list(one))
        for cells in merged:
            sheet.merge_cells(cells)
        if number == hidden:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


async def taken(store: Store, content: bytes, name: str = "x.xlsx") -> dict[str, Dossier]:
    report = await imported_file(store, name, content, at=NOW)
    assert set(report.counts) == {"new"}, dict(report.counts)
    async with store.reading() as tx:
        return {dossier.code: dossier for dossier in await tx.scalars(select(Dossier))}


async def test_a_head_of_two_lines_with_merged_cells_is_one(sqlite_store: Store) -> None:
    lines = [
        ("SỞ CÔNG THƯƠNG",),
        (),
        ("STT", "Mã hồ sơ", "Trạng thái", "Chủ hồ sơ", "Thời gian", None),
        (None, None, None, None, "Ngày tiếp nhận", "Ngày hẹn trả"),
        (1, *line()),
        (),
        (2, *line(OTHER)),
    ]
    merged = ("A1:F1", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3")
    found = await taken(sqlite_store, book(lines, merged=merged))
    assert found.keys() == {CODE, OTHER}
    assert found[OTHER].due_at == datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


async def test_names_above_a_fuller_second_line_are_not_lost(sqlite_store: Store) -> None:
    lines = [("Mã hồ sơ", "Chi tiết", None, None, None), (None, *HEAD[1:]), line()]
    found = await taken(sqlite_store, book(lines, merged=("A1:A2", "B1:E1")))
    assert found[CODE].applicant == "Lê A"


async def test_every_sheet_with_the_same_columns_is_read_and_no_other(sqlite_store: Store) -> None:
    guide, sums = [("Hướng dẫn",), ("Chọn cột",)], [("Lĩnh vực", "Số hồ sơ"), ("Hóa chất", 12)]
    hidden = [HEAD, line("H32.17-260226-000999")]
    content = book(guide, [HEAD, line()], sums, hidden, [HEAD, line(OTHER)], hidden=3)
    assert (await taken(sqlite_store, content)).keys() == {CODE, OTHER}


async def test_a_head_that_is_printed_on_every_page_is_no_dossier(sqlite_store: Store) -> None:
    assert (await taken(sqlite_store, book([HEAD, line(), HEAD, line(OTHER)]))).keys() == {CODE, OTHER}


@pytest.mark.parametrize(
    "written",
    [
        *(
            "11/03/2026 16h30",
            "16h30 ngày 11/03/2026",
            "11-03-2026 16:30:00",
            "11.3.26 4:30 CH",
            "11/03/2026 04:30:00 PM",
        ),
        *("2026-03-11T16:30:00+07:00", "2026-03-11T09:30:00Z", "20260311163000", "46092,6875", "11/03/2026 16g30"),
        *("11 tháng 3 năm 2026, 16 giờ 30", 46092.6875, datetime(2026, 3, 11, 16, 30)),  # noqa: DTZ001 sheets have no zones
    ],
)
async def test_a_moment_is_read_however_it_is_written(sqlite_store: Store, written: Any) -> None:
    found = await taken(sqlite_store, book([HEAD, (*line()[:4], written)]))
    assert found[CODE].due_at == datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["11/03/2026", "11/03/2026 00:00", "2026-03-11T00:00:00", "2026-03-10T17:00:00Z", 46092]
)
async def test_a_day_alone_ends_with_the_office_hours_and_not_at_midnight(sqlite_store: Store, written: Any) -> None:
    found = await taken(sqlite_store, book([HEAD, (*line()[:4], written)]))
    assert found[CODE].due_at == datetime(2026, 3, 11, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("written", ["03/13/2026", "29/02/2027", "31/04/2026", "11/03/1926", "sớm", "#N/A"])
async def test_a_day_that_is_none_is_reported_and_not_guessed(sqlite_store: Store, written: str) -> None:
    report = await imported_file(sqlite_store, "x.xlsx", book([HEAD, (*line()[:4], written), line(OTHER)]), at=NOW)
    assert dict(report.counts) == {"due_at": 1, "new": 1}


async def test_one_code_in_several_spellings_is_one_dossier_and_the_rest_is_reported(sqlite_store: Store) -> None:
    lines = [
        HEAD,
        line(),
        line(CODE.lower(), "Đã xử lý xong"),
        line(f" {CODE.replace('-', ' - ')} "),
        line(OTHER, "Đang xử lý, Đã trả"),
    ]
    report = await imported_file(sqlite_store, "x.xlsx", book(lines), at=NOW)
    assert dict(report.counts) == {"new": 1, "duplicate": 2, "bad_status": 1}
    again = await imported_file(sqlite_store, "x.xlsx", book([HEAD, line(CODE.lower())]), at=LATER, whole=False)
    assert dict(again.counts) == {"unchanged": 1}


async def test_an_export_without_a_row_changes_nothing(sqlite_store: Store) -> None:
    await imported(sqlite_store, row(), at=NOW)
    report = await imported_file(sqlite_store, "x.xlsx", book([HEAD]), at=LATER)
    assert report.lines == []
    async with sqlite_store.reading() as tx:
        assert (await tx.scalars(select(Dossier.vanished_at))).all() == [None]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: {"response": {"ok": True, "ketQua": {"trang": 1, "danhSachHoSoTraVe": [one]}}},
        lambda one: {"status": 200, "data": [one]},
        lambda one: {"errors": [], "tags": ["a"], "status": "OK", "result": {"total": 1, "content": [one]}},
        lambda one: one,
    ],
)
async def test_the_list_of_an_answer_is_found_by_what_it_is(
    sqlite_store: Store, wrap: Callable[[Any], dict[str, Any]]
) -> None:
    one = {"maHoSo": CODE, "status": 4, "lichSu": [{"buoc": "x"}], "chuHoSo": {"ten": "Lê A"}}
    assert (await taken(sqlite_store, json.dumps(wrap(one)).encode(), "x.json"))[CODE].status == 4
