"""The one message of the day about somebody's dossiers: late, due, soon due, and what the law gives a last day for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from knowledge.workdays import today
from notifications.kind import Addressee, Fact, Lane, Letter, Press, Told
from storage import Tx, dossier_alerts, who
from storage.dossier_alerts import Watched

LANE = Lane.NORMAL
WORTH = timedelta(days=3)
QUIET = True
RETRY_UNKNOWN = False
GATHERED: timedelta | None = timedelta(minutes=1)
KEEP = False
WORDS = 1
SAMPLE = Letter(
    {
        "count": 3,
        "certain": False,
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
_STAGES = ("soon", "today", "late")
_RISING = ("officer", "head_of_unit", "director")
_NAMED = 10


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:  # noqa: ARG001 the Protocol's: it is about somebody
    """Return the person whose day it is; nobody when there is nothing to hear."""
    return (Addressee(fact.about),) if fact.facts.get("groups") or fact.facts.get("items") else ()


async def letter(tx: Tx, told: Told) -> Letter | None:
    """Return what is still so: a dossier that was closed, stopped or given another date meanwhile is left out."""
    items = [item for fact in told.facts for item in _items(fact.facts)]
    open_ = await dossier_alerts.still(tx, {item.dossier for item in items})
    # A dossier is said once: to who stands in, as officer and as head; of two days told together; in the graver words.
    said: dict[tuple[int, str], Item] = {}
    for item in sorted(items, key=_gravity):
        dossier = open_.get(item.dossier)
        if dossier is not None and holds(item.alert, item.due, dossier):
            said[item.dossier, _matter(item)] = item
    lines: dict[tuple[str, str], dict[int, list[Any]]] = {}
    for item in said.values():
        code = open_[item.dossier].code
        lines.setdefault((item.alert, item.to), {})[item.dossier] = [code, item.due, item.left, item.by]
    if not lines:
        return None
    groups: list[dict[str, Any]] = [
        {"alert": alert, "to": to, "count": len(rows), "lines": sorted(rows.values(), key=_urgency)[:_NAMED]}
        for (alert, to), rows in sorted(lines.items(), key=lambda group: (_ORDER.index(group[0][0]), group[0][1]))
    ]
    count = len({dossier for rows in lines.values() for dossier in rows})
    late = [line[0] for group in groups if group["alert"] == "apology" for line in group["lines"]]
    draft = ((Press("draft", f"/xinloi {late[0]}"),),) if len(set(late)) == 1 else ()
    certain = all(fact.facts.get("certain", True) for fact in told.facts)
    return Letter({"count": count, "groups": groups, "certain": certain}, ((Press("work", "/viec"),), *draft))


class Heard(NamedTuple):
    """What there is to hear of some dossiers; days are ISO 8601, "" for none. `once`: its key, to tell it once."""

    alert: str
    to: str
    left: int
    due: str
    by: str
    once: str

    @property
    def is_late_elsewhere(self) -> bool:
        """Whether it is lateness, told to somebody other than who works on it: once, however long it lasts."""
        return self.alert == "late" and self.to != "officer"


class Item(NamedTuple):
    """What is heard of one dossier, see `Heard`."""

    dossier: int
    alert: str
    to: str
    left: int
    due: str
    by: str


def noted(found: Mapping[Heard, Iterable[str]]) -> list[list[Any]]:
    """Return how a notice keeps this: what is heard, and the ids of which dossiers, in one text with commas between.

    Tens of thousands of them are read again every morning, and few of them looked at.
    """
    return [[*heard, ",".join(ids)] for heard, ids in sorted(found.items())]


def told_once(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a notice said: each once key, and the ids of which dossiers, with commas between."""
    for *_, once, ids in facts.get("groups", ()):
        yield once, ids
    for dossier, *_, once in facts.get("items", ()):
        yield once, str(dossier)


def _items(facts: Mapping[str, Any]) -> Iterator[Item]:
    for *heard, _, ids in facts.get("groups", ()):
        for dossier in ids.split(","):
            yield Item(int(dossier), *heard)
    for *item, _ in facts.get("items", ()):  # as they were kept before: some may still wait to be told
        yield Item(*item)


def holds(alert: str, due: str | None, dossier: Watched) -> bool:
    """Tell whether what was found of a dossier still is so: the same date, and a clock that runs."""
    if alert == "supplement_missed":
        return True
    if dossier.clock != "running" or (alert == "supplement" and dossier.supplement_asked_at is not None):
        return False
    if alert in {"apology", "apology_last_day", "not_in_time"} and dossier.in_time is not False:
        return False
    return (today(dossier.due_at).isoformat() if dossier.due_at else "") == (due or "")


def _matter(item: Item) -> str:
    return "due" if item.alert in _STAGES else item.alert


def _gravity(item: Item) -> tuple[int, int, int]:
    stage = _STAGES.index(item.alert) if item.alert in _STAGES else 0
    return stage, _RISING.index(item.to), -item.left


def _urgency(line: list[Any]) -> tuple[str, str]:
    return line[1] or date.max.isoformat(), line[0]


async def unit(tx: Tx, about: int) -> int | None:
    """Return the unit of whose day it is."""
    return await who.unit_of(tx, about)
