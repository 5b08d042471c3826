"""Who somebody is: the person, the roles, and `Who`, the speaker of a turn."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, JsonList, Tx


class Role(StrEnum):
    CITIZEN = "citizen"
    CLERK = "one_stop_clerk"
    OFFICER = "officer"
    HEAD_OF_UNIT = "head_of_unit"
    DEPUTY_DIRECTOR = "deputy_director"
    DIRECTOR = "director"
    QMS_SECRETARY = "qms_secretary"
    INTERNAL_AUDITOR = "internal_auditor"
    ADMINISTRATOR = "administrator"


# Who reads every ticket and every unanswered question; the others read those of their unit and the untaken ones.
SEES_ALL = frozenset({Role.QMS_SECRETARY, Role.DIRECTOR, Role.DEPUTY_DIRECTOR})

# Whose work it is to answer people. An administrator runs the machine, an auditor samples records.
ANSWERS_PEOPLE = SEES_ALL | {Role.CLERK, Role.OFFICER, Role.HEAD_OF_UNIT}


class PersonState(StrEnum):
    ACTIVE = "active"
    LEFT = "left"


STEPS = {PersonState.ACTIVE: {PersonState.LEFT}, PersonState.LEFT: set[PersonState]()}


class Person(Base):
    """Somebody. A citizen met in a chat has no name ("") until giving one."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("(state = 'left') = (left_at IS NOT NULL)", name="who_left_has_a_day"),
        Index(None, "name"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    name: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"), index=True)
    state: Mapped[PersonState]
    language: Mapped[str | None]
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class PersonRole(Base):
    """A role held. `fields`: what a deputy director answers for, and nobody else has any."""

    __tablename__ = "person_roles"
    __table_args__ = (CheckConstraint("role = 'deputy_director' OR fields IS NULL", name="only_deputies_have_fields"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)
    fields: Mapped[JsonList | None]


@dataclass(frozen=True, slots=True)
class Who:
    """The speaker of a turn. `number` is the integer a channel addresses them by: (bot_id, number) is one identity."""

    identity_id: int
    person_id: int
    name: str
    roles: frozenset[Role]
    unit_id: int | None
    channel: str
    bot_id: int
    number: int
    language: str | None
    notice_version: str | None

    @property
    def is_staff(self) -> bool:
        """Whether they hold any role but that of a citizen; somebody who left holds none."""
        return bool(self.roles - {Role.CITIZEN})


async def roles_of(tx: Tx, person_id: int) -> frozenset[Role]:
    """Return the roles that somebody holds; none if they left."""
    held = select(PersonRole.role).join(Person, Person.id == PersonRole.person_id)
    return frozenset(await tx.scalars(held.where(Person.id == person_id, Person.state == PersonState.ACTIVE)))


async def may_answer(tx: Tx, person_id: int) -> bool:
    """Tell whether it is this person's work to answer people."""
    return bool(ANSWERS_PEOPLE & await roles_of(tx, person_id))


async def holding(tx: Tx, roles: Collection[Role], *, unit_id: int | None = None) -> list[int]:
    """Return the people who hold any of these roles (in this unit, if one is named), those who left left out."""
    held = select(Person.id).join(PersonRole, PersonRole.person_id == Person.id).where(PersonRole.role.in_(roles))
    if unit_id is not None:
        held = held.where(Person.unit_id == unit_id)
    return list(await tx.scalars(held.where(Person.state == PersonState.ACTIVE).distinct().order_by(Person.id)))


async def unit_of(tx: Tx, person_id: int) -> int | None:
    """Return the unit of somebody, also of one who left; None: of no unit."""
    return await tx.scalar(select(Person.unit_id).where(Person.id == person_id))
