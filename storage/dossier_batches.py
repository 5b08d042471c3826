"""Imports of dossiers: batches of rows, each in a transaction of its own, so that the chat goes on in between.

Idempotent by code; an older report never rolls back; a row that the database refuses leaves the others alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from storage import dossier_imports, dossier_links, dossier_numbers, dossier_reports, notices
from storage.base import Tx
from storage.dossier_imports import DossierBatch, history_row
from storage.dossier_links import DossierLink, Why
from storage.dossier_numbers import DossierNumber, NumberKind
from storage.dossier_reports import Change, Remark, Reported
from storage.dossier_rights import field_key
from storage.dossiers import Dossier, DossierEvent, EventKind
from storage.units import Unit
from storage.who import Person, PersonRole, PersonState, Role

MOST_ROWS = 200
MOVED = "dossier_moved"
# What is told to whoever follows.
_TOLD = frozenset({EventKind.MOVED, EventKind.EXTENDED, EventKind.DUE_MOVED})
_PHONES = frozenset({NumberKind.PHONE, NumberKind.FILER_PHONE})


class Taken(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    code: str
    taken: Taken
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """Ids by name as names are compared; a name that two people bear is nobody's."""

    units: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)


async def roster(tx: Tx) -> Roster:
    units = {field_key(unit.name): unit.id for unit in await tx.scalars(select(Unit))}
    staff = select(Person.name, Person.id).join(PersonRole, PersonRole.person_id == Person.id)
    found: dict[str, set[int]] = {}
    for name, person_id in await tx.execute(
        staff.where(PersonRole.role != Role.CITIZEN, Person.state == PersonState.ACTIVE)
    ):
        found.setdefault(field_key(name), set()).add(person_id)
    return Roster(units, {name: min(ids) for name, ids in found.items() if len(ids) == 1})


async def take(
    tx: Tx, batch: DossierBatch, rows: Sequence[Reported], known: Roster, *, older: bool, at: datetime
) -> list[Outcome]:
    """Take at most 200 rows of different codes; return what became of each, in their order.

    `older`: a newer report of this source was taken; then only what nobody knew is new. The transaction goes on
    whatever the database refuses: each row has a savepoint as soon as one of them fails.
    """
    if len(rows) > MOST_ROWS:
        raise ValueError(f"a batch has at most {MOST_ROWS} rows")
    await dossier_imports.one_at_a_time(tx)
    try:
        async with tx.begin_nested():
            return await _take(tx, batch, rows, known, older=older, at=at)
    except DBAPIError:
        tx.expire_all()
    outcomes: list[Outcome] = []
    for row in rows:
        try:
            async with tx.begin_nested():
                outcomes += await _take(tx, batch, [row], known, older=older, at=at)
        except DBAPIError:
            tx.expire_all()
            outcomes.append(Outcome(row.code, Taken.REFUSED))
    return outcomes


async def _take(
    tx: Tx, batch: DossierBatch, rows: Sequence[Reported], known: Roster, *, older: bool, at: datetime
) -> list[Outcome]:
    # A proof that links a chat to one of these need not wait: of a dossier's key nothing changes here.
    held = select(Dossier).where(Dossier.key.in_([row.key for row in rows])).with_for_update(key_share=True)
    standing = {dossier.key: dossier for dossier in await tx.scalars(held)}
    outcomes: list[Outcome] = []
    fresh: list[tuple[Reported, Change]] = []
    moved: list[tuple[Dossier, Reported, Change]] = []
    for row in rows:
        dossier = standing.get(row.key)
        change, taken = _compared(tx, dossier, row, older=older)
        if dossier is None and change:
            fresh.append((row, change))
        elif dossier is not None and change:
            moved.append((dossier, row, change))
        if change:
            _placed(change, dossier, row, known)
        outcomes.append(Outcome(row.code, taken, tuple(change.remarks) if change else ()))
    await _add(tx, batch, fresh, at)
    outcomes = await _change(tx, batch, moved, outcomes, at)
    if not batch.whole and (same := [one.id for one in standing.values() if one.seen_at < batch.exported_at]):
        await tx.execute(update(Dossier.table()).where(Dossier.id.in_(same)).values(seen_at=batch.exported_at))
    return outcomes


def _compared(tx: Tx, dossier: Dossier | None, row: Reported, *, older: bool) -> tuple[Change | None, Taken]:
    content = row.content(tx)
    if dossier is None:
        change = dossier_reports.first(row)
        change.values["content"] = content
        return change, Taken.NEW
    if dossier.content == content and dossier.vanished_at is None:
        return None, Taken.UNCHANGED
    if older or row.at < dossier.data_at:
        return None, Taken.OLDER
    change = dossier_reports.changed(dossier, row)
    if dossier_reports.is_nothing(dossier, row, change):
        return None, Taken.UNCHANGED
    change.values["content"] = content
    return change, Taken.CHANGED


def _placed(change: Change, dossier: Dossier | None, row: Reported, known: Roster) -> None:
    """Put ids beside the names. What was handed on here stays so until the source itself names somebody else."""
    people = known.people
    named = {"unit": (row.unit, known.units), "officer": (row.officer, people), "clerk": (row.clerk, people)}
    for name, (word, ids) in named.items():
        if dossier is not None and name not in row.given:
            continue
        if dossier is None or getattr(dossier, name) != word or getattr(dossier, f"{name}_id") is None:
            change.values[f"{name}_id"] = ids.get(field_key(word)) if word else None
            if word and change.values[f"{name}_id"] is None and name != "clerk":
                change.remarks.append(Remark.UNKNOWN_UNIT if name == "unit" else Remark.UNKNOWN_OFFICER)
    if dossier is None or "field" in row.given:
        change.values["field_key"] = field_key(row.field) if row.field else None


async def _add(tx: Tx, batch: DossierBatch, fresh: list[tuple[Reported, Change]], at: datetime) -> None:
    if not fresh:
        return
    rows = [_new(batch, row, change) for row, change in fresh]
    returned = insert(Dossier.table()).returning(Dossier.table().c.key, Dossier.table().c.id)
    ids = {key: dossier_id for key, dossier_id in await tx.execute(returned, rows)}  # noqa: C416 a Row is no pair to dict()
    numbers = [
        number for row, _ in fresh for number in dossier_numbers.rows(tx, ids[row.key], row.key, row.numbers, row.shown)
    ]
    if numbers:
        await tx.execute(insert(DossierNumber.table()), numbers)
    events = [history_row(batch, ids[row.key], event, at) for row, change in fresh for event in change.events]
    await tx.execute(insert(DossierEvent.table()), events)


def _new(batch: DossierBatch, row: Reported, change: Change) -> dict[str, Any]:
    return change.values | {
        "code": row.code,
        "key": row.key,
        "source": batch.source,
        "sampled": False,
        "baseline": batch.baseline,
        "seen_at": batch.exported_at,
    }


async def _change(
    tx: Tx,
    batch: DossierBatch,
    moved: list[tuple[Dossier, Reported, Change]],
    outcomes: list[Outcome],
    at: datetime,
) -> list[Outcome]:
    if not moved:
        return outcomes
    ids = [dossier.id for dossier, _, _ in moved]
    numbers = await _numbers(tx, ids)
    rows: list[dict[str, Any]] = []
    for dossier, row, change in moved:
        if row.given & dossier_reports.NUMBERS and await _renumbered(tx, dossier, row, numbers.get(dossier.id, {}), at):
            change.remarks.append(Remark.PHONE_CHANGED)
            change.events.append({"kind": EventKind.PHONE_CHANGED, "status": row.status, "at": row.at, "detail": {}})
        dossier.seen_at = batch.exported_at
        for name, value in change.values.items():
            setattr(dossier, name, value)
        rows += [history_row(batch, dossier.id, event, at) for event in change.events]
    await tx.flush()
    await _tell(tx, batch, rows, at)
    said = {row.code: tuple(change.remarks) for _, row, change in moved}
    return [Outcome(one.code, one.taken, said.get(one.code, one.remarks)) for one in outcomes]


async def _numbers(tx: Tx, ids: Sequence[int]) -> dict[int, dict[NumberKind, str]]:
    found: dict[int, dict[NumberKind, str]] = {}
    for number in await tx.scalars(select(DossierNumber).where(DossierNumber.dossier_id.in_(ids))):
        found.setdefault(number.dossier_id, {})[number.kind] = number.whole
    return found


async def _renumbered(tx: Tx, dossier: Dossier, row: Reported, held: Mapping[NumberKind, str], at: datetime) -> bool:
    """Replace the numbers where they changed; return whether a phone did, whose owner must hear no more."""
    spoken = {kind for kind in NumberKind if kind.value in row.given}  # of the others the source says nothing
    held = {kind: number for kind, number in held.items() if kind in spoken}
    new = list(dossier_numbers.rows(tx, dossier.id, dossier.key, row.numbers, row.shown))
    if {number["kind"]: number["whole"] for number in new} == held:
        return False
    table = DossierNumber.table()
    await tx.execute(table.delete().where(table.c.dossier_id == dossier.id, table.c.kind.in_(spoken)))
    if new:
        await tx.execute(insert(table), new)
    phones = {kind: number for kind, number in held.items() if kind in _PHONES}
    if not phones or phones == {number["kind"]: number["whole"] for number in new if number["kind"] in _PHONES}:
        return False
    await dossier_links.end(tx, Why.PHONE_CHANGED, DossierLink.dossier_id == dossier.id, at=at)
    return True


async def _tell(tx: Tx, batch: DossierBatch, rows: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Write the history, and post what followers must hear: nothing of a baseline, nothing that goes backwards."""
    if not rows:
        return
    table = DossierEvent.table()
    written = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    ids = (await tx.scalars(written, rows)).all()
    about = {row["dossier_id"] for row in rows}
    live = select(DossierLink.dossier_id).where(DossierLink.dossier_id.in_(about), DossierLink.follows)
    followed = frozenset(await tx.scalars(live))
    for event_id, row in zip(ids, rows, strict=True):
        told = row["kind"] in _TOLD and not row["backwards"] and row["dossier_id"] in followed
        if told and not batch.baseline:
            await notices.post(tx, MOVED, event_id, at=at)
