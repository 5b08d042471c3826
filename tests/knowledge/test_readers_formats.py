"""What other software wrote (tests/data/formats) reads as the original does."""

import json
from pathlib import Path

import pytest

from knowledge.readers import Reading, read

TESTS = Path(__file__).parent.parent
FORMATS = TESTS / "data" / "formats"
CLAUSES: dict[str, dict[str, str]] = json.loads((TESTS / "data" / "clauses.json").read_text(encoding="utf-8"))


def reading(name: str) -> Reading:
    return read(name, (FORMATS / name).read_bytes())


@pytest.fixture(scope="module", params=["so-tay.docx", "so-tay.pdf", "so-tay.html"])
def manual(request: pytest.FixtureRequest) -> Reading:
    return reading(request.param)


@pytest.fixture(scope="module", params=["quy-che.docx", "quy-che.pdf", "quy-che.html"])
def regulation(request: pytest.FixtureRequest) -> Reading:
    return reading(request.param)


def test_the_manual_has_the_places_of_the_original_in_order(manual: Reading) -> None:
    assert [place.id for place in manual.places] == list(CLAUSES)


def test_every_clause_says_what_the_original_says(manual: Reading) -> None:
    told = {place.id: (place.title.split(), place.text.split()) for place in manual.places}
    assert told == {name: (clause["title"].split(), clause["text"].split()) for name, clause in CLAUSES.items()}


def test_nearly_every_line_ends_where_it_does_in_the_original(manual: Reading) -> None:
    """Of a PDF one paragraph is parted otherwise: a page break stands where only the sense tells."""
    assert sum(place.text != CLAUSES[place.id]["text"] for place in manual.places) <= 1


def test_the_manual_names_itself_and_warns_as_the_original(manual: Reading) -> None:
    assert (manual.code, manual.title) == ("STCL", "Sổ tay chất lượng")
    assert [warning.split()[0] for warning in manual.warnings] == ["Có", "Mục", "Phụ"]


def test_a_regulation_has_its_chapters_articles_numbers_bullets_and_table(regulation: Reading) -> None:
    assert (regulation.code, regulation.title, regulation.warnings) == ("QC-07", "QUY CHẾ TIẾP CÔNG DÂN", ())
    assert {place.id: (place.title, place.text) for place in regulation.places} == {
        "quy-che-tiep-cong-dan": ("QUY CHẾ TIẾP CÔNG DÂN", "Mã hiệu: QC-07"),
        "chuong-i": ("Chương I. QUY ĐỊNH CHUNG", ""),
        "dieu-1": (
            "Điều 1. Phạm vi",
            (
                "Quy chế này áp dụng cho:\n1. Phòng tiếp công dân của Sở;\n2. Văn phòng Sở, gồm:\n"
                "- bộ phận văn thư;\n- bộ phận một cửa."
            ),
        ),
        "dieu-2": (
            "Điều 2. Thời hạn",
            (
                "Thời hạn trả lời được tính như sau và được ghi trong phiếu hẹn giao cho người nộp đơn ngay khi "
                "tiếp nhận, kể cả khi đơn được gửi qua đường bưu chính:\n"
                "a) Đơn thường: 10 ngày làm việc;\nb) Đơn phức tạp: 20 ngày làm việc.\n"
                "Loại | Lệ phí | Nơi nộp\nCấp mới | 200.000 đ | Một cửa\nCấp lại | | Trực tuyến"
            ),
        ),
        "chuong-ii": ("Chương II. TỔ CHỨC THỰC HIỆN", ""),
        "dieu-3": ("Điều 3. Hiệu lực", "Quy chế có hiệu lực từ ngày ký."),
    }


@pytest.mark.parametrize("name", ["quy-che-vntime.docx", "quy-che-vntime.html"])
def test_a_document_in_an_old_font_says_the_same_and_shows_a_sample(name: str) -> None:
    old, new = reading(name), reading("quy-che.docx")
    assert [place.id for place in old.places] == [place.id for place in new.places]
    assert {place.id: place.text for place in old.places} == {place.id: place.text for place in new.places}
    (warning,) = old.warnings
    assert "TCVN3" in warning
    assert "Thời hạn trả lời được tính như sau" in warning


def test_a_row_of_a_workbook_is_a_place_named_after_the_number_beside_it() -> None:
    found = reading("danh-muc.xlsx")
    assert (found.code, found.title, found.warnings) == ("DM-01", "DANH MỤC THỦ TỤC HÀNH CHÍNH", ())
    assert [(place.id, place.title) for place in found.places] == [
        ("mo-dau", "danh-muc"),
        ("dong-4", "Cấp giấy phép bán lẻ rượu"),
        ("dong-5", "Cấp lại giấy phép, do mất"),
        ("dong-7", "Gia hạn giấy phép"),
    ]
    assert found.places[1].text == (
        "STT: 1\nTên thủ tục: Cấp giấy phép bán lẻ rượu\nThời hạn (ngày): 10\nLệ phí: 200000\nNgày ban hành: 28/03/2026"
    )


@pytest.mark.parametrize("name", ["so-tay.pdf", "so-tay.docx", "so-tay.html", "danh-muc.xlsx"])
def test_a_file_is_known_by_its_content_whatever_it_is_called(name: str) -> None:
    assert read("tai-lieu", (FORMATS / name).read_bytes()).places == reading(name).places or name.endswith("xlsx")
