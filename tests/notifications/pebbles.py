"""A kind of notification for tests: a pebble is a number that somebody must hear of. Its words are a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from notifications.addressing import Addressing
from notifications.deliver import Delivering
from notifications.kind import Addressee, Fact, Kind, Lane, Letter, Told
from notifications.kinds import nobody_reached
from notifications.quiet import Quiet
from notifications.transports import Address, Message, Outcome, Sent, Transport
from notifications.transports.recording import Recording
from notifications.words import LANGUAGES, Wordings
from storage import Store, Tx, addresses, identities, notices, people
from storage.who import Role

# Half past eight on a Monday morning in Viet Nam.
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
BOT = 42
_WORDS = """{% macro subject(it) %}Viên sỏi{% endmacro %}
{% macro message(it) %}<p>{{ it.pebbles|join(' ') }}</p>{% endmacro %}"""


class Clock:
    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def waits(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Pebbles:
    """What a kind declares; `to`: who hears of every pebble. `broken`: fails while it is set."""

    to: Sequence[int] = ()
    LANE: Lane = Lane.NORMAL
    WORTH: timedelta = timedelta(days=2)
    QUIET: bool = False
    RETRY_UNKNOWN: bool = True
    GATHERED: timedelta | None = None
    KEEP: bool = False
    WORDS: int = 1
    SAMPLE: Letter = field(default_factory=lambda: Letter({"pebbles": [1]}))
    __name__: str = "pebbles"
    broken: str = ""
    task_of: int | None = None
    silent: bool = False

    async def addressees(self, tx: Tx, fact: Fact) -> Sequence[Addressee]:
        if self.broken == "addressees":
            raise LookupError("no such pebble")
        return [Addressee(person) for person in self.to]

    async def letter(self, tx: Tx, told: Told) -> Letter | None:
        if self.broken == "letter":
            raise LookupError("no such pebble")
        return None if self.silent else Letter({"pebbles": [fact.about for fact in told.facts]})

    async def unit(self, tx: Tx, about: int) -> int | None:
        return self.task_of


def words_of(name: str, folder: Path) -> None:
    for language in LANGUAGES:
        (folder / f"{name}.{language}.j2").write_text(_WORDS, encoding="utf-8")


class Beach:
    """A store, a clock, kinds of pebbles by name, and Telegram and e-mail that only note what they would have sent."""

    def __init__(self, store: Store, folder: Path, clock: Clock | None = None) -> None:
        self.store, self.folder, self.clock = store, folder, clock or Clock()
        self.kinds: dict[str, Kind] = {"nobody_reached": nobody_reached}
        self.noted = Recording("telegram").noted
        self.outcomes: list[Outcome | Callable[[Address, Message], Outcome]] = []
        self.transports: dict[str, Transport] = {
            name: Recording(name, self._outcome, into=self.noted) for name in ("telegram", "email", "web")
        }

    def kind(self, name: str, kind: Pebbles) -> Pebbles:
        words_of(name, self.folder)
        self.kinds[name] = kind
        return kind

    def hands(self, holder: str = "one", *, quiet: str = "21:00-06:00", gathers: bool = False) -> Delivering:
        addressing = Addressing(self.store, self.kinds, Wordings(self.folder), Quiet.read(quiet), gathers=gathers)
        return Delivering(addressing, self.transports, holder, self.clock)

    async def person(self, name: str, *roles: Role, channel: str = "telegram", unit: str | None = None) -> int:
        async with self.store.begin() as tx:
            if not roles:
                who = await identities.meet(tx, channel=channel, bot_id=BOT, outside_id=name, at=self.clock())
                return who.person_id
            person = await people.add(tx, name=name, roles=roles, unit=unit, at=self.clock(), by=None)
            mailbox = f"{name.lower()}@sct.example.vn"
            await addresses.write_to(tx, person.id, mailbox, how="known here", by=None, at=self.clock())
            return person.id

    async def post(self, kind: str, *pebbles: int, once: str = "") -> None:
        async with self.store.begin() as tx:
            for pebble in pebbles:
                await notices.post(tx, kind, pebble, at=self.clock(), once=once)

    def said(self) -> list[str]:
        return [one.message.html.removeprefix("<p>").removesuffix("</p>") for one in self.noted]

    def _outcome(self, to: Address, message: Message) -> Outcome:
        outcome = self.outcomes.pop(0) if self.outcomes else Sent(message.key)
        return outcome(to, message) if callable(outcome) else outcome
