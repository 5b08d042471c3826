"""What stands in the record and has not been spoken: the outbox of a channel that keeps no record of its own.

A message whose `outside_id` is set and whose `spoken_at` is not has been changed since it was spoken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from storage.base import Tx
from storage.messages import SPOKEN, UNSPOKEN, Direction, Message
from storage.unreachable import Unreachable

_T = Message.table()
# Word for word the condition of the index: SQLite uses a partial index for nothing else.
_WAITS = (UNSPOKEN, _T.c.body.is_not(None))


async def waiting(tx: Tx, channel: str, bot_id: int, limit: int) -> list[int]:
    """Return chats in which something waits to be spoken, those that cannot be reached left out."""
    gone = select(Unreachable.chat_id).where(Unreachable.bot_id == bot_id)
    chats = select(_T.c.chat_id).where(_T.c.channel == channel, _T.c.bot_id == bot_id, *_WAITS).distinct()
    return list(await tx.scalars(chats.where(_T.c.chat_id.not_in(gone)).limit(limit)))


async def unspoken(tx: Tx, bot_id: int, chat_id: int, limit: int) -> list[Message]:
    """Return what waits to be spoken in a chat, the oldest first."""
    rows = select(Message).where(_T.c.bot_id == bot_id, _T.c.chat_id == chat_id, *_WAITS)
    return list(await tx.scalars(rows.order_by(_T.c.id).limit(limit)))


async def standing(tx: Tx, bot_id: int, chat_id: int, outside_id: int) -> Message | None:
    """Return the message that the channel shows under this id of its own (the last one, if it was cut in several)."""
    last = or_(_T.c.outside_id == str(outside_id), _T.c.outside_id.endswith(f",{outside_id}"))
    rows = select(Message).where(_T.c.bot_id == bot_id, _T.c.chat_id == chat_id, _T.c.direction == Direction.OUT, last)
    return await tx.scalar(rows.order_by(_T.c.id.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a message said when it was spoken, and where it stands outside (None: nowhere)."""

    id: int
    outside_id: str | None
    body: Mapping[str, Any]


async def spoken(tx: Tx, several: Sequence[Spoken], at: datetime) -> None:
    """Record what was spoken. A message that was changed meanwhile still has to be spoken as it is now."""
    bodies = select(_T.c.id, _T.c.body).where(_T.c.id.in_([one.id for one in several]), _T.c.body.is_not(None))
    now = {row.id: row.body for row in await tx.execute(bodies.with_for_update())}
    rows = [
        {"message": one.id, "outside": one.outside_id, "moment": at if now[one.id] == one.body else None}
        for one in several
        if one.id in now
    ]
    if rows:
        await tx.execute(SPOKEN, rows)


async def moved(tx: Tx, bot_id: int, old: int, new: int) -> None:
    """Let the record of a chat that got another id (a group that became a supergroup) go on under the new one."""
    await tx.execute(update(_T).where(_T.c.bot_id == bot_id, _T.c.chat_id == old).values(chat_id=new))
