"""Units of the Department (Đơn vị)."""

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, Tx


class Unit(Base):
    __tablename__ = "units"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)


async def named(tx: Tx, name: str) -> Unit:
    """Return the unit of this name; a unit named for the first time comes into being."""
    name = " ".join(name.split())
    unit = await tx.scalar(select(Unit).where(Unit.name == name))
    if unit is None:
        unit = Unit(name=name)
        tx.add(unit)
        await tx.flush()
    return unit


async def listed(tx: Tx) -> list[Unit]:
    return list(await tx.scalars(select(Unit).order_by(Unit.name)))


async def id_of(tx: Tx, name: str) -> int | None:
    """Return the unit of exactly this name, None if there is none."""
    return await tx.scalar(select(Unit.id).where(Unit.name == name))
