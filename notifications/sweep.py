"""What is found by looking: each sweep posts a notice for everything that is due and not yet told.

A sweep is run again and again, by the leader's timetable and by `troly tick`; what it finds twice has one key. It keeps
no memory of its own, so that a beat that was missed, an hour or a week, is caught up by the next one.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from notifications import validity
from notifications.dossier_sweep import dossiers
from storage import Store, notices, waits

# (store, the moment, the program's settings: a sweep reads its own section) → how many notices it posted.
Sweep = Callable[[Store, datetime, Any], Awaitable[int]]

_AT_ONCE = 500
_UNANSWERED = "unanswered_waiting"
# Somebody is reminded of a question that still waits, this often.
_REMINDED = timedelta(days=7)
_REMINDERS = 8


async def unanswered(store: Store, now: datetime, settings: Any) -> int:  # noqa: ARG001 the same for every sweep
    """Post every question that waits in the queue, and once more for every week that it has waited."""
    posted = 0
    for week in range(_REMINDERS):
        once = f"week {week}" if week else ""
        while True:
            async with store.begin() as tx:
                ids = await waits.questions_untold(
                    tx, _UNANSWERED, before=now - week * _REMINDED, limit=_AT_ONCE, once=once
                )
                for one in ids:
                    posted += await notices.post(tx, _UNANSWERED, one, at=now, once=once)
            if len(ids) < _AT_ONCE:
                break
    return posted


SWEEPS: tuple[Sweep, ...] = (unanswered, dossiers, validity.watch)
