"""One turn of a conversation: what was heard, what is done about it and what is said, committed together."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Protocol

from knowledge.catalogue import Catalogue
from knowledge.denunciation import Suspicion
from knowledge.privacy import MaskedKind
from knowledge.texts import Audience, Citation, Found, Question
from storage import Store, Tx, forms, identities, links, messages
from storage.who import Who

# "thế còn qua bưu điện?" follows on from a question of the last half hour, not from yesterday's.
FOLLOWS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Button:
    """A command that need not be typed: `data`, at most 64 bytes (Telegram's limit), or `url`, a link."""

    text: str
    data: str | None = None
    url: str | None = None


# The address of a button that opens the web chat for one person, once: the record holds no code, only which one it is.
# Whoever speaks it outside puts the address in its place.
DOOR = "door:"
# Where a PIN is said: the record holds this, and whoever speaks it puts the PIN in its place (bot/revealing.py).
HIDDEN_PIN = "HS-••••-••••-••••"

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """One message: `html` in our subset. `numbered`: a typed number means that button, counted row by row.

    `pin`: the row of a receipt's PIN that is said in it. The record holds HIDDEN_PIN in its place.
    """

    html: str
    buttons: Rows = ()
    numbered: bool = False
    pin: int = 0

    def body(self) -> dict[str, Any]:
        """Return what the record of the conversation keeps of it."""
        rows = [[_kept(button) for button in row] for row in self.buttons]
        body = {"html": self.html, "buttons": rows} | ({"numbered": True} if self.numbered else {})
        return body | ({"pin": self.pin} if self.pin else {})


def said(body: dict[str, Any]) -> Saying:
    """Read a saying back from its record."""
    rows = tuple(tuple(Button(**button) for button in row) for row in body.get("buttons", ()))
    return Saying(body.get("html", ""), rows, bool(body.get("numbered")), body.get("pin", 0))


def _kept(button: Button) -> dict[str, str]:
    return {"text": button.text} | ({"url": button.url} if button.url else {"data": button.data or ""})


def _through(saying: Saying, door: str) -> Saying:
    rows = tuple(tuple(replace(b, url=door) if b.url == DOOR else b for b in row) for row in saying.buttons)
    return replace(saying, buttons=rows)


def counted(rows: Rows) -> Rows:
    """Return the buttons counted row by row, so that a typed number presses one."""
    number = count(1)
    return tuple(tuple(replace(button, text=f"{next(number)}. {button.text}") for button in row) for row in rows)


class Asker(Protocol):
    """Whoever has the library at hand."""

    async def ask(self, question: Question) -> Found: ...

    def place(self, document: str, place: str, *, day: date, audience: Audience) -> Citation | None: ...

    def confirmed(self, document: str, version: str) -> bool:
        """Tell whether somebody has confirmed the day from which this version is in effect."""
        ...

    @property
    def catalogue(self) -> Catalogue:
        """The procedures at this moment."""
        ...


@dataclass(slots=True)
class FormSheet:
    """The half-filled form of this chat as it will be written with the turn. No state and no data: no form."""

    key: str
    state: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    touched: bool = False


class RepeatedError(Exception):
    """This update has been worked before; its replies stand in the record."""

    def __init__(self, message_id: int) -> None:
        super().__init__(message_id)
        self.message_id = message_id


@dataclass(slots=True)
class Turn:
    """What one update means, and what is collected in answer to it. Moments are UTC and aware.

    `text` is what was typed, tidied and masked ("" for a press, an attachment, a withheld text); `command` is the
    button's data, or the button a typed number stands for, or the text. `secret` is a one-time code, a PIN or digits
    that prove something: it stands in no record. `address`: where the chat comes from, "" if unknown. `previous`: the
    question before, if this one may follow on from it. With a `suspicion`, nothing of the text is here, and nothing of
    it is stored.
    """

    store: Store
    now: datetime
    who: Who
    language: str
    chat_id: int
    update_id: int
    body: dict[str, Any]
    form: FormSheet
    text: str = ""
    command: str = ""
    secret: str = ""
    address: str = ""
    previous: str | None = None
    # What the chat noted of the procedure that it speaks of; see handlers/spoken_of.py.
    spoken_of: dict[str, Any] = field(default_factory=dict)
    pressed_on: int | None = None
    masked: frozenset[MaskedKind] = frozenset()
    suspicion: Suspicion | None = None
    # What kind of thing came instead of a text.
    attachment: str = ""
    # Others hear what is said; `home` is then where to speak alone: the address of the private chat ("" if unknown).
    in_group: bool = False
    home: str = ""
    # The version of the privacy notice that is due to this chat, and its words when the handler does not say it itself.
    notice_due: str | None = None
    notice: str = ""
    # Said at the end when a form waits and this turn was about something else.
    reminder: str = ""
    sayings: list[Saying] = field(default_factory=list)
    edits: list[tuple[int, Saying]] = field(default_factory=list)
    about: list[str] = field(default_factory=list)
    toasted: str = ""
    heard_id: int = 0
    said_ids: list[int] = field(default_factory=list)
    posted: bool = False
    committed: bool = False

    @property
    def bot_id(self) -> int:
        return self.who.bot_id

    @property
    def audience(self) -> Audience:
        return Audience.STAFF if self.who.is_staff else Audience.PUBLIC

    def say(self, html: str, *, buttons: Rows = (), numbered: bool = False, pin: int = 0) -> None:
        """Collect a message; it is spoken after the commit."""
        self._still_open()
        self.sayings.append(Saying(html, counted(buttons) if numbered else buttons, numbered, pin))

    def edit(self, message_id: int, html: str, *, buttons: Rows = ()) -> None:
        """Collect a change to a message of ours in this chat. `message_id` is its row in the record."""
        self._still_open()
        self.edits.append((message_id, Saying(html, buttons)))

    def toast(self, text: str) -> None:
        """Say in passing, at a pressed button; plain text, kept nowhere."""
        self.toasted = text

    def concerns(self, record: str, record_id: int) -> None:
        """Note that what is heard and said in this turn may repeat somebody else's words ("ticket" 12).

        When they have their words erased, this goes too. Call it before `begin`.
        """
        if self.heard_id:
            raise RuntimeError("what was heard is in the record already")
        self.about.append(messages.mark(record, record_id))

    def reading(self) -> AbstractAsyncContextManager[Tx]:
        """Open a transaction that only reads."""
        return self.store.reading()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """Open the one write transaction of the turn.

        What was heard, the work, the form and what is said are committed together, so that a crash leaves all or
        nothing. Raises `RepeatedError` when the update has been worked before.
        """
        self._still_open()
        async with self.store.begin() as tx:
            heard = await messages.heard(
                tx,
                channel=self.who.channel,
                bot_id=self.bot_id,
                chat_id=self.chat_id,
                update_id=self.update_id,
                body=self._marked(self.body),
                at=self.now,
                worked=True,
            )
            if heard.worked and not heard.new:
                raise RepeatedError(heard.id)
            self.heard_id = heard.id
            yield tx
            await self._settle(tx)
        self.committed = True

    def start_over(self) -> None:
        """Forget what was collected, form changes too: the work has failed and is undone."""
        self.sayings.clear()
        self.edits.clear()
        self.heard_id = 0
        self.toasted = ""
        self.posted = False

    async def _settle(self, tx: Tx) -> None:
        if self.notice_due:
            await identities.notice_given(tx, self.who.identity_id, self.notice_due, self.now)
            if self.notice:
                self.sayings.insert(0, Saying(self.notice))
        if self.reminder and self.form.state and not self.form.touched:
            self.sayings.append(Saying(self.reminder))
        if self.form.touched:
            await forms.write(tx, self.form.key, self.form.state, self.form.data, self.now)
        for message_id, saying in self.edits:
            await messages.edit(tx, message_id, self.chat_id, self.bot_id, self._marked(saying.body()), self.now)
        if any(button.url == DOOR for saying in self.sayings for row in saying.buttons for button in row):
            door = f"{DOOR}{await links.door(tx, self.who.person_id, at=self.now)}"
            self.sayings = [_through(saying, door) for saying in self.sayings]
        if self.sayings:
            self.said_ids = await messages.said(
                tx,
                channel=self.who.channel,
                bot_id=self.bot_id,
                chat_id=self.chat_id,
                answers=self.heard_id,
                bodies=[self._marked(saying.body()) for saying in self.sayings],
                at=self.now,
            )
        self.posted = bool(tx.info.get("posted"))

    def _marked(self, body: dict[str, Any]) -> dict[str, Any]:
        return body | {"about": self.about} if self.about else body

    def _still_open(self) -> None:
        if self.committed:
            raise RuntimeError("the turn is committed: what is said and done belongs into its one transaction")
