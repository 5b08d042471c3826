"""The transports of notifications, each given its settings here: adding one is its module and one line."""

from collections.abc import Callable

from bot.settings import Settings
from notifications.transports import Transport
from storage import Store

# Each returns None when its settings switch it off. What is heavy to import is imported inside of it.
Opening = Callable[[Settings, Store], Transport | None]

TRANSPORTS: tuple[Opening, ...] = ()


def opened(settings: Settings, store: Store) -> dict[str, Transport]:
    """Return the transports that this office uses, by channel."""
    made = [one for open_ in TRANSPORTS if (one := open_(settings, store)) is not None]
    return {one.name: one for one in made}
