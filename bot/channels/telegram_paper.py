"""The file that a row is about, made when it is spoken: the record holds none, and says only where the page has it."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from handlers import held
from storage import Tx, identities, privacy


@dataclass(frozen=True, slots=True)
class Paper:
    """`address`: of the button that stands for the file on the page."""

    address: str
    name: str
    content: bytes


async def paper_of(tx: Tx, bot_id: int, chat_id: int, urls: Collection[str], now: datetime) -> Paper | None:
    """Return the file for whoever this chat belongs to; None: there is none among the addresses, or nobody is there."""
    language = next((language for language in ("vi", "en") if held.address(language) in urls), None)
    who = await identities.who(tx, bot_id=bot_id, number=chat_id) if language else None
    if language is None or who is None:
        return None
    found = await privacy.held(tx, who)
    return Paper(held.address(language), held.NAME, await asyncio.to_thread(held.page, found, language, now))
