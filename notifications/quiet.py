"""Quiet hours: when nobody is to be woken by what can wait until the morning."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self

from knowledge.workdays import VIETNAM


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `begins` to `ends` by the clock of Viet Nam, across midnight too; the same twice: never."""

    begins: time
    ends: time

    @classmethod
    def read(cls, text: str) -> Self:
        """Read "21:00-06:00"; "" means none. Raises ValueError."""
        if not text.strip():
            return cls(time(), time())
        begins, dash, ends = text.partition("-")
        if not dash:
            raise ValueError("quiet hours are written as 21:00-06:00")
        return cls(time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip()))

    def holds(self, now: datetime) -> bool:
        """Tell whether it is quiet at this aware moment."""
        at = now.astimezone(VIETNAM).time()
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends

    def over(self, now: datetime) -> datetime:
        """Return when something that is due at `now` may be told: then, or when the quiet ends."""
        if not self.holds(now):
            return now
        here = now.astimezone(VIETNAM)
        end = here.replace(hour=self.ends.hour, minute=self.ends.minute, second=self.ends.second, microsecond=0)
        return (end if end > here else end + timedelta(days=1)).astimezone(now.tzinfo)
