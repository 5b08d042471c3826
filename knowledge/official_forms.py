"""The forms of the One-Stop desk by key: their number and name change with the circular, the form itself does not."""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "official-forms.jsonl"


class FormKey(StrEnum):
    RECEIPT = "receipt"
    SUPPLEMENT = "supplement"
    REFUSAL = "refusal"
    APOLOGY = "apology"
    HALT = "halt"
    CONTROL = "control"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class OfficialForm:
    """A form as printed between two days, both included (`until` None: still). `seen`: the circular was read.

    Where it was not, whoever prints the number has to say that it is unconfirmed.
    """

    key: FormKey
    number: str
    name: str
    since: date
    until: date | None
    source: str
    seen: bool


def form(key: FormKey, day: date) -> OfficialForm | None:
    """Return the form under which `key` is printed on a day in Viet Nam, or None: there was none on that day."""
    return next(
        (one for one in _forms() if one.key is key and one.since <= day and (one.until is None or day <= one.until)),
        None,
    )


@cache
def _forms() -> tuple[OfficialForm, ...]:
    rows = [json.loads(line) for line in _DATA.read_text(encoding="utf-8").splitlines()]
    return tuple(
        OfficialForm(
            key=FormKey(row["key"]),
            number=row["number"],
            name=row["name"],
            since=date.fromisoformat(row["from"]),
            until=date.fromisoformat(row["to"]) if row["to"] else None,
            source=row["source"],
            seen=row["seen"],
        )
        for row in rows
    )
