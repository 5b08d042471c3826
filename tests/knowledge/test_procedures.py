"""A procedure as data: the sample, its plain form, the portal's export, the office's workbook."""

import json
import random
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bot.imports.procedure_template import write_template
from knowledge import fields, procedure_files
from knowledge.procedure_records import OddRecord, plain, procedure
from knowledge.procedure_sheet import Row
from knowledge.procedures import Aspect, ClockRule, Fee, Mark, Paper, Procedure, RoutedTo, TimeLimit, Unit, Variant
from knowledge.readers import Unreadable
from knowledge.vietnamese import nfc

SAMPLE = Path(fields.__file__).parent / "data" / "procedures.jsonl"
# The portal glues the cells of its tables together; this procedure is invented.
PORTAL = {
    "ma_thu_tuc": "9.000001",
    "ten_thu_tuc": "Cấp lại Giấy phép thả diều đêm",
    "so_quyet_dinh": "12/QĐ-BTD",
    "cap_thuc_hien": "Cấp tỉnh",
    "linh_vuc": "Thả diều",
    "co_quan_co_tham_quyen": "Ủy ban nhân dân cấp tỉnh",
    "co_quan_thuc_hien": "Sở Diều",
    "cach_thuc_thuc_hien": "Hình thức nộpThời gianPhí, lệ phíMô tả"
    "Trực tiếp7 Ngày làm việc50,000 Việt Nam ĐồngTrong 07 ngày làm việc kể từ ngày nhận đủ hồ sơ."
    "Trực tuyến7 Ngày làm việc50,000 Việt Nam ĐồngNộp tại Cổng",
    "thanh_phan_ho_so": "--Tên giấy tờMẫu đơn, tờ khaiSố lượngĐơn đề nghị cấp lạiMau 01.docx1 bản chính"
    "Ảnh diều chụp năm 20260 bản chính,2 bản sao"
    "Trường hợp diều có đènTên giấy tờMẫu đơn, tờ khaiSố lượngSơ đồ đèn1 bản chính",
    "can_cu_phap_ly": "Tên văn bản pháp lýMã văn bảnLuật Diều12/2024/QH15"
    "Nghị định 34/2025/NĐ-CP sửa Nghị định 1/2020/NĐ-CP về diều34/2025/NĐ-CP"
    "Thông tư56/2025/TT-BTDThông tư khác7/2026/TT-BTD",
    "ket_qua_xu_ly": "Giấy phép thả diềuMã: KQ.G01.000001Từ khóaKhông có thông tinChọn cơ quan thực hiệnTỉnh",
    "trinh_tu_thuc_hien": "Bước 1: Nộp\n\nBước 2: Nhận",
    "yeu_cau_dieu_kien": "Không có thông tin",
    "doi_tuong_thuc_hien": "Công dân Việt Nam",
}


def sample() -> list[Procedure]:
    return [procedure(json.loads(line)) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]


def rendered(found: Procedure) -> str:
    return " ".join(json.dumps(plain(found), ensure_ascii=False).split())


def test_nothing_of_the_sample_was_only_remembered() -> None:
    for found in sample():
        assert "nhớ" not in nfc(rendered(found)).lower(), found.cited
        assert found.sample
        assert not any(said.mark is Mark.CONFIRMED for said in found.aspects.values())
        assert all(said.source or said.mark is Mark.UNCONFIRMED for said in found.aspects.values())


def test_the_sample_fills_every_field_but_the_one_that_has_none() -> None:
    found = {number for one in sample() for number in one.fields}
    assert found == {field.no for field in fields.fields() if not field.none} == set(range(1, 16))
    assert len(fields.fields()) == 16


def test_what_moved_away_is_routed() -> None:
    routed = {one.routed_to for one in sample()}
    assert {RoutedTo.COMMUNE, RoutedTo.PROVINCIAL_COMMITTEE, None} == routed
    assert all(one.routed_note for one in sample() if one.routed_to)


def test_a_procedure_survives_its_plain_form() -> None:
    for found in sample():
        assert procedure(json.loads(json.dumps(plain(found)))) == found


@pytest.mark.parametrize(
    "odd",
    [
        {"name": ""},
        {"fields": [17]},
        {"fields": "4"},
        {"variant": "x"},
        {"effective_from": "2026-02-30"},
        {"aspects": {"gia": {"lines": ["x"]}}},
        {"aspects": {"le-phi": {"lines": []}}},
        {"aspects": {"le-phi": {"lines": "x"}}},
        {"aspects": {"le-phi": {"lines": [1.5]}}},
        {"aspects": {"thoi-han": {"lines": ["x"], "value": {"value": "NaN", "unit": "hours"}}}},
        {"aspects": {"thoi-han": {"lines": ["x"], "value": {"value": "-1", "unit": "hours"}}}},
        {"aspects": {"thoi-han": {"lines": ["x"], "value": {"value": "5"}}}},
        {"aspects": {"le-phi": {"lines": ["x"], "value": [{"amount": True}]}}},
        {"aspects": {"le-phi": {"lines": ["x"], "value": [{"from_day": "2026-02-02", "to_day": "2026-01-01"}]}}},
        {"aspects": {"trinh-tu": {"lines": ["x"], "value": {"a": 1}}}},
        {"aspects": {"can-cu": {"lines": ["x"], "value": [{}]}}},
        {"aspects": []},
        {"name": ["a"]},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_words(odd: dict[str, Any]) -> None:
    with pytest.raises(OddRecord) as refused:
        procedure({"id": "X", "name": "Cấp giấy", **odd})
    for language in ("vi", "en"):
        assert refused.value.told(language)


def test_a_row_of_the_portal_is_taken_apart() -> None:
    (row,) = procedure_files.read(json.dumps(PORTAL).encode())
    found = row.procedure
    assert found is not None
    assert found.time_limit == TimeLimit(Decimal(7), Unit.WORKING_DAYS)
    assert found.fees == (Fee(50_000),)
    assert found.papers == (
        Paper("Đơn đề nghị cấp lại", 1, 0, "Mau 01.docx"),
        Paper("Ảnh diều chụp năm 2026", 0, 2),
        Paper("Sơ đồ đèn", 1, 0, "", "Trường hợp diều có đèn"),
    )
    assert [text.number for text in found.basis] == ["12/2024/QH15", "34/2025/NĐ-CP", "56/2025/TT-BTD", "7/2026/TT-BTD"]
    assert [way.channel for way in found.ways] == ["Trực tiếp", "Trực tuyến"]
    assert found.aspects[Aspect.RESULT].lines == ("Giấy phép thả diều",)
    assert found.aspects[Aspect.STEPS].lines == ("Bước 1: Nộp", "Bước 2: Nhận")
    assert Aspect.CONDITIONS not in found.aspects
    assert found.variant is Variant.REISSUED
    assert {said.mark for said in found.aspects.values()} == {Mark.SEEN}
    assert found.place(Aspect.FEE) == "9.000001#le-phi"


def test_no_word_of_the_portal_is_lost() -> None:
    (row,) = procedure_files.read(json.dumps(PORTAL).encode())
    assert row.procedure is not None
    said = rendered(row.procedure)
    for words in (
        "Trong 07 ngày làm việc kể từ",
        "Nộp tại Cổng",
        "Sở Diều",
        "Ủy ban nhân dân cấp tỉnh",
        "Công dân Việt Nam",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("source", "count"),
    [
        (json.dumps([PORTAL, PORTAL]), 2),
        (json.dumps({"data": [PORTAL]}, indent=2), 1),
        (json.dumps(PORTAL, indent=2), 1),
        (json.dumps(PORTAL) + "\n\n" + json.dumps(PORTAL), 2),
        ("\ufeff" + json.dumps(PORTAL), 1),
    ],
)
def test_rows_come_as_a_list_or_line_by_line(source: str, count: int) -> None:
    assert [row.procedure is not None for row in procedure_files.read(source.encode())] == [True] * count


@pytest.mark.parametrize(
    "source", [b"", b"xin chao", b"\xff\xfe\x00", b"[1", b"{}", b'{"data": 3}', b"[" * 100_000, b"null"]
)
def test_a_file_that_has_no_rows_is_refused_in_words(source: bytes) -> None:
    with pytest.raises((Unreadable, OddRecord)) as refused:
        list(procedure_files.read(source))
    assert str(refused.value)


def test_odd_rows_are_told_and_the_others_read() -> None:
    lines = [json.dumps(PORTAL), "{", "7", json.dumps({**PORTAL, "ma_thu_tuc": "12"}), json.dumps({"name": "Không mã"})]
    rows = list(procedure_files.read("\n".join(lines).encode()))
    assert [row.problem.why if row.problem else "" for row in rows] == [
        "",
        "bad_line",
        "not_a_table",
        "no_code",
        "no_code",
    ]
    assert [row.line for row in rows] == [1, 2, 3, 4, 5]


def test_a_file_confirms_nothing_and_is_no_sample() -> None:
    said = {"lines": ["x"], "mark": "confirmed", "decision": "7/QĐ", "confirmed_by": "Tôi"}
    record = {"id": "SCT-1", "name": "Cấp giấy", "sample": True, "aspects": {"le-phi": said}}
    (row,) = procedure_files.read(json.dumps(record).encode())
    assert row.procedure is not None
    assert not row.procedure.sample
    fee = row.procedure.aspects[Aspect.FEE]
    assert (fee.mark, fee.decision, fee.confirmed_by) == (Mark.SEEN, None, None)
    assert [note.why for note in row.notes] == ["not_confirmed_here"]


# The office's workbook.


def filled(tmp_path: Path, **tables: list[dict[str, Any]]) -> list[Row]:
    """Fill in the template as a person would, and read it."""

    path = tmp_path / "mau.xlsx"
    write_template(path)
    book = load_workbook(path)
    for name, lines in tables.items():
        sheet = book[{"main": "Thủ tục", "papers": "Giấy tờ", "fees": "Lệ phí", "basis": "Căn cứ"}[name]]
        columns = {str(cell.value).rstrip(" *"): cell.column or 0 for cell in sheet[1]}
        for number, line in enumerate(lines, 2):
            for label, value in line.items():
                sheet.cell(number, columns[label]).value = value
    out = BytesIO()
    book.save(out)
    return list(procedure_files.read(out.getvalue()))


ONE = {"Mã quốc gia": "1.010690", "Phiên bản": 2, "Tên thủ tục": "Cấp giấy A"}


def test_an_empty_template_has_no_rows(tmp_path: Path) -> None:
    assert filled(tmp_path) == []


def test_a_filled_in_workbook_is_read_whole(tmp_path: Path) -> None:
    main = ONE | {
        "Lĩnh vực": "4. Xăng dầu; Hóa chất",
        "Tên thường gọi": "mở cây xăng; giấy cây xăng",
        "Thời hạn": 15,
        "Đơn vị tính thời hạn": "Ngày làm việc",
        "Khi yêu cầu bổ sung": "Tạm dừng",
        "Trình tự": "Bước 1\nBước 2",
        "Người ký": "Giám đốc",
        "Văn bản ủy quyền": "QĐ 5",
        "Ủy quyền đến ngày": "28/02/2027",
        "Nguồn": "QĐ 1/QĐ-UBND",
        "Mức độ chắc chắn": "Đã thấy trong nguồn",
        "Căn cứ pháp lý": "Nghị định 83/2014/NĐ-CP Điều 24",
    }
    papers = [{"Mã thủ tục": "1.010690", "Tên giấy tờ": "Đơn", "Bản chính": 1}, {"Tên giấy tờ": "Ảnh", "Bản sao": 2}]
    fees = [{"Mã thủ tục": 1.01069, "Mức thu": "1.200.000 đ", "Áp dụng đến hết ngày": date(2026, 12, 31)}]
    (row,) = filled(tmp_path, main=[main], papers=papers, fees=fees)
    found = row.procedure
    assert found is not None, row.problem
    assert (found.code, found.version, found.fields) == ("1.010690", "2", (4, 12, 13))
    assert found.time_limit == TimeLimit(Decimal(15), Unit.WORKING_DAYS, ClockRule.PAUSE)
    assert found.papers == (Paper("Đơn", 1), Paper("Ảnh", 0, 2))
    assert found.fees == (Fee(1_200_000, to_day=date(2026, 12, 31)),)
    assert found.authority is not None
    assert (found.authority.signs, found.authority.until) == ("Giám đốc", date(2027, 2, 28))
    assert found.aspects[Aspect.STEPS].lines == ("Bước 1", "Bước 2")
    assert found.basis[0].number == "83/2014/NĐ-CP"
    assert {said.mark for said in found.aspects.values()} == {Mark.SEEN}
    assert all(said.lines for said in found.aspects.values())


def test_excel_drops_the_zero_at_the_end_of_a_code_and_it_comes_back(tmp_path: Path) -> None:
    (row,) = filled(tmp_path, main=[ONE | {"Mã quốc gia": 1.01069}])
    assert row.procedure is not None
    assert row.procedure.code == "1.010690"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"Tên thủ tục": "=HYPERLINK(1)"}, "formula"),
        ({"Tên thủ tục": None}, "no_name"),
        ({"Phiên bản": None}, "no_version"),
        ({"Mã quốc gia": None}, "no_code"),
        ({"Mã quốc gia": "abc"}, "no_code"),
        ({"Mã quốc gia": None, "Mã nội bộ": "a b#c"}, "bad_id"),
        ({"Mã quốc gia": None, "Mã nội bộ": "QĐ-1"}, "bad_id"),
        ({"Lĩnh vực": "Trồng lúa"}, "no_field"),
        ({"Thời hạn": 15}, "no_unit"),
        ({"Thời hạn": "vài"}, "not_a_number"),
        ({"Hiệu lực từ ngày": "30/02/2026"}, "not_a_day"),
        ({"Mức độ chắc chắn": "Chắc"}, "unknown_word"),
    ],
    ids=str,
)
def test_an_odd_row_is_left_out_with_its_reason(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    odd, good = filled(tmp_path, main=[ONE | changes, ONE | {"Mã quốc gia": "1.010691"}])
    assert odd.problem is not None
    assert odd.problem.why == why
    assert str(odd.problem)
    assert good.procedure is not None


def test_a_procedure_with_an_odd_paper_is_left_out_whole(tmp_path: Path) -> None:
    (row,) = filled(tmp_path, main=[ONE], papers=[{"Mã thủ tục": "1.010690", "Tên giấy tờ": "Đơn", "Bản chính": "vài"}])
    assert row.problem is not None
    assert "Giấy tờ" in str(row.problem)
    assert "dòng 2" in str(row.problem)


def test_a_paper_of_no_procedure_is_told(tmp_path: Path) -> None:
    _, stray = filled(tmp_path, main=[ONE], papers=[{"Mã thủ tục": "9.999999", "Tên giấy tờ": "Đơn"}])
    assert (stray.sheet, stray.line, stray.problem.why if stray.problem else "") == ("Giấy tờ", 2, "stray")


def test_a_workbook_of_something_else_is_refused() -> None:
    book, out = Workbook(), BytesIO()
    book.save(out)
    with pytest.raises(OddRecord) as refused:
        list(procedure_files.read(out.getvalue()))
    assert refused.value.why == "no_table"


def outcome(source: bytes) -> str:
    try:
        return str(len(list(procedure_files.read(source))))
    except (Unreadable, OddRecord) as refused:
        return str(refused)


def test_a_damaged_workbook_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    write_template(path)
    whole = path.read_bytes()
    chance = random.Random(7)  # noqa: S311 damage is repeatable, not secret
    for _ in range(40):
        damaged = bytearray(whole[: chance.randrange(4, len(whole))] if chance.random() < 0.3 else whole)
        for _ in range(chance.randrange(1, 30)):
            damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        assert outcome(bytes(damaged))
