from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from docx import Document

from knowledge.apology import Apology, drafted
from knowledge.official_forms import FormKey, form

LATE = Apology(
    office="Sở Công Thương tỉnh Khánh Hòa",
    superior="Ủy ban nhân dân tỉnh Khánh Hòa",
    place="Khánh Hòa",
    code="H32.17-261102-0412",
    procedure="Cấp Giấy chứng nhận <đủ> điều kiện & bán lẻ",
    applicant="Công ty A & B\x0b",
    received=datetime(2026, 11, 2, 2, tzinfo=UTC),
    due=datetime(2026, 11, 30, 10, tzinfo=UTC),
    reason="cần lấy ý kiến",
    again=datetime(2026, 12, 4, 10, tzinfo=UTC),
    last_day=date(2026, 11, 27),
)
BLANK = replace(LATE, applicant=None, received=None, reason=None, again=None, last_day=None)


def said(apology: Apology, day: date = date(2026, 11, 25)) -> str:
    letter = Document(BytesIO(drafted(apology, form(FormKey.APOLOGY, day))))
    cells = [cell.text for table in letter.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(paragraph.text for paragraph in letter.paragraphs)])


def test_the_letter_says_which_dossier_was_promised_when_and_when_it_will_be() -> None:
    letter = said(LATE)
    for words in (
        "Ngày 2/11/2026, Sở Công Thương tỉnh Khánh Hòa đã tiếp nhận hồ sơ",
        "“Cấp Giấy chứng nhận <đủ> điều kiện & bán lẻ”; mã hồ sơ: H32.17-261102-0412.",
        "Kính gửi: Công ty A & B\n",
        "Thời gian hẹn trả kết quả: 17:00 ngày 30/11/2026.",
        "Lý do: cần lấy ý kiến.",
        "vào 17:00 ngày 4/12/2026.",
        "phải ký và gửi chậm nhất ngày 27/11/2026",
    ):
        assert words in letter


def test_what_is_not_known_is_left_blank_for_the_officer() -> None:
    letter = said(BLANK)
    assert "None" not in letter
    assert "Lý do: …" in letter
    assert "vào …… giờ ……" in letter


@pytest.mark.parametrize(
    ("day", "name", "unread"),
    [
        (date(2025, 6, 30), "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ", False),
        (date(2025, 7, 1), "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT", True),
    ],
)
def test_the_form_is_the_one_of_its_day_and_says_when_nobody_has_read_the_circular(
    day: date, name: str, *, unread: bool
) -> None:
    letter = said(LATE, day)
    assert name in letter
    assert ("chưa đối chiếu" in letter) is unread


def test_before_the_first_circular_the_letter_goes_without_a_form() -> None:
    assert form(FormKey.APOLOGY, date(2017, 1, 1)) is None
    assert "THƯ XIN LỖI" in said(LATE, date(2017, 1, 1))


@pytest.mark.parametrize("key", FormKey)
def test_every_form_has_one_number_today(key: FormKey) -> None:
    assert form(key, date(2026, 11, 22)) is not None
