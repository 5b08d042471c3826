"""The statuses of a dossier on the national portal: and what each does to the clock.

Four independent code bases agree on the numbers (they were not seen in a law). "Overdue" is none of them: it is
computed. Done (9) is not handed over (10).
"""

from enum import IntEnum, StrEnum


class Status(IntEnum):
    REGISTERED = 1
    ACCEPTED = 2
    NOT_ACCEPTED = 3
    IN_PROGRESS = 4
    TO_SUPPLEMENT = 5
    TO_PAY = 6
    WITHDRAWN = 7
    HALTED = 8
    DONE = 9
    RETURNED = 10


class Clock(StrEnum):
    NOT_STARTED = "not_started"
    RUNNING = "running"
    STOPPED = "stopped"
    ENDED = "ended"


_CLOCKS = {
    Status.REGISTERED: Clock.NOT_STARTED,
    Status.ACCEPTED: Clock.RUNNING,
    Status.NOT_ACCEPTED: Clock.ENDED,
    Status.IN_PROGRESS: Clock.RUNNING,
    Status.TO_SUPPLEMENT: Clock.STOPPED,
    Status.TO_PAY: Clock.STOPPED,
    Status.WITHDRAWN: Clock.ENDED,
    Status.HALTED: Clock.STOPPED,
    Status.DONE: Clock.STOPPED,
    Status.RETURNED: Clock.ENDED,
}


def clock(status: Status, *, halted_ends: bool = False) -> Clock:
    """Return what a status does to the clock. `halted_ends`: in this source, 8 ends a dossier; elsewhere it waits."""
    return Clock.ENDED if status is Status.HALTED and halted_ends else _CLOCKS[status]
