"""From a notice to the chat it belongs into. The record of the conversation is the outbox.

A web page reads its chat's record itself, so a letter written there is told; another channel's sender speaks what
stands unspoken.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from notifications.kinds import KINDS
from storage import Store, messages, notices
from storage.notices import Notice

log = logging.getLogger(__name__)

# As many as one sweep takes; the next sweep takes the rest.
AT_ONCE = 50


async def deliver(store: Store, now: datetime, *, nudge: Callable[[int], None] | None = None) -> int:
    """Tell what was posted and not told yet; return how many letters were written.

    Letter and settlement are one transaction: told once, whatever crashes. `nudge` hears of each chat afterwards. One
    notice that fails does not stop the others.
    """
    async with store.begin() as tx:
        waiting = await notices.unaddressed(tx, KINDS, now, AT_ONCE)
    told = 0
    for notice in waiting:
        try:
            chat_id = await _tell(store, notice, now)
        except Exception:
            log.exception("notice not told", extra={"notice": notice.id, "kind": notice.kind})
            continue
        if chat_id is not None:
            told += 1
            if nudge is not None:
                nudge(chat_id)
    return told


async def _tell(store: Store, notice: Notice, now: datetime) -> int | None:
    kind = KINDS[notice.kind]
    async with store.begin() as tx:
        if not await notices.addressed(tx, [notice.id], now):
            return None  # another process was quicker
        letter = await kind.letter(tx, notice.about)
        if letter is None:
            return None
        await messages.said(
            tx,
            channel=letter.channel,
            bot_id=letter.bot_id,
            chat_id=letter.chat_id,
            answers=None,
            bodies=[letter.body],
            at=now,
        )
        return letter.chat_id
