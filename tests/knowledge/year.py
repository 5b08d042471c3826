"""The calendar that every new store begins with, for tests that need no store."""

from datetime import datetime
from importlib import import_module

from knowledge.marked_days import MarkedDay
from knowledge.workdays import VIETNAM, Calendar

_seed = import_module("storage.migrations.versions.0006_calendar")

CALENDAR = Calendar.of(
    MarkedDay(row["day"], working=row["kind"] == "work", name=row["name"], confirmed=row["confirmed"])
    for row in [*_seed._off(), *_seed._work()]
)


def at(text: str) -> datetime:
    """A moment by the clock of Viet Nam: "2026-11-20 16:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)
