"""What the deadlines of dossiers are watched by: the open ones that may alert today, and who answers for them.

Bound by the partial index of what is open: the finished ones, however many, are not read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    or_,
    select,
    text,
    true,
    union_all,
)

from storage import absences
from storage.base import Tx
from storage.dialect import DayInVietNam
from storage.dossier_imports import DossierBatch
from storage.dossiers import DOUBTFUL, Clock, Dossier
from storage.notices import Notice
from storage.who import Person, PersonRole, PersonState, Role

# Word for word the condition of the partial index: SQLite uses it for nothing else.
_OPEN = text("clock IN ('running', 'stopped') AND status < 9")
_KEYS = 500


@dataclass(frozen=True, slots=True)
class Watched:
    """An open dossier as far as its deadlines go, see `knowledge.deadlines.Facts`. `data_at`: when last named."""

    id: int
    code: str
    source: str
    clock: str
    officer_id: int | None
    unit_id: int | None
    received_at: datetime | None
    due_at: datetime | None
    in_time: bool | None
    extended_at: datetime | None
    supplement_asked_at: datetime | None
    data_at: datetime

    @property
    def is_open(self) -> bool:
        return True


class Looked(NamedTuple):
    """Which open dossiers are looked at: due before a moment; received, or asked for papers, since another one.

    `today`: when the day begins. `short`: who was received before that had time for every reminder.
    """

    due_before: datetime
    received_since: datetime
    asked_since: datetime
    today: datetime
    short: datetime


class Alike(NamedTuple):
    """Open dossiers of which there is the same to hear today. Days in Viet Nam, ISO 8601; None: it does not matter.

    `asked`: a day long past stands for every such day. `doubtful`: not late yet, and expected to be.
    """

    officer_id: int | None
    unit_id: int | None
    source: str
    running: bool
    received: str | None
    due: str | None
    asked: str | None
    doubtful: bool
    extended: bool
    ids: str

    @property
    def same(self) -> tuple[bool, str | None, str | None, str | None, bool, bool]:
        return self.running, self.received, self.due, self.asked, self.doubtful, self.extended


class Placed(Protocol):
    """Whatever is of an officer and a unit."""

    @property
    def officer_id(self) -> int | None: ...
    @property
    def unit_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Duty:
    """Who answers for what today: heads by unit, directors, whoever keeps the system, and who stands in for whom.

    `away`: by person; who is there in their stead, None where nobody is.
    """

    staff: frozenset[int] = frozenset()
    heads: Mapping[int, Sequence[int]] = field(default_factory=dict)
    directors: Sequence[int] = ()
    keepers: Sequence[int] = ()
    away: Mapping[int, int | None] = field(default_factory=dict)

    def officer(self, dossier: Placed) -> Sequence[int]:
        """Return who works on it today: its officer, who stands in, or the head where there is neither."""
        return self._there(() if dossier.officer_id is None else (dossier.officer_id,)) or self.head(dossier)

    def head(self, dossier: Placed) -> Sequence[int]:
        """Return the heads of its unit, or who stands in; without any the director, who may stand in for them."""
        return self._there(self.heads.get(dossier.unit_id or 0, ())) or self.director()

    def director(self) -> Sequence[int]:
        """Return the directors, or who stands in; of an office without one, who keeps the system."""
        return self._there(self.directors) or self.directors or self.keepers

    def _there(self, people: Sequence[int]) -> Sequence[int]:
        """Return who of these is there, or in their stead, once each."""
        found = dict.fromkeys(self.away.get(person, person) for person in people)
        return tuple(person for person in found if person in self.staff)


_D = Dossier.table().c
_COLUMNS = (
    *(_D.id, _D.code, _D.source, _D.clock, _D.officer_id, _D.unit_id, _D.received_at, _D.due_at, _D.in_time),
    *(_D.extended_at, _D.supplement_asked_at, _D.seen_at.label("data_at")),
)


def _open() -> Select[Any]:
    return select(*_COLUMNS).where(_OPEN, _D.vanished_at.is_(None))


_LONG_PAST = "1970-01-01"


def _alike() -> Select[Any]:
    """Return what counts the open dossiers by what matters of them today: thousands come down to a few hundred rows.

    What does not matter is left out, or each would differ: a late one is late whenever it came, and whoever came long
    ago has had time for every reminder (see `Looked`).
    """
    moment = partial(bindparam, type_=_D.due_at.type)
    still = _D.due_at >= moment("today")
    lately = _D.supplement_asked_at >= moment("asked_since")
    young = and_(or_(_D.due_at.is_(None), still), _D.received_at >= moment("short"))
    plain = select(
        _D.id,
        _D.officer_id,
        _D.unit_id,
        _D.source,
        (_D.clock == Clock.RUNNING).label("running"),
        case((or_(lately, young), DayInVietNam(_D.received_at))).label("received"),
        DayInVietNam(_D.due_at).label("due"),
        case((lately, DayInVietNam(_D.supplement_asked_at)), (_D.supplement_asked_at.is_not(None), _LONG_PAST)).label(
            "asked"
        ),
        func.coalesce(and_(DOUBTFUL, still), false()).label("doubtful"),
        func.coalesce(and_(DOUBTFUL, _D.extended_at.is_not(None)), false()).label("extended"),
    ).where(_OPEN, _D.vanished_at.is_(None))
    soon = _D.due_at < moment("due_before")
    unasked = and_(_D.supplement_asked_at.is_(None), _D.clock == Clock.RUNNING)
    recent = plain.where(soon.is_not(true()), unasked, _D.received_at >= moment("received_since"))
    rows = union_all(plain.where(soon), recent, plain.where(soon.is_not(true()), lately)).subquery()
    by = [rows.c[name] for name in Alike._fields[:-1]]
    return select(*by, func.aggregate_strings(cast(rows.c.id, Text), ",")).group_by(*by)


_ALIKE = _alike()


async def alike(tx: Tx, looked: Looked) -> list[Alike]:
    """Return the open dossiers that may have an alert of the day, as many together as are alike to it."""
    rows = (await tx.execute(_ALIKE, looked._asdict())).all()
    return [Alike(*row) for row in rows]


async def not_in_time(tx: Tx, *, since: datetime) -> list[Watched]:
    """Return the open dossiers due since a moment of which their officer expects that they will be late."""
    rows = (await tx.execute(_open().where(DOUBTFUL, _D.due_at >= since))).mappings()
    return [Watched(**row) for row in rows]


async def still(tx: Tx, ids: Iterable[int]) -> dict[int, Watched]:
    """Return those of these dossiers that are still open, by id."""
    wanted, found = list(ids), dict[int, Watched]()
    for start in range(0, len(wanted), _KEYS):
        rows = await tx.execute(_open().where(_D.id.in_(wanted[start : start + _KEYS])))
        found |= {row["id"]: Watched(**row) for row in rows.mappings()}
    return found


async def unit_of(tx: Tx, dossier_id: int) -> int | None:
    return await tx.scalar(select(_D.unit_id).where(_D.id == dossier_id))


async def as_of(tx: Tx) -> Mapping[str, tuple[datetime, int]]:
    """Return as of when each source's newest export is, and which import brought it."""
    finished, source = DossierBatch.finished_at.is_not(None), DossierBatch.source
    # A source that is asked every quarter of an hour has tens of thousands of them in a year.
    last = select(source, func.max(DossierBatch.exported_at).label("at")).where(finished).group_by(source).subquery()
    newest = select(source, DossierBatch.exported_at, func.max(DossierBatch.id).label("id")).where(finished)
    same = (source == last.c.source) & (DossierBatch.exported_at == last.c.at)
    rows = await tx.execute(newest.join(last, same).group_by(source, DossierBatch.exported_at))
    return {row.source: (row.exported_at, row.id) for row in rows}


async def source_of(tx: Tx, batch_id: int) -> str | None:
    return await tx.scalar(select(DossierBatch.source).where(DossierBatch.id == batch_id))


async def on_duty(tx: Tx, day: date) -> Duty:
    """Return who answers for what on this day."""
    held = select(Person.id, Person.unit_id, PersonRole.role).join(PersonRole, PersonRole.person_id == Person.id)
    staff: set[int] = set()
    heads: dict[int, list[int]] = {}
    roles: dict[Role, list[int]] = {}
    for person_id, unit_id, role in await tx.execute(
        held.where(Person.state == PersonState.ACTIVE).order_by(Person.id)
    ):
        if role is not Role.CITIZEN:
            staff.add(person_id)
            roles.setdefault(role, []).append(person_id)
        if role is Role.HEAD_OF_UNIT and unit_id is not None:
            heads.setdefault(unit_id, []).append(person_id)
    keepers = roles.get(Role.QMS_SECRETARY) or roles.get(Role.ADMINISTRATOR) or []
    return Duty(frozenset(staff), heads, roles.get(Role.DIRECTOR, []), keepers, await absences.away(tx, day))


async def facts_of(tx: Tx, keys: Sequence[str]) -> list[tuple[int, Mapping[str, Any]]]:
    """Return what the notices of these keys are about, and what was noted with them."""
    found: list[tuple[int, Mapping[str, Any]]] = []
    for start in range(0, len(keys), _KEYS):
        rows = select(Notice.about, Notice.facts).where(Notice.key.in_(keys[start : start + _KEYS]))
        found += [(row.about, row.facts or {}) for row in await tx.execute(rows)]
    return found


async def untold(tx: Tx, keys: Sequence[str]) -> list[str]:
    """Return which of these keys no notice bears yet, in their order."""
    told: set[str] = set()
    for start in range(0, len(keys), _KEYS):
        told |= set(await tx.scalars(select(Notice.key).where(Notice.key.in_(keys[start : start + _KEYS]))))
    return [key for key in keys if key not in told]
