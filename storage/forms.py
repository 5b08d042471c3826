"""Half-filled forms: where a conversation stands and what was said so far. A restart loses none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect
from storage.base import Base, Json, Tx


class FormRow(Base):
    __tablename__ = "forms"

    key: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str | None]
    data: Mapped[Json]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Form:
    """`state`: the name of the question that was asked last; None: none is being asked."""

    state: str | None
    data: dict[str, Any]


_WRITE = dialect.replacing(FormRow)
TABLE = FormRow.table()
_READ = select(TABLE.c.state, TABLE.c.data)


def key_of(bot_id: int, chat_id: int, user_id: int, destiny: str = "") -> str:
    """Return the key of somebody's form in a chat. `destiny`: whatever else tells two forms of one person apart.

    One spelling for everybody, so that erasing a chat finds its forms.
    """
    return f"{bot_id}:{chat_id}:{user_id}:{destiny}"


def of_chat(bot_id: int, chat_id: int) -> ColumnElement[bool]:
    """Return the condition under which a form is of this chat."""
    return FormRow.key.startswith(f"{bot_id}:{chat_id}:", autoescape=True)


async def read(tx: Tx, key: str) -> Form:
    """Return the form; one that was never written, or was cleared, is empty."""
    row = (await tx.execute(_READ.where(FormRow.key == key))).one_or_none()
    return Form(None, {}) if row is None else Form(row.state, row.data)


async def write(tx: Tx, key: str, state: str | None, data: dict[str, Any], at: datetime) -> None:
    """Keep the form. One without state and data is deleted: nothing of it is left."""
    if state is None and not data:
        await tx.execute(delete(FormRow.table()).where(FormRow.key == key))
        return
    values = {"state": state, "data": data, "at": at}
    await tx.execute(_WRITE.of(tx), {"key": key, **values})


async def forget(tx: Tx, bot_id: int, chat_id: int) -> int:
    """Delete every form of a chat; return how many."""
    ended = await tx.execute(delete(FormRow.table()).where(of_chat(bot_id, chat_id)).returning(FormRow.key))
    return len(ended.all())
