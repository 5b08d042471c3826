"""A text of law as the office's list has it: whether it holds, what replaced it, and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self


class Standing(StrEnum):
    IN_FORCE = "in_force"
    PARTLY = "partly"
    SUSPENDED = "suspended"
    REPLACED = "replaced"


class Sureness(StrEnum):
    SEEN = "seen"
    SECONDARY = "secondary"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class LegalText:
    """One text of the list. `standing` holds from `since` on (None: always); `until`: the last day of a temporary text.

    Days are Viet Nam's. `sure` tells whether the source itself was read; the words about it say so.
    """

    number: str
    title: str
    standing: Standing
    since: date | None = None
    until: date | None = None
    replaced_by: tuple[str, ...] = ()
    sure: Sureness = Sureness.UNCONFIRMED
    source: str = ""
    note: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Build from plain data; days ISO or dates. Raises ValueError, KeyError."""
        return cls(
            number=row["number"],
            title=row.get("title", ""),
            standing=Standing(row["standing"]),
            since=_day(row.get("since")),
            until=_day(row.get("until")),
            replaced_by=tuple(row.get("replaced_by", ())),
            sure=Sureness(row.get("sure", "unconfirmed")),
            source=row.get("source", ""),
            note=row.get("note", ""),
        )

    def is_stale(self, day: date) -> bool:
        """Tell whether it must not be cited as current on this day."""
        if self.until is not None and day > self.until:
            return True
        return self.standing in {Standing.REPLACED, Standing.SUSPENDED} and (self.since is None or self.since <= day)

    def has_moved(self, day: date) -> bool:
        """Tell whether an answer that cites it has to say something of it."""
        partly = self.standing is Standing.PARTLY and (self.since is None or self.since <= day)
        return partly or self.is_stale(day)


def _day(said: Any) -> date | None:
    if said is None or isinstance(said, date):
        return said
    return date.fromisoformat(said)
