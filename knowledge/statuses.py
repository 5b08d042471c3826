"""The statuses of a dossier on the national portal: what each does to the clock, and what it is called.

Four independent code bases agree on the numbers (they were not seen in a law). "Overdue" is none of them: it is
computed. Done (9) is not handed over (10).
"""

from enum import IntEnum, StrEnum

from knowledge.wording import Words


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


CLOCKS = {
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
# Nobody works on these any more; what is done waits for its owner only.
CLOSED = frozenset({Status.NOT_ACCEPTED, Status.WITHDRAWN, Status.DONE, Status.RETURNED})


def clock(status: Status, *, halted_ends: bool = False) -> Clock:
    """Return what a status does to the clock. `halted_ends`: in this source, 8 ends a dossier; elsewhere it waits."""
    return Clock.ENDED if status is Status.HALTED and halted_ends else CLOCKS[status]


def is_step_back(before: Status, after: Status) -> bool:
    """Tell whether a source that reports `after` where `before` stood has gone back, and should be asked.

    Between "in progress" and the three that stop the clock a dossier goes to and fro; what has ended begins no more.
    """
    if CLOCKS[before] is Clock.ENDED:
        return after is not before
    middle = {Status.IN_PROGRESS, Status.TO_SUPPLEMENT, Status.TO_PAY, Status.HALTED}
    return after < before and not (before in middle and after in middle)


def name(status: Status, language: str = "vi") -> str:
    """Return what the portal calls it ("vi"), or the same in English."""
    return str(Words("knowledge/statuses", language).name(int(status)))


def what_next(status: Status, language: str = "vi") -> str:
    """Return in a plain sentence what happens next, for the person whose dossier it is."""
    return str(Words("knowledge/statuses", language).what_next(int(status)))
