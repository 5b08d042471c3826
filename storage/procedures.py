"""The catalogue as it stands: what holds on a day, one procedure by its name, and the confirmation of its aspects."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select

from storage import generations, journal, legal_texts
from storage.base import NotAllowed, Tx, held
from storage.legal_texts import LegalText
from storage.procedure_rows import AspectRow, CatalogueEntry, CatalogueVersion
from storage.units import Unit
from storage.who import SEES_ALL, Person, Role, Who, roles_of

# Whose word it is that a value is right: the officers in charge and whoever is over them. A clerk only hands papers on.
CONFIRMS = SEES_ALL | {Role.OFFICER, Role.HEAD_OF_UNIT}

# Letters of a decision's number with its day: more is a text that somebody pasted, and would stand in every answer.
MOST_DECISION = 200
_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_RANKED = re.compile(r"v?\s*(\d{1,8}(?:[.\-/_]\d{1,8}){0,5})", re.IGNORECASE | re.ASCII)
_WIDTH = 8
_BASIS = "can-cu"


_E, _V, _A = CatalogueEntry.table(), CatalogueVersion.table(), AspectRow.table()


class Unordered(ValueError):  # noqa: N818 named after what it tells of a version
    """A version that is neither a number (1, 1.10) nor a day (2026-11-22): nobody can say which one is newer."""


@dataclass(frozen=True, slots=True)
class Held:
    """A version in force. `record`: its plain data, aspects with their confirmations; `aspect_ids`: rows by aspect."""

    procedure_id: int
    version_id: int
    record: dict[str, Any]
    aspect_ids: dict[str, int]


@dataclass(frozen=True, slots=True)
class Named:
    """A procedure as a list shows it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Procedures that wait to be confirmed: how many, and the first."""

    count: int
    first: tuple[Named, ...]


def rank(version: str) -> str:
    """Return the key by which versions are ordered. Raises Unordered."""
    found = _RANKED.fullmatch(version.strip())
    if found is None:
        raise Unordered(version)
    numbers = [int(number) for number in re.split(r"[.\-/_]", found[1])]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()  # 1.0 is 1
    return ".".join(f"{number:0{_WIDTH}}" for number in numbers)


async def in_force(tx: Tx, day: date) -> list[Held]:
    """Return what holds on this day (Viet Nam's), one version a procedure, in the order they were first taken in.

    Of the versions that have begun, the newest holds; where that one has ended, none does.
    """
    return await _held(tx, _standing(day))


async def find(tx: Tx, name: str, day: date) -> Held | None:
    """Return the procedure of this code or own id as it holds on this day; letters count as they are, cases do not."""
    wanted = name.strip().lower()
    named = or_(func.lower(_E.c.code) == wanted, func.lower(_E.c.key) == wanted)
    found = await _held(tx, _standing(day).where(named))
    return found[0] if found else None


async def waiting(tx: Tx, day: date, *, for_: Who, limit: int) -> Waiting:
    """Return how many procedures in force have an aspect that nobody confirmed, and the first of them to show.

    The person's own unit comes first, then what belongs to no unit; what is another unit's is not theirs to confirm.
    """
    open_ = select(_A.c.version_id).where(_A.c.confirmed_by.is_(None))
    lines = _standing(day).where(_V.c.id.in_(open_))
    if not for_.roles & SEES_ALL:
        unit = select(Unit.name).where(Unit.id == for_.unit_id).scalar_subquery()
        lines = lines.where(or_(_V.c.owner_unit.is_(None), _V.c.owner_unit == unit))
    count = await tx.scalar(select(func.count()).select_from(lines.order_by(None).subquery())) or 0
    first = lines.with_only_columns(_E.c.key, _E.c.code, _V.c.content).order_by(None)
    named = await tx.execute(first.order_by(_V.c.owner_unit.is_(None), _E.c.id).limit(limit))
    rows = [(row.code or row.key, str(row.content["name"])) for row in named]
    return Waiting(count, tuple(Named(code, name) for code, name in rows))


async def confirm(tx: Tx, aspect_id: int, *, by: int, decision: str, at: datetime) -> None:
    """Record that the Department confirms this aspect, by the decision of this number; a later one takes its place.

    Raises NoSuchRecord; NotAllowed for whoever is not in charge (CONFIRMS, of the unit that owns the procedure) and for
    an aspect of a version that a newer one has replaced; ValueError without a number, or for more than MOST_DECISION.
    """
    decision = " ".join(decision.split())
    if not any(letter.isdigit() for letter in decision):
        raise ValueError("a decision has a number")
    if len(decision) > MOST_DECISION:
        raise ValueError("a decision's number is no text")
    row = await _in_charge(tx, aspect_id, by, at)
    await generations.bump(tx)
    row.confirmed_by, row.confirmed_at, row.decision = by, at, decision
    await _noted(tx, row, "confirmed", by, at)


async def take_back(tx: Tx, aspect_id: int, *, by: int, reason: str, at: datetime) -> None:
    """Undo a confirmation, with the reason. Raises NoSuchRecord, NotAllowed (also if there is none), ValueError."""
    if not reason.strip():
        raise ValueError("say why")
    row = await _in_charge(tx, aspect_id, by, at)
    if row.confirmed_by is None:
        raise NotAllowed(f"aspect {aspect_id} is not confirmed")
    await generations.bump(tx)
    row.confirmed_by = row.confirmed_at = row.decision = None
    await _noted(tx, row, "unconfirmed", by, at, reason=reason.strip())


async def _in_charge(tx: Tx, aspect_id: int, by: int, at: datetime) -> AspectRow:
    row = await held(tx, AspectRow, aspect_id)
    version = await tx.get_one(CatalogueVersion, row.version_id)
    await _may_confirm(tx, version.owner_unit, by)
    newer = select(CatalogueVersion.id).where(
        CatalogueVersion.procedure_id == version.procedure_id,
        CatalogueVersion.rank > version.rank,
        _begun(at.astimezone(_VIETNAM).date()),
    )
    if await tx.scalar(newer.limit(1)) is not None:
        raise NotAllowed(f"aspect {aspect_id} belongs to a version that was replaced")
    return row


async def _may_confirm(tx: Tx, owner_unit: str | None, by: int) -> None:
    roles = await roles_of(tx, by)
    if not roles & CONFIRMS:
        raise NotAllowed(f"person {by} does not confirm procedures")
    if owner_unit and not roles & SEES_ALL:
        unit = await tx.scalar(select(Unit.name).join(Person, Person.unit_id == Unit.id).where(Person.id == by))
        if unit != owner_unit:
            raise NotAllowed(f"the procedure belongs to {owner_unit}")


async def _noted(tx: Tx, row: AspectRow, action: str, by: int, at: datetime, **more: Any) -> None:
    await tx.flush()
    content = {"aspect": row.aspect, "digest": row.digest, "decision": row.decision, **more}
    kind = "procedure_aspect"
    await journal.record(tx, actor_id=by, action=action, kind=kind, record_id=row.id, content=content, at=at)


def _begun(day: date) -> ColumnElement[bool]:
    return or_(_V.c.effective_from.is_(None), _V.c.effective_from <= day)


def _standing(day: date) -> Select[int]:
    """Select the ids of the versions that hold on this day, by procedure."""
    place = func.row_number().over(partition_by=_V.c.procedure_id, order_by=_V.c.rank.desc()).label("place")
    newest = select(_V.c.id, place).where(_begun(day)).subquery()
    ids = select(_V.c.id).join(_E, _E.c.id == _V.c.procedure_id).join(newest, newest.c.id == _V.c.id)
    holds = or_(_V.c.effective_to.is_(None), _V.c.effective_to > day)
    return ids.where(newest.c.place == 1, holds).order_by(_E.c.id)


async def _held(tx: Tx, versions: Select[int]) -> list[Held]:
    ids = list(await tx.scalars(versions))
    law = {text.number: text for text in await legal_texts.listed(tx)} if ids else {}
    found: list[Held] = []
    # Some at a time: making objects of a whole catalogue keeps everybody else in this process waiting for a second.
    for start in range(0, len(ids), _AT_ONCE):
        found += await _some(tx, ids[start : start + _AT_ONCE], law)
    return found


_AT_ONCE = 100
_ROWS = (
    select(_E.c.id, _E.c.key, _E.c.code, _V.c.id.label("version_id"), _V.c.version, _V.c.content)
    .join(_V, _V.c.procedure_id == _E.c.id)
    .order_by(_E.c.id)
)
_ASPECTS = (
    select(
        *(_A.c[name] for name in ("id", "version_id", "aspect", "given", "content", "confirmed_at", "decision")),
        Person.name.label("confirmed_by"),
    )
    .outerjoin(Person, Person.id == _A.c.confirmed_by)
    .order_by(_A.c.id)
)


async def _some(tx: Tx, ids: Sequence[int], law: Mapping[str, LegalText]) -> list[Held]:
    aspects: dict[int, list[Any]] = {}
    for row in await tx.execute(_ASPECTS.where(_A.c.version_id.in_(ids))):
        aspects.setdefault(row.version_id, []).append(row)
    return [
        Held(
            procedure_id=row.id,
            version_id=row.version_id,
            record={**row.content, "id": row.key, "code": row.code, "version": row.version}
            | {"aspects": {said.aspect: _told(said, law) for said in aspects.get(row.version_id, ())}},
            aspect_ids={said.aspect: said.id for said in aspects.get(row.version_id, ())},
        )
        for row in await tx.execute(_ROWS.where(_V.c.id.in_(ids)))
    ]


def _told(row: Any, law: Mapping[str, LegalText]) -> dict[str, Any]:
    said = {**row.content, "mark": row.given.value}
    if row.confirmed_at is not None:
        confirmed = {"confirmed_by": row.confirmed_by, "confirmed_at": row.confirmed_at, "decision": row.decision}
        said |= {"mark": "confirmed", **confirmed}
    if row.aspect == _BASIS and said["value"]:
        said["value"] = [_standing_now(text, law) for text in said["value"]]
    return said


def _standing_now(text: Mapping[str, Any], law: Mapping[str, LegalText]) -> dict[str, Any]:
    """Say of a text of law what the office's list says of it now: the list is kept, the row is as it was taken in."""
    known = law.get(str(text.get("number")))
    if known is None:
        return dict(text)
    checked = known.checked_on.isoformat() if known.checked_on else text.get("checked_on")
    return {**text, "status": known.standing.value, "replaced_by": list(known.replaced_by), "checked_on": checked}
