"""Days and terms as people say them."""

from datetime import date
from decimal import Decimal

import pytest

from knowledge.day_words import day_meant, term_meant
from knowledge.workdays import Term, TermUnit

SUNDAY = date(2026, 11, 22)
H, C = TermUnit.HOURS, TermUnit.CALENDAR_DAYS


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("hôm nay", "2026-11-22"),
        ("Mai", "2026-11-23"),
        ("ngày kia", "2026-11-24"),
        ("hôm qua", "2026-11-21"),
        ("thứ bảy", "2026-11-28"),
        ("t7", "2026-11-28"),
        ("thứ 2 tuần sau", "2026-11-23"),
        ("chủ nhật", "2026-11-22"),
        ("cn tuần sau", "2026-11-29"),
        ("24/11", "2026-11-24"),
        ("ngày 24 tháng 11 năm 2027", "2027-11-24"),
        ("24-11-26", "2026-11-24"),
        ("24.11.2026", "2026-11-24"),
        ("2026-11-24", "2026-11-24"),
        ("2/1", "2027-01-02"),
        ("29/2", "2028-02-29"),
        ("tomorrow", "2026-11-23"),
        ("on Tuesday", "2026-11-24"),
        ("24th November", "2026-11-24"),
    ],
)
def test_a_day_is_understood(said: str, day: str) -> None:
    assert day_meant(said, SUNDAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "said", ["", "31/2", "29/2/2027", "0/0", "32/1", "chị Mai", "13/13", "hôm nào", "24/11/0", "x 24/11"]
)
def test_what_is_no_day_is_none(said: str) -> None:
    assert day_meant(said, SUNDAY) is None


@pytest.mark.parametrize(
    ("said", "term"),
    [
        ("5 ngày làm việc", Term(5)),
        ("05 (năm) ngày làm việc kể từ ngày nhận đủ hồ sơ", Term(5)),
        ("không quá 30 ngày", Term(30, C)),
        ("8 giờ làm việc", Term(8, H)),
        ("4h", Term(4, H)),
        ("nửa ngày", Term(Decimal("0.5"))),
        ("1/2 ngày làm việc", Term(Decimal("0.5"))),
        ("0,5 ngày", Term(Decimal("0.5"))),
        ("2 ngày rưỡi", Term(Decimal("2.5"))),
        ("3 buổi", Term(Decimal("1.5"))),
        ("3 ngay lam viec", Term(3)),
        ("trong ngày", Term(0)),
        ("3 working days", Term(3)),
    ],
)
def test_a_term_is_understood(said: str, term: Term) -> None:
    found = term_meant(said)
    assert found is not None
    assert found[0] == term


def test_what_stands_beside_a_term_is_left() -> None:
    found = term_meant("5 ngày làm việc kể từ 20/11")
    assert found == (Term(5), "ke tu 20/11")
    assert term_meant("ngày 20/11") is None
    assert term_meant("lệ phí bao nhiêu") is None
    with pytest.raises(ValueError, match="no term"):
        term_meant("99999 ngày")
