"""The transports of notifications, each given its settings here: adding one is its module and one line."""

import os
import platform
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.misconfigured import MisconfiguredError
from bot.settings import Settings
from notifications.pace import Pace
from notifications.transports import Transport
from storage import Store


def process_name() -> str:
    """Return a name that no other process has, here or on another machine: who holds a lease."""
    return f"{platform.node()}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Process:
    """What the transports share with the rest of their process. `pace`: of its own replies on Telegram."""

    name: str = field(default_factory=process_name)
    pace: Pace | None = None


def _web(_settings: Settings, _store: Store, _process: Process) -> Transport | None:
    from notifications.transports.web import Web  # noqa: PLC0415  with the others

    return Web()


def _telegram(settings: Settings, store: Store, process: Process) -> Transport | None:
    given = settings.telegram
    with _usable("token_file"):
        token = given.known_token()
    if not token:
        return None
    from notifications.transports.telegram import Line, Telegram  # noqa: PLC0415  half a second

    with _usable("token"):
        return Telegram(
            Line(token, given.api, given.proxy),
            store,
            pace=process.pace or Pace(given.per_second, per_chat=given.per_chat),
            holder=process.name,
            alone=given.per_second,
            shared=max(given.per_second - given.reserved, 1),
        )


def _email(settings: Settings, _store: Store, _process: Process) -> Transport | None:
    given = settings.email
    if not (given.host and given.sender):
        return None
    from notifications.transports.email import Email, Relay  # noqa: PLC0415  only where it is used

    with _usable("email"):
        relay = Relay(
            given.host,
            given.port,
            given.sender,
            given.name or settings.office.name,
            user=given.user,
            password=given.known_password(),
            security=given.security,
            ca=str(given.ca_file or ""),
            page=settings.web.public_url,
        )
        return Email(relay)


# Each returns None when its settings switch it off. What is heavy to import is imported inside of it.
Opening = Callable[[Settings, Store, Process], Transport | None]

TRANSPORTS: tuple[Opening, ...] = (_web, _telegram, _email)


def configured(settings: Settings) -> frozenset[str]:
    """Return the channels that these settings switch on, without opening any. Raises MisconfiguredError."""
    with _usable("token_file"):
        telegram = bool(settings.telegram.known_token())
    mail = bool(settings.email.host and settings.email.sender)
    return frozenset({"web"} | ({"telegram"} if telegram else set()) | ({"email"} if mail else set()))


def opened(settings: Settings, store: Store, process: Process | None = None) -> dict[str, Transport]:
    """Return the transports that this office uses, by channel. Raises MisconfiguredError."""
    process = process or Process()
    made = (opening(settings, store, process) for opening in TRANSPORTS)
    return {one.name: one for one in made if one is not None}


@contextmanager
def _usable(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError):  # a file that cannot be read, a certificate or a token that is none
        raise MisconfiguredError(what) from None
