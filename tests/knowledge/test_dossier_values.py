"""Cells of exports as systems really write them."""

from datetime import datetime, time
from decimal import Decimal

import pytest

from knowledge.dossier_values import moment, term
from knowledge.workdays import VIETNAM, Term, TermUnit

FIVE = time(17)


@pytest.mark.parametrize(
    "written",
    ["01/01/0001 00:00:00", "0001-01-01T00:00:00", "1900-01-01", "00/00/0000", "-", "N/A", "null", "Chưa có", 0],
)
def test_what_systems_write_into_an_empty_cell_is_no_day(written: object) -> None:
    assert moment(written, at=FIVE) is None


@pytest.mark.parametrize(
    "written",
    [
        *("2026-11-24 10:00:00+00:00", "2026-11-24 10:00:00Z", "2026-11-24T10:00:00.0000000Z", "20261124T100000Z"),
        *("2026-11-24 17:00:00.1234567 +07:00", "2026-11-24T17:00:00+0700", "2026-11-24 17:00+07"),
        *(1795514400, 1795514400000, "1795514400000", "/Date(1795514400000)/", "/Date(1795514400000+0700)/"),
        *("24-Nov-2026", "24 November 2026 17:00", "Nov 24, 2026 5:00 PM", "24-Nov-26"),
    ],
)
def test_a_moment_means_the_same_whatever_system_wrote_it(written: object) -> None:
    found = moment(written, at=FIVE)
    assert found is not None
    assert found.replace(microsecond=0) == datetime(2026, 11, 24, 17, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("written", "lasts"),
    [
        ("15 ngày làm việc (120 giờ)", Term(15)),
        ("120 giờ (15 ngày làm việc)", Term(Decimal(15))),
        ("5 ngày (40 giờ)", Term(5, TermUnit.CALENDAR_DAYS)),
        ("02 (hai) ngày làm việc", Term(2)),
        ("Không quá 03 ngày làm việc kể từ ngày nhận đủ hồ sơ", Term(3)),
        ("10 ngày, trong đó Sở 7 ngày", Term(10, TermUnit.CALENDAR_DAYS)),
        ("2 tuần", Term(14, TermUnit.CALENDAR_DAYS)),
        ("8h", Term(Decimal(1))),
        ("4 giờ làm việc", Term(Decimal("0.5"))),
        ("nửa ngày", Term(Decimal("0.5"))),
        ("Ngay trong ngày làm việc", Term(0)),
        ("7", Term(7)),
        (7.0, Term(7)),
        ("-", None),
    ],
)
def test_the_number_of_a_term_goes_with_its_own_unit(written: object, lasts: Term | None) -> None:
    assert term(written, unit=TermUnit.WORKING_DAYS) == lasts


@pytest.mark.parametrize(
    "written", ["1 tháng", "30 phút", "5-7 ngày", "Từ 5 đến 7 ngày", "1 năm", "Không quy định", "-3"]
)
def test_a_term_in_other_units_is_not_counted(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        term(written, unit=TermUnit.WORKING_DAYS)
