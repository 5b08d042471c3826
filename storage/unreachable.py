"""Chats that cannot be reached: the person blocked the bot, or is gone.

Nothing is tried there by itself; whoever writes again is reachable again.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect
from storage.base import Base, Tx


class Unreachable(Base):
    __tablename__ = "unreachable"

    bot_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]


_MARKED = dialect.replacing(Unreachable)


async def mark(tx: Tx, bot_id: int, chat_id: int, at: datetime) -> None:
    """Record that this chat cannot be reached since `at`."""
    await tx.execute(_MARKED.of(tx), {"bot_id": bot_id, "chat_id": chat_id, "since": at})


async def clear(tx: Tx, bot_id: int, chat_id: int) -> None:
    table = Unreachable.table()
    await tx.execute(delete(table).where(table.c.bot_id == bot_id, table.c.chat_id == chat_id))


async def has(tx: Tx, bot_id: int, chat_id: int) -> bool:
    """Tell whether this chat cannot be reached."""
    return await tx.get(Unreachable, (bot_id, chat_id)) is not None


async def of(tx: Tx, bot_id: int) -> frozenset[int]:
    """Return the chats of this bot that cannot be reached."""
    return frozenset(await tx.scalars(select(Unreachable.chat_id).where(Unreachable.bot_id == bot_id)))
