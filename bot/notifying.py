"""How this office addresses and words its notifications: from the settings, for a worker and for the command line."""

from bot.settings import Settings
from notifications.addressing import Addressing
from notifications.kinds import KINDS
from notifications.quiet import Quiet
from notifications.words import Wordings
from storage import Store


def addressing(settings: Settings, store: Store, *, gathers: bool = True) -> Addressing:
    """Return the addressing of this office. `gathers`: whether a gathered kind waits for more facts."""
    given = settings.notifications
    return Addressing(store, KINDS, Wordings(given.words), Quiet.read(given.quiet), gathers=gathers)
