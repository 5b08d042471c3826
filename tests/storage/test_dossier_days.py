"""Which day an appointment is on is told in Viet Nam, not in UTC."""

from datetime import datetime

import pytest

from knowledge.workdays import VIETNAM
from storage.dossier_reports import differs


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("due", "computed", "another"),
    [
        ("11/03/2026 00:00", "11/03/2026 17:00", False),
        ("11/03/2026 06:30", "11/03/2026 23:59", False),
        ("11/03/2026 23:59", "12/03/2026 07:00", True),
        ("11/03/2026 17:00", "12/03/2026 03:00", True),
        ("31/12/2026 17:00", "01/01/2027 05:00", True),
        ("29/02/2028 07:00", "29/02/2028 17:00", False),
    ],
)
def test_an_appointment_differs_by_its_day_and_not_by_its_hours(due: str, computed: str, *, another: bool) -> None:
    assert differs(at(due), at(computed)) is another
