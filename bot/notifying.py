"""How this office addresses and words its notifications: from the settings, for a worker and for the command line."""

from collections.abc import Iterable

from bot.settings import Settings
from notifications.addressing import Addressing
from notifications.kinds import KINDS
from notifications.quiet import Quiet
from notifications.words import Wordings
from storage import Store


def addressing(settings: Settings, store: Store, channels: Iterable[str], *, gathers: bool = True) -> Addressing:
    """Return the addressing of this office. `gathers`: whether a gathered kind waits for more facts."""
    given = settings.notifications
    quiet = Quiet.read(given.quiet)
    return Addressing(store, KINDS, Wordings(given.words), quiet, gathers=gathers, channels=frozenset(channels))
