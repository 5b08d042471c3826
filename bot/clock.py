"""The clock: the one place where the time of day is read. Everybody else is handed a moment."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one home of the clock
