"""The record of every conversation: what was heard and what was said, inbox and outbox in one.

A message that came in is committed before its receipt is confirmed; one that goes out is committed before it is spoken.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage import dialect, journal
from storage.base import ERASED, Base, Id, Json, NoSuchRecord, Tx
from storage.straight import Straight

_UNWORKED = text("direction = 'in' AND worked_at IS NULL")
# The web page reads the record itself: its rows are never marked as spoken.
UNSPOKEN = text("channel <> 'web' AND direction = 'out' AND spoken_at IS NULL")


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Message(Base):
    """One message of a chat. `body` None: forgotten. `answers`: the message heard that this one answers."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("bot_id", "chat_id", "update_id"),
        CheckConstraint("(direction = 'in') = (update_id IS NOT NULL)", name="only_what_is_heard_has_an_update"),
        CheckConstraint("direction = 'in' OR worked_at IS NULL", name="only_what_is_heard_is_worked"),
        CheckConstraint(
            "direction = 'out' OR (spoken_at IS NULL AND answers IS NULL AND edited_at IS NULL)",
            name="only_what_is_said_is_spoken",
        ),
        Index(None, "bot_id", "chat_id", "id"),
        Index(None, "answers"),
        Index("ix_messages_unworked", "id", sqlite_where=_UNWORKED, postgresql_where=_UNWORKED),
        Index("ix_messages_unspoken", "bot_id", "chat_id", sqlite_where=UNSPOKEN, postgresql_where=UNSPOKEN),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    channel: Mapped[str]
    bot_id: Mapped[int]
    chat_id: Mapped[int]
    direction: Mapped[Direction]
    update_id: Mapped[int | None]
    answers: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    ordinal: Mapped[int]
    body: Mapped[Json | None]
    at: Mapped[datetime]
    worked_at: Mapped[datetime | None]
    spoken_at: Mapped[datetime | None]
    outside_id: Mapped[str | None]
    edited_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Heard:
    """`new`: this call recorded it. `worked`: it had been worked before this call, so work nothing, speak again."""

    id: int
    new: bool
    worked: bool


_T = Message.table()
_HEARD = Straight(
    dialect.once(Message),
    ["channel", "bot_id", "chat_id", "direction", "update_id", "ordinal", "body", "at", "worked_at"],
)
_SAID = Straight(
    insert(_T).returning(_T.c.id),
    ["channel", "bot_id", "chat_id", "direction", "answers", "ordinal", "body", "at"],
)
_SAID_MANY = insert(_T).returning(_T.c.id, sort_by_parameter_order=True)
SPOKEN = (
    update(_T)
    .where(_T.c.id == bindparam("message"))
    .values(spoken_at=bindparam("moment"), outside_id=bindparam("outside"))
)


async def heard(
    tx: Tx,
    *,
    channel: str,
    bot_id: int,
    chat_id: int,
    update_id: int,
    body: Mapping[str, Any],
    at: datetime,
    worked: bool,
) -> Heard:
    """Record what came in, once per (bot, chat, update).

    `worked`: the work is in this same transaction. A message recorded earlier and never worked comes back with
    `worked` False, and with `worked=True` now counts as worked, with this body: of two processes that found it one gets
    to work it.
    """
    row = {
        "channel": channel,
        "bot_id": bot_id,
        "chat_id": chat_id,
        "direction": Direction.IN,
        "update_id": update_id,
        "ordinal": 0,
        "body": body,
        "at": at,
        "worked_at": at if worked else None,
    }
    message_id = await _HEARD.scalar(tx, row)
    if message_id is not None:
        return Heard(message_id, new=True, worked=False)
    return await _heard_again(tx, row)


async def _heard_again(tx: Tx, row: Mapping[str, Any]) -> Heard:
    key = ("bot_id", "chat_id", "update_id")
    this = [_T.c[name] == row[name] for name in key]
    found = (await tx.execute(select(_T.c.id, _T.c.worked_at).where(*this).with_for_update())).one()
    if found.worked_at is None and row["worked_at"] is not None:
        # What was kept to be worked may be more than what is kept once it was.
        done = update(_T).where(_T.c.id == found.id)
        await tx.execute(done.values(worked_at=row["worked_at"], body=row["body"]))
    return Heard(found.id, new=False, worked=found.worked_at is not None)


_KEPT_MANY = dialect.Either(
    lambda insert: insert(_T).on_conflict_do_nothing().returning(_T.c.id, _T.c.chat_id, _T.c.update_id)
)


async def kept(
    tx: Tx, *, channel: str, bot_id: int, bodies: Sequence[tuple[int, int, Mapping[str, Any]]], at: datetime
) -> list[Heard]:
    """Record several that came in at once and are to be worked later, as `heard` does: (chat, update, body) each."""
    same = {
        "channel": channel,
        "bot_id": bot_id,
        "direction": Direction.IN,
        "ordinal": 0,
        "at": at,
        "worked_at": None,
    }
    rows = [{**same, "chat_id": chat, "update_id": update_id, "body": body} for chat, update_id, body in bodies]
    found = (await tx.execute(_KEPT_MANY.of(tx), rows)).all() if rows else []
    new = {(row.chat_id, row.update_id): row.id for row in found}
    heard_of: list[Heard] = []
    for row in rows:
        message_id = new.pop((row["chat_id"], row["update_id"]), None)
        known = await _heard_again(tx, row) if message_id is None else Heard(message_id, new=True, worked=False)
        heard_of.append(known)
    return heard_of


async def worked(tx: Tx, message_id: int, at: datetime) -> None:
    await tx.execute(update(_T).where(_T.c.id == message_id, _T.c.worked_at.is_(None)).values(worked_at=at))


async def unworked(tx: Tx, limit: int) -> list[Message]:
    """Return the oldest messages that were heard and never worked: what a crash left behind."""
    left = select(Message).where(Message.direction == Direction.IN, Message.worked_at.is_(None))
    return list(await tx.scalars(left.order_by(Message.id).limit(limit)))


async def said(
    tx: Tx,
    *,
    channel: str,
    bot_id: int,
    chat_id: int,
    answers: int | None,
    bodies: Sequence[Mapping[str, Any]],
    at: datetime,
) -> list[int]:
    """Record what is going to be said, in order; return the ids in the same order. Speak after the commit."""
    same = {
        "channel": channel,
        "bot_id": bot_id,
        "chat_id": chat_id,
        "direction": Direction.OUT,
        "answers": answers,
        "at": at,
    }
    rows = [{**same, "ordinal": ordinal, "body": body} for ordinal, body in enumerate(bodies)]
    if len(rows) == 1:  # the usual turn
        return [await _SAID.scalar(tx, rows[0])]
    return list(await tx.scalars(_SAID_MANY, rows)) if rows else []


async def spoken(tx: Tx, ids: Iterable[int], at: datetime, outside_ids: Sequence[str | None] | None = None) -> None:
    """Record that these were delivered. `outside_ids`: the channel's own ids of them, in the same order."""
    ids = list(ids)
    outside = outside_ids or [None] * len(ids)
    rows = [{"message": one, "moment": at, "outside": other} for one, other in zip(ids, outside, strict=True)]
    if rows:
        await tx.execute(SPOKEN, rows)


async def unspoken(tx: Tx, answers: int) -> list[Message]:
    """Return what was said in answer to this message and never spoken, in order."""
    left = select(Message).where(Message.answers == answers, Message.spoken_at.is_(None), Message.body.is_not(None))
    return list(await tx.scalars(left.order_by(Message.ordinal, Message.id)))


async def replies(tx: Tx, answers: int) -> list[Message]:
    """Return everything that was said in answer to this message, in order, spoken or not."""
    said_so = select(Message).where(Message.answers == answers, Message.body.is_not(None))
    return list(await tx.scalars(said_so.order_by(Message.ordinal, Message.id)))


async def one(tx: Tx, message_id: int, bot_id: int, chat_id: int) -> Message | None:
    """Return this message if it stands in this chat."""
    return await tx.scalar(
        select(Message).where(Message.id == message_id, Message.bot_id == bot_id, Message.chat_id == chat_id)
    )


async def edit(  # noqa: PLR0917 where, what, when: the order every caller knows
    tx: Tx, message_id: int, chat_id: int, bot_id: int, body: Mapping[str, Any], at: datetime
) -> None:
    """Change what a message of ours says; that is still to be spoken. Raises NoSuchRecord if it is not in this chat."""
    ours = (_T.c.id == message_id, _T.c.chat_id == chat_id, _T.c.bot_id == bot_id, _T.c.direction == Direction.OUT)
    changed = await tx.scalar(
        update(_T).where(*ours).values(body=body, edited_at=at, spoken_at=None).returning(_T.c.id)
    )
    if changed is None:
        raise NoSuchRecord(f"message {message_id}")


async def history(
    tx: Tx, *, bot_id: int, chat_id: int, before: int | None = None, after: int | None = None, limit: int
) -> list[Message]:
    """Return messages of a chat, the oldest first: the last `limit` before this id, or the first `limit` after it."""
    chat = select(Message).where(Message.bot_id == bot_id, Message.chat_id == chat_id, Message.body.is_not(None))
    if before is not None:
        chat = chat.where(Message.id < before)
    if after is not None:
        return list(await tx.scalars(chat.where(Message.id > after).order_by(Message.id).limit(limit)))
    return list(await tx.scalars(chat.order_by(Message.id.desc()).limit(limit)))[::-1]


async def newer(tx: Tx, *, bot_id: int, chat_ids: Sequence[int], after: int, limit: int) -> list[Message]:
    """Return what was said in any of these chats after this id, in order: how a page hears of another process."""
    said_since = select(Message).where(
        Message.bot_id == bot_id,
        Message.chat_id.in_(chat_ids),
        Message.id > after,
        Message.direction == Direction.OUT,
        Message.body.is_not(None),
    )
    return list(await tx.scalars(said_since.order_by(Message.id).limit(limit)))


async def latest_id(tx: Tx, *, bot_id: int) -> int:
    """Return the id of the newest message of this bot, heard or said; 0 if there is none."""
    # By the primary key from its end: the index on chats would be walked whole.
    newest = select(_T.c.id).where(_T.c.bot_id == bot_id).order_by(_T.c.id.desc()).limit(1)
    return await tx.scalar(newest) or 0


async def forget(tx: Tx, bot_id: int, chat_id: int, *, by: int | None, at: datetime) -> int:
    """Erase what was heard and said in a chat; return how many messages. That there were some stays known."""
    tx.info[ERASED] = True
    there = (_T.c.bot_id == bot_id, _T.c.chat_id == chat_id, _T.c.body.is_not(None))
    erased = (await tx.execute(update(_T).where(*there).values(body=None, outside_id=None).returning(_T.c.id))).all()
    await journal.record(
        tx,
        actor_id=by,
        action="forgotten",
        kind="chat",
        record_id=0,
        content={"bot": bot_id, "chat": chat_id, "messages": len(erased)},
        at=at,
    )
    return len(erased)


def mark(record: str, record_id: int) -> str:
    """Return how a body's "about" names the record whose words the message may repeat: "ticket 12"."""
    return f"{record} {record_id}"


async def forget_about(tx: Tx, marks: Collection[str], chats: Select[int, int]) -> int:
    """Erase, in these chats (bot_id, chat_id), what repeats the words of these records; return how many messages."""
    about = Message.body["about"].as_string()
    there = select(_T.c.id, about).where(tuple_(_T.c.bot_id, _T.c.chat_id).in_(chats), about.is_not(None))
    found = [row_id for row_id, named in await tx.execute(there) if not {*json.loads(named)}.isdisjoint(marks)]
    for row_id in found:
        await tx.execute(update(_T).where(_T.c.id == row_id).values(body=None))
    return len(found)
