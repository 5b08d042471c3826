"""What a source reports of a dossier, and what that changes: events, remarks and new values. No statement is sent here.

Printed appointments are never moved silently: a source's new date is a proposal for an officer, unless it is the one
extension that the law allows (NĐ 61/2018/NĐ-CP Art. 19 k9) or follows a time in which the clock stood still.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from storage import dossier_numbers
from storage.base import Tx
from storage.dossier_numbers import NumberKind
from storage.dossiers import Applicant, Clock, ClockRule, Dossier, EventKind, Status

# As `types.canonical` writes it, without looking into every value: of what is only compared nothing is stored.
_SPELLED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Remark(StrEnum):
    """What somebody should look at, though the row was taken."""

    BACKWARDS = "backwards"
    DUE_MOVED = "due_moved"
    DUE_DIFFERS = "due_differs"
    SECOND_EXTENSION = "second_extension"
    PHONE_CHANGED = "phone_changed"
    BACK = "back"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_OFFICER = "unknown_officer"
    ODD_CODE = "odd_code"
    ODD_TERM = "odd_term"
    NO_NUMBER = "no_number"
    DUE_COUNTED = "due_counted"


@dataclass(frozen=True, slots=True)
class Reported:
    """One dossier as its source has it. Moments are aware; `at`: as of when.

    `numbers`: as digits, in memory alone; `shown`: masked. `extended_due_at`: the new appointment after an apology.
    `computed_due_at`: what our calendar makes of received and term. `remarks`: what reading it found.
    `term_mark`: how sure the term is, where it is the catalogue's and not the source's own.
    `worked_at`: the last moment of working time up to then.
    `given`: of which fields the source speaks; of the others it says nothing, and they stay as they are.
    """

    code: str
    key: str
    status: Status
    clock: Clock
    at: datetime
    applicant_kind: Applicant
    applicant: str
    numbers: Mapping[NumberKind, str] = field(default_factory=dict, repr=False)
    shown: Mapping[NumberKind, str] = field(default_factory=dict)
    procedure_code: str | None = None
    procedure_name: str = ""
    procedure_version: str | None = None
    term: str | None = None
    term_unit: str | None = None
    term_mark: str | None = None
    clock_rule: ClockRule | None = None
    field: str | None = None
    unit: str | None = None
    officer: str | None = None
    clerk: str | None = None
    stage: str | None = None
    agency: str | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    extended_due_at: datetime | None = None
    computed_due_at: datetime | None = None
    done_at: datetime | None = None
    returned_at: datetime | None = None
    missing: tuple[str, ...] = ()
    supplement_at: datetime | None = None
    worked_at: datetime | None = None
    fee: int | None = None
    remarks: tuple[Remark, ...] = ()
    given: frozenset[str] = frozenset()

    def content(self, tx: Tx) -> str:
        """Return a keyed digest of everything but the moment: what is the same is not written again."""
        rest = {name: getattr(self, name) for name in self.__slots__ if name not in _NO_CONTENT}
        rest["given"] = sorted(self.given)
        return dossier_numbers.keyed(tx, "content", _SPELLED.encode(rest).encode("utf-8", "replace").decode())


# Of these a report may bring others, and it is the same report.
_NO_CONTENT = frozenset({"at", "worked_at", "remarks", "shown", "given", "term_mark"})


@dataclass(slots=True)
class Change:
    """What a report makes of a dossier. `events`: rows of history without dossier, source and moment of recording."""

    values: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


# Only along this way is forwards; what stands beside each other may go either way.
_RANK = {
    Status.REGISTERED: 0,
    Status.ACCEPTED: 1,
    Status.IN_PROGRESS: 2,
    Status.TO_SUPPLEMENT: 2,
    Status.TO_PAY: 2,
    Status.HALTED: 3,
    Status.DONE: 4,
    Status.NOT_ACCEPTED: 5,
    Status.WITHDRAWN: 5,
    Status.RETURNED: 6,
}
# Accepted again after papers were added, and work that goes on after a halt, is no step back.
_ALLOWED = {
    (Status.TO_SUPPLEMENT, Status.ACCEPTED),
    (Status.TO_PAY, Status.ACCEPTED),
    (Status.HALTED, Status.ACCEPTED),
    (Status.HALTED, Status.IN_PROGRESS),
    (Status.HALTED, Status.TO_SUPPLEMENT),
    (Status.HALTED, Status.TO_PAY),
    (Status.IN_PROGRESS, Status.ACCEPTED),
}


def is_backwards(before: int, after: int) -> bool:
    """Tell whether a status is earlier than the one before: a correction, or a mistake of the source."""
    was, now = Status(before), Status(after)
    return (was, now) not in _ALLOWED and _RANK[now] < _RANK[was]


def first(reported: Reported) -> Change:
    """Return what a dossier never seen before comes down to."""
    change = Change(_facts(reported), remarks=list(reported.remarks))
    due = reported.extended_due_at or reported.due_at
    asked = reported.status == Status.TO_SUPPLEMENT
    change.values |= {
        "due_at": due,
        "printed_due_at": reported.due_at,
        "extended_at": reported.at if reported.extended_due_at else None,
        "extended_from": (reported.due_at or reported.at) if reported.extended_due_at else None,
        # When that was is not known: not that it was too late, either.
        "supplement_asked_at": reported.supplement_at or (reported.received_at if asked else None),
        "proposed_due_at": None,
        "decided_due_at": None,
        "computed_due_at": reported.computed_due_at if reported.extended_due_at is None else None,
    }
    if differs(due, change.values["computed_due_at"]):
        change.remarks.append(Remark.DUE_DIFFERS)
    change.values |= {name: getattr(reported, name) for name in _AT_RECEIPT} | {"due_ours": False}
    _counted(change, due, change.values["computed_due_at"])
    change.events.append(_event(EventKind.SEEN, reported, None))
    return change


def changed(dossier: Dossier, reported: Reported) -> Change:
    """Return what a newer report changes."""
    facts = {name: value for name, value in _facts(reported).items() if name in _ALWAYS | reported.given}
    change = Change(facts, remarks=list(reported.remarks))
    if dossier.vanished_at is not None:
        change.values["vanished_at"] = None
        change.remarks.append(Remark.BACK)
        change.events.append(_event(EventKind.BACK, reported, dossier))
    if dossier.term is None and reported.term is not None:  # nobody knew it at receipt; what was known stays
        change.values |= {name: getattr(reported, name) for name in _AT_RECEIPT if getattr(dossier, name) is None}
    _due(change, dossier, reported)
    if reported.status != dossier.status:
        _moved(change, dossier, reported)
    if reported.supplement_at is not None:  # also of what was asked for and came in between two exports
        change.values["supplement_asked_at"] = reported.supplement_at
    # What was extended, or stood still meanwhile, is none that received and term alone come to.
    asked = dossier.supplement_asked_at or reported.supplement_at
    plain = (dossier.extended_at or asked or reported.extended_due_at) is None
    if reported.computed_due_at is not None:
        change.values["computed_due_at"] = reported.computed_due_at if plain else None
    if plain and differs(change.values.get("due_at", dossier.due_at), reported.computed_due_at):
        change.remarks.append(Remark.DUE_DIFFERS)
    return change


def _counted(change: Change, due: datetime | None, computed: datetime | None) -> None:
    """Where nobody gave an appointment, let it be our arithmetic, which is called so wherever it is shown."""
    if due is None and computed is not None:
        change.values |= {"due_at": computed, "due_ours": True}
        change.remarks.append(Remark.DUE_COUNTED)


def is_nothing(dossier: Dossier, reported: Reported, change: Change) -> bool:
    """Tell whether a report, though it is written otherwise, changes nothing. Numbers are not known here."""
    same = all(getattr(dossier, name) == value for name, value in change.values.items() if name != "data_at")
    return same and not change.events and not reported.given & NUMBERS


def _moved(change: Change, dossier: Dossier, reported: Reported) -> None:
    backwards = is_backwards(dossier.status, reported.status)
    event = _event(EventKind.MOVED, reported, dossier, due=change.values.get("due_at", dossier.due_at))
    if change.values.get("due_at", dossier.due_at) is None:  # the old one is over, and there is no new one yet
        event["detail"]["due"] = None
    event["detail"]["ours"] = change.values.get("due_ours", dossier.due_ours)
    change.events.append(event | {"backwards": backwards})
    if backwards:
        change.remarks.append(Remark.BACKWARDS)
    if reported.status == Status.TO_SUPPLEMENT:
        # An export of the night tells what was done in working time: dated by itself, it would call it a day too late.
        change.values["supplement_asked_at"] = reported.supplement_at or reported.worked_at or reported.at


def _due(change: Change, dossier: Dossier, reported: Reported) -> None:
    if reported.extended_due_at is not None:
        _extended(change, dossier, reported, reported.extended_due_at)
        return
    stood_still = dossier.clock is Clock.STOPPED and reported.clock is Clock.RUNNING
    if reported.due_at is None:
        if stood_still and (dossier.due_ours or dossier.due_at is None) and reported.computed_due_at is not None:
            # Counted by its whole history (bot/recounting.py).
            change.values |= {"due_at": None, "due_ours": True}
        elif dossier.clock is not Clock.STOPPED and dossier.supplement_asked_at is None:
            _counted(change, dossier.due_at, reported.computed_due_at)
        return
    if dossier.due_ours or (reported.due_at != dossier.due_at and (dossier.due_at is None or stood_still)):
        change.values["due_ours"] = False
        change.values["due_at"] = reported.due_at
        change.values["printed_due_at"] = dossier.printed_due_at or reported.due_at
        change.events.append(_event(EventKind.DUE_MOVED, reported, dossier, due=reported.due_at))
        _proposed(change, dossier, None)
    elif reported.due_at in {dossier.due_at, dossier.printed_due_at, dossier.decided_due_at}:
        _proposed(change, dossier, None)
    else:
        _proposed(change, dossier, reported.due_at, Remark.DUE_MOVED)


def _extended(change: Change, dossier: Dossier, reported: Reported, to: datetime) -> None:
    again = dossier.extended_at is not None
    if to == dossier.due_at or (again and to == dossier.decided_due_at):
        _proposed(change, dossier, None)
    elif again:
        _proposed(change, dossier, to, Remark.SECOND_EXTENSION)
    elif dossier.due_at is not None and to < dossier.due_at:  # whatever that is, nobody was given more time
        _proposed(change, dossier, to, Remark.DUE_MOVED)
    else:
        change.values |= {"due_at": to, "extended_at": reported.at, "extended_from": dossier.due_at or reported.at}
        change.values["due_ours"] = False
        change.events.append(_event(EventKind.EXTENDED, reported, dossier, due=to))
        _proposed(change, dossier, None)


def _proposed(change: Change, dossier: Dossier, due: datetime | None, remark: Remark | None = None) -> None:
    """Let an officer be asked for what the source says last: an older wish of its own it has taken back."""
    if due != dossier.proposed_due_at:
        change.values["proposed_due_at"] = due
        change.remarks += [remark] if remark else []


def differs(due: datetime | None, computed: datetime | None) -> bool:
    """Tell whether the day of an appointment is another than ours; the hour is the desk's own."""
    return due is not None and computed is not None and day_of(due) != day_of(computed)


def day_of(moment: datetime) -> date:
    """Return the day of a moment in Viet Nam, where it begins seven hours sooner than in UTC."""
    return moment.astimezone(_VIETNAM).date()


def _event(
    kind: EventKind, reported: Reported, dossier: Dossier | None, *, due: datetime | None = None
) -> dict[str, Any]:
    due = due or reported.extended_due_at or reported.due_at or (dossier.due_at if dossier else None)
    done = reported.status in {Status.DONE, Status.RETURNED}
    early = done and due is not None and day_of(reported.at) < day_of(due)  # "sooner than the day", not than the hour
    detail = {
        "due": due.isoformat() if due else None,
        "missing": list(reported.missing) if reported.status == Status.TO_SUPPLEMENT else [],
        "fee": reported.fee if reported.status == Status.TO_PAY else None,
        "early": early,
    }
    before = dossier.status if dossier else None
    return {"kind": kind, "status": reported.status, "before": before, "backwards": False, "at": reported.at} | {
        "detail": detail
    }


# As they were at receipt: a later version of the procedure changes nothing.
_AT_RECEIPT = ("procedure_version", "term", "term_unit", "term_mark", "clock_rule")
NUMBERS = frozenset({"phone", "filer_phone", "personal_id", "tax_code"})
_ALWAYS = frozenset({"status", "clock", "data_at"})
_TAKEN = (
    *("status", "clock", "procedure_code", "procedure_name", "field", "unit", "officer", "clerk", "stage", "agency"),
    *("applicant_kind", "applicant", "received_at", "done_at", "returned_at", "fee"),
)


def _facts(reported: Reported) -> dict[str, Any]:
    return {name: getattr(reported, name) for name in _TAKEN} | {
        "missing": list(reported.missing),
        "data_at": reported.at,
    }
