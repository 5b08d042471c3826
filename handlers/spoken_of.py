"""Which procedure a chat speaks of, and which of its papers are ticked off: kept in the chat's own sheets."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers.turn import FOLLOWS, Turn
from storage import Tx, forms, questions

SHEET = "thu-tuc"
_KEPT = 20  # procedures whose ticks are kept; the oldest go first


def _key(turn: Turn, sheet: str) -> str:
    return forms.key_of(turn.bot_id, turn.chat_id, turn.who.number, sheet)


def procedure(turn: Turn) -> str | None:
    """Return the procedure (code or own id) that this chat speaks of, unless something else was asked since."""
    data = turn.spoken_of  # read with everything else that a turn begins with
    if not data or datetime.fromisoformat(data["at"]) < turn.now - FOLLOWS:
        return None
    return str(data["procedure"]) if data["after"] == _digest(turn.previous) else None


async def remember(tx: Tx, turn: Turn, cited: str, *, asked: str | None = None) -> None:
    """Note that this chat speaks of this procedure now: until another question follows, or half an hour.

    `asked`: the question of this turn; None when a command or a button opened the procedure.
    """
    since = turn.now - FOLLOWS
    last = asked or await questions.previous(tx, bot_id=turn.bot_id, chat_id=turn.chat_id, since=since)
    data = {"procedure": cited, "after": _digest(last), "at": turn.now.isoformat()}
    await forms.write(tx, _key(turn, SHEET), None, data, turn.now)


async def ticked(tx: Tx, turn: Turn, cited: str, version: str) -> set[int]:
    """Return the numbers (from 1) of the papers ticked for this version of a procedure."""
    data = (await forms.read(tx, _key(turn, "giay-to"))).data
    return set(_numbers(data.get(cited), version))


async def tick(tx: Tx, turn: Turn, cited: str, version: str, numbers: set[int]) -> None:
    """Keep which papers are ticked; of another version nothing is carried over, for its papers are others."""
    data = (await forms.read(tx, _key(turn, "giay-to"))).data
    data.pop(cited, None)
    if numbers:
        data[cited] = {"version": version, "ticked": sorted(numbers)}
    await forms.write(tx, _key(turn, "giay-to"), None, dict(list(data.items())[-_KEPT:]), turn.now)


def _numbers(kept: Any, version: str) -> Sequence[int]:
    return kept["ticked"] if kept and kept["version"] == version else ()


def _digest(text: str | None) -> str:
    # The words of the question stand in the questions' own record, and are erased there.
    return hashlib.sha256((text or "").encode()).hexdigest()[:24]
