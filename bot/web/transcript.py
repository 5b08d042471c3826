"""The record of a chat as frames, for a page that opens, comes back or scrolls up."""

from typing import Any

from bot.channels.webchat import shown
from storage import Store, messages
from storage.messages import Direction, Message
from storage.who import Who

PAGE = 40

Frames = dict[str, Any]


async def latest(store: Store, who: Who, *, after: int) -> tuple[Frames, bool, int]:
    """Return the last messages, whether there are older ones, and the id of the newest.

    With `after` (the last row the page has) only what is newer or was changed since comes back, unless so much
    happened that rows in between would be missing: then `gap` tells the page to begin anew.
    """
    rows, more = await _page(store, who, before=None)
    newest = rows[-1].id if rows else 0
    if after and rows and rows[0].id <= after:
        rows = [row for row in rows if row.id > after or row.edited_at]
        return {"history": _frames(rows), "gap": False}, more, newest
    return {"history": _frames(rows), "gap": bool(after)}, more, newest


async def older(store: Store, who: Who, *, before: int) -> tuple[Frames, bool]:
    """Return the messages before this row."""
    rows, more = await _page(store, who, before=before)
    return {"history": _frames(rows)}, more


async def said(store: Store, who: Who, row: int) -> Message | None:
    """Return a message of ours in this person's chat."""
    async with store.reading() as tx:
        found = await messages.one(tx, row, who.bot_id, who.number)
    return found if found and found.direction is Direction.OUT else None


def you(who: Who, language: str) -> Frames:
    """Return what the page is told about its person. A language they never chose is the page's own."""
    return {"lang": who.language or language, "name": who.name, "staff": who.is_staff}


async def _page(store: Store, who: Who, *, before: int | None) -> tuple[list[Message], bool]:
    async with store.reading() as tx:
        rows = await messages.history(tx, bot_id=who.bot_id, chat_id=who.number, before=before, limit=PAGE + 1)
    return rows[-PAGE:], len(rows) > PAGE


def _frames(rows: list[Message]) -> list[Frames]:
    return [frame for row in rows if (frame := _frame(row))]


def _frame(row: Message) -> Frames | None:
    body = row.body or {}
    if row.direction is Direction.OUT:
        return None if body.get("deleted") or "html" not in body else shown(row.id, body, row.at)
    mine = {"t": "mine", "id": str(row.id), "at": row.at.isoformat(), "sent": str(row.update_id)}
    if body.get("withheld"):
        return {**mine, "text": "", "withheld": True}
    if "press" in body:
        return {**mine, "text": body.get("label", ""), "press": True}
    return {**mine, "text": body.get("text", "")} if "text" in body else None
