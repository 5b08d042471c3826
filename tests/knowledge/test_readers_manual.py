import json
from pathlib import Path

import pytest

from knowledge.readers import READERS, Reading, read
from knowledge.readers.manual import ManualReader

TESTS = Path(__file__).parent.parent
MANUAL = TESTS.parent / "knowledge" / "data" / "so-tay-chat-luong.md"
CLAUSES: dict[str, dict[str, str]] = json.loads((TESTS / "data" / "clauses.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def manual() -> Reading:
    return read(MANUAL.name, MANUAL.read_bytes())


def test_the_manual_names_itself(manual: Reading) -> None:
    assert (manual.code, manual.title) == ("STCL", "Sổ tay chất lượng")


def test_the_manual_has_the_places_of_the_reference_in_order(manual: Reading) -> None:
    assert [place.id for place in manual.places] == list(CLAUSES)


@pytest.mark.parametrize("place", CLAUSES)
def test_a_clause_reads_as_the_reference_has_it(manual: Reading, place: str) -> None:
    found = next(p for p in manual.places if p.id == place)
    assert {"title": found.title, "text": found.text} == CLAUSES[place]


def test_what_a_person_has_to_look_at_is_said(manual: Reading) -> None:
    assert manual.warnings == (
        "Có hai đề mục cùng mang số 1.2; mục đứng sau được đặt tên theo tiêu đề.",
        "Mục 1.2.1 (Sơ đồ tổ chức:) không có nội dung chữ; có thể là hình ảnh không đọc được.",
        "Phụ lục PL01, PL02, PL03, PL04 chỉ được nhắc tên, không có nội dung trong tệp này.",
    )


@pytest.mark.parametrize("source", [b"\xef\xbb\xbf" + MANUAL.read_bytes(), MANUAL.read_bytes().replace(b"\n", b"\r\n")])
def test_how_the_manual_was_saved_changes_nothing(manual: Reading, source: bytes) -> None:
    assert read("stcl.txt", source).places == manual.places


def test_a_page_break_anywhere_in_a_sentence_cuts_no_clause(manual: Reading) -> None:
    text = MANUAL.read_text(encoding="utf-8")
    cut = text.replace("xem cơ quan có đáp ứng được", "xem cơ quan</p>\n\n\t<p>có đáp ứng được")
    repeated = cut.replace(
        "\n\n\t<p>có đáp", "\n\nĐiều khoản tiêu chuẩn TCVN ISO 9001:2015\tTài liệu viện dẫn\n\t<p>có đáp"
    )
    assert text != cut != repeated
    assert read("stcl.md", cut.encode()).places == manual.places
    assert read("stcl.md", repeated.encode()).places == manual.places


def test_every_reader_is_in_the_list_and_the_manual_has_its_own() -> None:
    assert any(isinstance(reader, ManualReader) for reader in READERS)
    assert ManualReader().reads(MANUAL.name, MANUAL.read_bytes())
    assert not ManualReader().reads("a.md", "# Quy trình\n\n1. Mục đích".encode())
