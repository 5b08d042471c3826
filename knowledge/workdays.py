"""Days as the Department counts them. Pure: no clock, no store."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def today(now: datetime) -> date:
    """Return the day in Viet Nam at the aware moment `now`: until 07:00 there it is still yesterday in UTC."""
    if now.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return now.astimezone(VIETNAM).date()
