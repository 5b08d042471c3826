"""What a person sees: the messages of a bot, their buttons, and what came of a press."""

from collections.abc import Iterator
from dataclasses import dataclass

from .refusals import Json
from .state import Chat, Query, World

KINDS = (
    "text",
    "photo",
    "animation",
    "document",
    "voice",
    "audio",
    "video",
    "video_note",
    "sticker",
    "venue",
    "location",
    "contact",
    "poll",
    "dice",
)


@dataclass(frozen=True)
class Button:
    """An inline button as it stood under one state of a message: it can be pressed even when it is gone by now."""

    room: "Room"
    message_id: int
    text: str
    data: str | None
    url: str | None


class Message:
    """One state of a message. `raw` is the Bot API object."""

    def __init__(self, room: "Room", raw: Json) -> None:
        self.room = room
        self.raw = raw

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id}: {self.text!r} {[[b.text for b in row] for row in self.buttons]}>"

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def text(self) -> str:
        """The words: text or caption, plain."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def kind(self) -> str:
        return next((kind for kind in KINDS if kind in self.raw), "service")

    @property
    def entities(self) -> list[Json]:
        return list(self.raw.get("entities") or self.raw.get("caption_entities") or [])

    @property
    def edited(self) -> bool:
        return "edit_date" in self.raw

    @property
    def now(self) -> "Message | None":
        """The message as it stands by now; None when it was deleted."""
        raw = self.room.chat.messages.get(self.id)
        return Message(self.room, raw) if raw else None

    @property
    def versions(self) -> list["Message"]:
        return [Message(self.room, raw) for raw in self.room.chat.states if raw["message_id"] == self.id]

    @property
    def buttons(self) -> list[list[Button]]:
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [
            [Button(self.room, self.id, b["text"], b.get("callback_data"), b.get("url")) for b in row] for row in rows
        ]

    def button(self, wanted: str) -> Button:
        """Find a button by a part of its text or by its whole data; AssertionError when there is none."""
        every = [button for row in self.buttons for button in row]
        for button in every:
            if wanted in button.text or wanted == button.data:
                return button
        raise AssertionError(f"no button {wanted!r} among {[b.text for b in every]}")


@dataclass
class Press:
    """A button that was pressed. `update` is None when the bot does not ask for presses."""

    world: World
    query: Query
    update: int | None

    @property
    def toast(self) -> str:
        """What the bot answered; "" for a plain answer or none yet."""
        return str((self.query.answer or {}).get("text", ""))

    async def answered(self, within: float = 10.0) -> Json:
        """Wait until the bot answers the press: `{text, show_alert, url}`."""
        return await self.world.bell.until(lambda: self.query.answer, "an answer to the pressed button", within)


class Room:
    """A chat as seen from the people's side."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.world = world
        self.chat = chat
        self._read = 0

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def heard(self) -> list[Message]:
        """What the bot said here and is still to be seen, each message in its present state."""
        return [Message(self, raw) for number, raw in sorted(self.chat.messages.items()) if number in self.chat.mine]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.heard]

    @property
    def last(self) -> Message:
        if not self.heard:
            raise AssertionError(f"the bot said nothing in {self.id}")
        return self.heard[-1]

    @property
    def keyboard(self) -> list[list[str]]:
        """The reply keyboard, as texts to say."""
        rows = (self.chat.keyboard or {}).get("keyboard", [])
        return [[b if isinstance(b, str) else b["text"] for b in row] for row in rows]

    async def hears(self, part: str = "", within: float = 10.0) -> Message:
        """Wait for the next thing the bot says or edits here, after the last one heard, that holds `part`."""
        return await self.world.bell.until(lambda: self._next(part), f"{part!r}; so far: {self.texts[-5:]}", within)

    def _next(self, part: str) -> Message | None:
        for index, raw in self._unread():
            message = Message(self, raw)
            if part in message.text:
                self._read = index + 1
                return message
        return None

    def _unread(self) -> Iterator[tuple[int, Json]]:
        for index in range(self._read, len(self.chat.states)):
            raw = self.chat.states[index]
            if raw["message_id"] in self.chat.mine:
                yield index, raw

    def bot_hears(self, message: Json) -> bool:
        """Say whether an update goes to the bot."""
        return self.chat.closed is None and bool(message)
