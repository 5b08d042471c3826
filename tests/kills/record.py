"""What a store remembers of a conversation, in a form that two stores can be compared by."""

import asyncio
from typing import Any

from sqlalchemy import select

from storage import Store
from storage.asked import Question
from storage.base import Tx
from storage.forms import FormRow
from storage.messages import Message
from storage.tickets import Ticket
from storage.unanswered import Unanswered
from tests.kills.victim import KEYS


def remembered(url: str) -> dict[str, Any]:
    """Return every record that the conversation left, without the ids that a retried insert may skip."""
    return asyncio.run(_remembered(url))


async def _remembered(url: str) -> dict[str, Any]:
    store = Store.at(url, keys=KEYS)
    try:
        async with store.reading() as tx:
            return {
                "messages": await _messages(tx),
                "questions": [(q.update_id, q.kind, q.text) for q in await tx.scalars(select(Question))],
                "unanswered": len(list(await tx.scalars(select(Unanswered)))),
                "tickets": [ticket.body for ticket in await tx.scalars(select(Ticket))],
                "forms": [(form.state, form.data) for form in await tx.scalars(select(FormRow))],
            }
    finally:
        await store.close()


async def _messages(tx: Tx) -> list[tuple[Any, ...]]:
    rows = list(await tx.scalars(select(Message).order_by(Message.id)))
    heard = {row.id: row.update_id for row in rows}
    return [(row.direction, row.update_id or heard[row.answers or 0], (row.body or {}).get("text")) for row in rows]
