"""`troly import procedures` and `troly template procedures`, as an office uses them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.__main__ import main
from tests.bot.conftest import Troly

ONE = {
    "id": "SCT-1",
    "code": "2.009001",
    "name": "Cấp Giấy phép thả diều",
    "version": "1",
    "aspects": {"le-phi": {"lines": ["70.000 đồng"], "mark": "seen", "source": "QĐ 1"}},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office, made once."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TROLY_DATA", str(folder))
        patched.setenv("TROLY_DENSE__ENABLED", "false")
        patched.delenv("TROLY_STORE__URL", raising=False)
        assert main(["ask", "xin chào"]) == 0
    return folder


@pytest.fixture
def office(troly: Troly, made: Path, tmp_path: Path) -> Troly:
    shutil.copytree(made, tmp_path / "data")
    return troly


def file(folder: Path, *rows: dict[str, Any]) -> str:
    path = folder / "danh-muc.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return str(path)


def test_what_is_imported_answers(office: Troly, tmp_path: Path) -> None:
    code, said, _ = office("import", "procedures", file(tmp_path, ONE))
    assert code == 0
    assert "dòng 1 · 2.009001 · mới · Cấp Giấy phép thả diều" in said
    assert "70.000" in office("ask", "lệ phí cấp giấy phép thả diều")[1]


def test_the_same_file_again_changes_nothing(office: Troly, tmp_path: Path) -> None:
    office("import", "procedures", file(tmp_path, ONE))
    code, said, _ = office("import", "procedures", file(tmp_path, ONE))
    assert code == 0
    assert "1 không đổi" in said


def test_a_dry_run_writes_nothing(office: Troly, tmp_path: Path) -> None:
    code, said, _ = office("import", "procedures", file(tmp_path, ONE), "--dry-run")
    assert code == 0
    assert "Xem thử (chưa ghi gì): 1 mới" in said
    assert "70.000" not in office("ask", "lệ phí cấp giấy phép thả diều")[1]


def test_odd_rows_are_told_and_do_not_stop_the_others(office: Troly, tmp_path: Path) -> None:
    odd: list[dict[str, Any]] = [
        {"name": "Không mã"},
        {**ONE, "id": "SCT-2", "code": "2.009002", "version": "mới"},
        {**ONE, "version": "0.9"},
    ]
    code, said, _ = office("import", "procedures", file(tmp_path, ONE, *odd))
    assert code == 1
    assert "1 mới; 1 cũ hơn, bỏ qua; 2 lỗi, bỏ qua" in said
    assert "danh mục đã có phiên bản 1 mới hơn" in said


def test_the_report_is_a_workbook_in_which_nothing_is_a_formula(office: Troly, tmp_path: Path) -> None:
    report = tmp_path / "bao-cao.xlsx"
    evil = {**ONE, "name": '=HYPERLINK("http://x")'}
    office("import", "procedures", file(tmp_path, evil, {"name": "x"}), "--report", str(report))
    sheet = load_workbook(report).active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]][:5] == ["Trang", "Dòng", "Mã", "Phiên bản", "Kết quả"]
    assert [row[4].value for row in rows[1:]] == ["mới", "lỗi, bỏ qua"]
    assert all(cell.data_type != "f" for row in rows for cell in row)


def test_an_export_without_versions_takes_the_one_it_is_given(office: Troly, tmp_path: Path) -> None:
    rows = file(tmp_path, {**ONE, "version": ""})
    assert office("import", "procedures", rows, "--version", "2026-11-22")[0] == 0
    older = file(tmp_path, {**ONE, "version": "", "name": "Cấp Giấy phép diều cũ"})
    assert "1 cũ hơn" in office("import", "procedures", older, "--version", "2025-11-22")[1]
    assert "phiên bản 2026-11-22" in office("ask", "lệ phí cấp giấy phép thả diều")[1]


def test_the_template_is_written_once_and_can_be_imported(office: Troly, tmp_path: Path) -> None:
    path = str(tmp_path / "mau.xlsx")
    assert office("template", "procedures", path)[0] == 0
    code, _, error = office("template", "procedures", path)
    assert code == 2
    assert "--force" in error
    code, said, _ = office("import", "procedures", path)
    assert code == 0
    assert "không có dòng nào" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "procedures", "khong-co.xlsx"), "Không có tệp"),
        (("import", "procedures", "README.md"), "không phải tệp Excel"),
        (("template", "procedures", "mau.doc"), "kết thúc bằng .xlsx"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(office: Troly, words: tuple[str, ...], said: str) -> None:
    code, _, error = office(*words)
    assert code == 2
    assert said in error


def test_an_unknown_kind_is_refused(office: Troly) -> None:
    with pytest.raises(SystemExit):
        main(["import", "dieu", "x.xlsx"])


def test_only_staff_import_in_their_name(office: Troly, tmp_path: Path) -> None:
    assert office("import", "procedures", file(tmp_path, ONE), "--as", "Ông Không")[0] == 2
    assert office("import", "procedures", file(tmp_path, ONE), "--as", "Cán bộ mẫu")[0] == 0


def test_what_the_office_finds_out_about_a_text_is_said_with_the_answer(office: Troly) -> None:
    said = ("--standing", "replaced", "--replaced-by", "Nghị định 1/2027/NĐ-CP", "--source", "Công báo")
    assert office("law", "set", "83/2014/NĐ-CP", *said, "--as", "Cán bộ mẫu")[0] == 0
    assert "1/2027/NĐ-CP" in office("law", "list", "--stale")[1]
    assert "Nghị định 1/2027/NĐ-CP" in office("ask", "căn cứ pháp lý mở cây xăng")[1]
    assert office("law", "set", "83/2014/NĐ-CP", *said, "--as", "Quản trị mẫu")[0] == 2
