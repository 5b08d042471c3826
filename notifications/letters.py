"""What a kind of notification produces."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from storage import Tx


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told, and to which chat. `body`: as the record of a conversation keeps it (html, buttons)."""

    channel: str
    bot_id: int
    chat_id: int
    body: Mapping[str, Any]


class Kind(Protocol):
    """A module of this package, named as storage names the notice."""

    __name__: str

    async def letter(self, tx: Tx, about: int) -> Letter | None:
        """Return the letter about this record; None when nobody is left to be told."""
        ...
