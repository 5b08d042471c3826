"""The way out of a foreign messenger: what must not go through it can be said on the office's own page."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.office import Office
from handlers.says import words
from handlers.turn import DOOR, Button, Rows, Saying, Turn

say = words("handlers/elsewhere")


def to_the_page(turn: Turn, office: Office, *, unknown: bool = False) -> Rows:
    """Return a button that opens the web chat, for people who are not there; none where the page has no public address.

    A nameless citizen comes in by a one-time link as the same person as here. `unknown`: nothing shall tie the two
    together, so the link is the same for everybody; it is so in a group too, and for staff, who link a chat by a code.
    """
    if turn.who.channel == "web" or not office.web_url.startswith("https://"):
        return ()
    same = unknown or turn.in_group or turn.who.is_staff or bool(turn.who.name)
    return ((Button(say[turn.language].open_page(), url=office.web_url if same else DOOR),),)


def with_page(turn: Turn, office: Office, sayings: Sequence[Saying]) -> list[Saying]:
    """Return the sayings with the way to the page, which tells nobody who comes, under the last one."""
    *before, last = sayings
    return [*before, replace(last, buttons=(*last.buttons, *to_the_page(turn, office, unknown=True)))]
