"""What every record shares: the metadata, the names of constraints, and the refusals."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeVar

from sqlalchemy import BigInteger, MetaData, Table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, mapped_column

from storage.types import ID_COLUMN, JSON_COLUMN, WORD_COLUMN, Moment, Written

Tx = AsyncSession

# In `tx.info` of a transaction that erases what somebody said: the store then clears it from its log file as well.
ERASED = "erased"
# In `tx.info`, where the store opened the transaction: the connection that it runs on.
LINE = "line"

State = TypeVar("State", bound=StrEnum)
Row = TypeVar("Row", bound="Base")

Id = Annotated[int, mapped_column(ID_COLUMN, primary_key=True)]
Json = dict[str, Any]
JsonList = list[Any]


class NotAllowed(Exception):  # noqa: N818 a refusal is an answer, not an error of the program
    """The register refuses this step: from this state, or by this person."""


class NoSuchRecord(LookupError):  # noqa: N818 named after what it tells the person
    """There is no such row, or not for this person: the two are told apart nowhere."""


async def held(tx: Tx, record: type[Row], row_id: int) -> Row:
    """Return a row as it stands now, locked until the transaction ends. Raises NoSuchRecord."""
    row = await tx.get(record, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchRecord(f"{record.table().name} {row_id}")
    return row


def step(steps: Mapping[State, AbstractSet[State]], now: State, to: State) -> State:
    """Return `to` if the table of steps leads there from `now`; raises NotAllowed."""
    if to not in steps[now]:
        raise NotAllowed(f"{now} -> {to}")
    return to


class Base(DeclarativeBase):
    # Named, so that a migration can find and drop a constraint on either database.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Written,
        int: BigInteger,
        datetime: Moment,
        StrEnum: WORD_COLUMN,
        Json: JSON_COLUMN,
        JsonList: JSON_COLUMN,
    }

    @classmethod
    def table(cls) -> Table:
        """Return the table, for Core statements: on the path of every turn they cost half of what the ORM's cost."""
        table = cls.__table__
        assert isinstance(table, Table)  # noqa: S101 narrows FromClause for mypy; declarative classes always have a Table
        return table
