"""The one message of the day about somebody's dossiers: late, due, soon due, and what the law gives a last day for."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from knowledge.workdays import today
from notifications.kind import Addressee, Fact, Lane, Letter, Press, Told
from storage import Tx, dossier_alerts
from storage.dossier_alerts import Watched

LANE = Lane.NORMAL
WORTH = timedelta(days=3)
QUIET = True
RETRY_UNKNOWN = False
GATHERED: timedelta | None = timedelta(minutes=2)
KEEP = False
WORDS = 1
SAMPLE = Letter(
    {
        "count": 3,
        "groups": [
            {
                "alert": "late",
                "to": "officer",
                "count": 2,
                "lines": [["000.00.17.H32-261102-0001", "2026-11-20", -1, ""]],
            },
            {
                "alert": "soon",
                "to": "officer",
                "count": 1,
                "lines": [["000.00.17.H32-261102-0002", "2026-11-25", 1, ""]],
            },
        ],
    },
    ((Press("work", "/viec"),),),
)

# In this order they are said; of each group as many dossiers are named, the most urgent first.
_ORDER = ("late", "today", "soon", "apology", "supplement", "supplement_missed")
_NAMED = 10


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:  # noqa: ARG001 the Protocol's: the sweep knew who
    """Return the person whom the sweep found: officer, stand-in, head or director of that day."""
    return (Addressee(int(fact.facts["person"])),)


async def letter(tx: Tx, told: Told) -> Letter | None:
    """Return what is still so: a dossier that was closed, stopped or given another date meanwhile is left out."""
    open_ = await dossier_alerts.still(tx, {fact.about for fact in told.facts})
    lines: dict[tuple[str, str], dict[int, list[Any]]] = {}
    for fact in told.facts:
        dossier = open_.get(fact.about)
        if dossier is not None and holds(fact.facts, dossier):
            lines.setdefault(_group(fact), {})[dossier.id] = _line(fact.facts, dossier)
    if not lines:
        return None
    groups = [
        {"alert": alert, "to": to, "count": len(rows), "lines": sorted(rows.values(), key=_urgency)[:_NAMED]}
        for (alert, to), rows in sorted(lines.items(), key=lambda group: (_ORDER.index(group[0][0]), group[0][1]))
    ]
    count = len({about for rows in lines.values() for about in rows})
    return Letter({"count": count, "groups": groups}, ((Press("work", "/viec"),),))


def holds(facts: Mapping[str, Any], dossier: Watched) -> bool:
    """Tell whether what was found of a dossier still is so: the same date, and a clock that runs."""
    if facts["alert"] == "supplement_missed":
        return True
    if dossier.clock != "running" or (facts["alert"] == "supplement" and dossier.supplement_asked_at is not None):
        return False
    if facts["alert"] in {"apology", "apology_last_day", "not_in_time"} and dossier.in_time is not False:
        return False
    due = today(dossier.due_at).isoformat() if dossier.due_at else None
    return bool(due == facts.get("due"))


def _group(fact: Fact) -> tuple[str, str]:
    return str(fact.facts["alert"]), str(fact.facts["to"])


def _line(facts: Mapping[str, Any], dossier: Watched) -> list[Any]:
    return [dossier.code, facts.get("due", ""), int(facts["left"]), facts.get("by", "")]


def _urgency(line: list[Any]) -> tuple[str, str]:
    return line[1] or date.max.isoformat(), line[0]


async def unit(tx: Tx, about: int) -> int | None:
    """Return the unit that works on the dossier."""
    return await dossier_alerts.unit_of(tx, about)
