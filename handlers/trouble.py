"""What is said when something else than an answer is due: a refused step, a failure, a masked or a cut text."""

from handlers.elsewhere import to_the_page
from handlers.office import Office
from handlers.says import words
from handlers.turn import Turn

say = words("handlers/trouble")


def refused(turn: Turn) -> None:
    """Say that the record does not allow it, or has no such row for this person: the two sound the same."""
    turn.say(say[turn.language].refused(staff=turn.who.is_staff))


def failed(turn: Turn, office: Office, number: str) -> None:
    """Say that something failed. `number` finds the line in the log; nothing internal is said."""
    turn.say(say[turn.language].failed(office, number, staff=turn.who.is_staff))


def masked(turn: Turn, office: Office) -> None:
    html = say[turn.language].masked(sorted(turn.masked), staff=turn.who.is_staff)
    turn.say(html, buttons=to_the_page(turn, office))


def cut(turn: Turn) -> None:
    turn.say(say[turn.language].cut())
