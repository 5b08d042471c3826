"""People of the Department and citizens: who they are, what they are, and how somebody leaves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from storage import (
    addresses,
    dossier_work,
    forms,
    identities,
    journal,
    links,
    mailbox_codes,
    sessions,
    tickets,
    unanswered,
    undelivered,
    units,
)
from storage.base import NoSuchRecord, NotAllowed, Tx, step
from storage.who import ANSWERS_PEOPLE, STEPS, Person, PersonRole, PersonState, Role, Who, roles_of

__all__ = [
    "STEPS",
    "Ambiguous",
    "Left",
    "Listed",
    "NoSuchPerson",
    "Person",
    "PersonRole",
    "PersonState",
    "Role",
    "Who",
    "add",
    "everybody",
    "find",
    "leave",
    "roles_of",
    "speak",
]


class NoSuchPerson(NoSuchRecord):
    """Nobody active bears this name or id."""


class Ambiguous(LookupError):  # noqa: N818 named after what it tells; the caller asks again
    """Several people bear this name: name the id. `people`: their ids."""

    def __init__(self, name: str, people: Sequence[int]) -> None:
        super().__init__(f"{name}: {', '.join(map(str, people))}")
        self.people = tuple(people)


@dataclass(frozen=True, slots=True)
class Left:
    """What leaving ended, and what went over to somebody else (or back to everybody)."""

    identities: int
    sessions: int
    tickets: int
    questions: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as a list shows them. `addresses`: how many live identities."""

    id: int
    name: str
    unit: str | None
    roles: frozenset[Role]
    fields: tuple[str, ...]
    state: PersonState
    addresses: int


async def add(
    tx: Tx,
    *,
    name: str,
    roles: Iterable[Role],
    unit: str | None,
    fields: Sequence[str] = (),
    at: datetime,
    by: int | None,
) -> Person:
    """Record a person. `fields`: what a deputy director answers for. `by` None: the first administrator, the program.

    Raises ValueError without a name or a role, and for fields of somebody who is no deputy director.
    """
    name, roles = " ".join(name.split()), frozenset(roles)
    if not name or not roles:
        raise ValueError("a person has a name and at least one role")
    if fields and Role.DEPUTY_DIRECTOR not in roles:
        raise ValueError("only a deputy director answers for fields")
    unit_id = (await units.named(tx, unit)).id if unit else None
    person = Person(name=name, unit_id=unit_id, state=PersonState.ACTIVE, created_at=at)
    tx.add(person)
    await tx.flush()
    for role in sorted(roles):
        own = list(fields) if role is Role.DEPUTY_DIRECTOR else None
        tx.add(PersonRole(person_id=person.id, role=role, fields=own))
    await tx.flush()
    content = {"name": name, "roles": sorted(roles), "unit": unit, "fields": list(fields)}
    await journal.record(tx, actor_id=by, action="added", kind="person", record_id=person.id, content=content, at=at)
    return person


async def find(tx: Tx, name_or_id: str) -> Person:
    """Return the active person of this id or of exactly this name. Raises NoSuchPerson, Ambiguous."""
    wanted = " ".join(name_or_id.split())
    active = select(Person).where(Person.state == PersonState.ACTIVE).order_by(Person.id)
    # isascii: int() also reads the digits of other scripts. 18: what surely fits the 64 bits of an id.
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 18:  # noqa: PLR2004 said in the line above
        found = list(await tx.scalars(active.where(Person.id == int(wanted))))
    else:
        found = list(await tx.scalars(active.where(Person.name == wanted))) if wanted else []
    match found:
        case []:
            raise NoSuchPerson(wanted)
        case [person]:
            return person
        case _:
            raise Ambiguous(wanted, [person.id for person in found])


async def everybody(tx: Tx, *, citizens: bool = False) -> list[Listed]:
    """Return the staff, those who left too, by name; with `citizens` everybody who ever wrote."""
    rows = await tx.execute(
        select(Person, units.Unit.name, PersonRole.role, PersonRole.fields)
        .outerjoin(units.Unit, units.Unit.id == Person.unit_id)
        .outerjoin(PersonRole, PersonRole.person_id == Person.id)
        .order_by(Person.name, Person.id)
    )
    addresses = await identities.counts(tx)
    found: dict[int, tuple[Person, str | None, dict[Role, list[str]]]] = {}
    for person, unit, role, fields in rows:
        held = found.setdefault(person.id, (person, unit, {}))[2]
        if role is not None:
            held[role] = fields or []
    return [
        Listed(
            id=person.id,
            name=person.name,
            unit=unit,
            roles=frozenset(held),
            fields=tuple(held.get(Role.DEPUTY_DIRECTOR, ())),
            state=person.state,
            addresses=addresses.get(person.id, 0),
        )
        for person, unit, held in found.values()
        if citizens or held.keys() - {Role.CITIZEN}
    ]


async def speak(tx: Tx, person_id: int, language: str, *, at: datetime | None = None) -> None:
    """Record the language ("vi" or "en") that somebody chose. With `at` the choice is journalled."""
    await tx.execute(update(Person).where(Person.id == person_id).values(language=language))
    if at is not None:
        content = {"language": language}
        await journal.record(
            tx, actor_id=person_id, action="speaks", kind="person", record_id=person_id, content=content, at=at
        )


async def leave(tx: Tx, person_id: int, *, hand_over_to: int | None, by: int | None, at: datetime) -> Left:
    """Record that somebody left: nothing of theirs opens a door any more, and their open work has another owner.

    `hand_over_to` None: taken work goes back to everybody. Raises NoSuchPerson, and NotAllowed for a second leaving and
    for a successor who does not answer people.
    """
    person = await tx.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NoSuchPerson(str(person_id))
    step(STEPS, person.state, PersonState.LEFT)
    if hand_over_to is not None and (
        hand_over_to == person_id or not await roles_of(tx, hand_over_to) & ANSWERS_PEOPLE
    ):
        raise NotAllowed(f"person {hand_over_to} cannot take the work over")
    person.state, person.left_at = PersonState.LEFT, at
    await tx.flush()
    await links.cancel(tx, person_id)
    await undelivered.drop(tx, person_id, "left")
    await addresses.forget(tx, person_id)
    await mailbox_codes.forget(tx, person_id)
    for who in await identities.of(tx, person_id):
        await forms.forget(tx, who.bot_id, who.number)  # or whoever has the account next finds a reply half written
    left = Left(
        sessions=await sessions.revoke_all(tx, person_id, at=at),
        identities=await identities.revoke(tx, person_id, by=by, at=at),
        tickets=await tickets.hand_over(tx, person_id, to=hand_over_to, by=by, at=at),
        questions=await unanswered.hand_over(tx, person_id, to=hand_over_to, by=by, at=at),
    )
    await dossier_work.hand_over(tx, person_id, to=hand_over_to, by=by, at=at)
    content = {"to": hand_over_to}
    await journal.record(tx, actor_id=by, action="left", kind="person", record_id=person_id, content=content, at=at)
    return left


async def name_of(tx: Tx, person_id: int | None) -> str:
    """Return somebody's name; "" for nobody."""
    return "" if person_id is None else (await tx.get_one(Person, person_id)).name
