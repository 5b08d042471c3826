"""What one bot's Telegram remembers: chats, messages in all their states, people, files, pressed buttons, profile."""

import time
from dataclasses import dataclass, field

from .bell import Bell
from .faults import Faults, Flood, Limits
from .files import Files
from .parameters import Params
from .refusals import Json, Refused, bad
from .updates import Updates

QUERY_LIFETIME = 30  # seconds in which a pressed button can be answered; the real figure is not published


@dataclass
class Chat:
    """A private chat (id = the user's), group, supergroup or channel as this bot sees it."""

    id: int
    type: str
    names: Json
    messages: dict[int, Json] = field(default_factory=dict)
    states: list[Json] = field(default_factory=list)  # every state of every message, in order of time
    deleted: list[int] = field(default_factory=list)
    mine: set[int] = field(default_factory=set)  # messages that the bot wrote
    closed: Refused | None = None  # why the bot cannot speak here
    keyboard: Json | None = None  # the reply keyboard that the person sees
    last_id: int = 0
    actions: list[str] = field(default_factory=list)
    menu_button: Json | None = None
    members: dict[int, str] = field(default_factory=dict)  # user id → status

    def api(self) -> Json:
        return {"id": self.id, "type": self.type, **self.names}


@dataclass
class Query:
    """A pressed button; `answer` is what the bot said to it (text, show_alert, url)."""

    id: str
    user: int
    born: float
    answer: Json | None = None
    answered_at: float | None = None


@dataclass
class Profile:
    """What the bot shows of itself: by language code, "" for everybody else; commands also by scope."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_button: Json = field(default_factory=lambda: {"type": "commands"})


class World:
    """Everything that one bot can see or change. Moments are Unix seconds; `skipped` is how far a test ran ahead."""

    def __init__(
        self, token: str, faults: Faults, limits: Limits | None, *, name: str = "", username: str = ""
    ) -> None:
        self.token = token
        self.bot_id = int(token.split(":", maxsplit=1)[0])
        self.bot: Json = {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": name or "Fake",
            "username": username or f"fake{self.bot_id}_bot",
        }
        self.skipped = 0.0
        self.bell = Bell()
        self.faults = faults
        self.flood = Flood(limits)
        self.files = Files()
        self.profile = Profile()
        self.chats: dict[int, Chat] = {}
        self.people: dict[int, Json] = {}
        self.queries: dict[str, Query] = {}
        self.updates = Updates(self.bell, faults, self.clock, first_id=self.bot_id % 1000 * 1000 + 1)
        self.privacy = True  # in groups the bot hears only what is meant for it
        self.logged_out_until = 0.0

    def clock(self) -> float:
        return time.time() + self.skipped

    def now(self) -> int:
        return int(self.clock())

    def later(self, seconds: float) -> None:
        """Let time pass for Telegram: pressed buttons grow old, updates lapse after a day."""
        self.skipped += seconds
        self.bell.ring()

    def chat(self, chat_id: int | str) -> Chat:
        """Find a chat by id or @username, whether or not the bot may speak there."""
        if isinstance(chat_id, str):
            named = (c for c in self.chats.values() if c.type != "private" and f"@{c.names.get('username')}" == chat_id)
            found = next(named, None)
        else:
            found = self.chats.get(chat_id)
        if found is None:
            raise bad("chat not found")
        return found

    def open_chat(self, p: Params, name: str = "chat_id") -> Chat:
        """Find the chat of a call in which the bot wants to do something; raises `Refused` where it cannot."""
        if name not in p:
            raise bad("chat_id is empty")
        chat = self.chat(p.chat(name))
        if chat.closed:
            raise chat.closed
        return chat

    def post(self, chat: Chat, sender: Json, content: Json) -> Json:
        """Put a message into a chat; return it as the API shows it."""
        chat.last_id += 1
        author = {"sender_chat": chat.api()} if chat.type == "channel" else {"from": sender}
        message = {"message_id": chat.last_id, **author, "chat": chat.api(), "date": self.now(), **content}
        return self.keep(chat, message)

    def keep(self, chat: Chat, message: Json) -> Json:
        """Store this state of a message; earlier ones stay in `states`."""
        chat.messages[message["message_id"]] = message
        chat.states.append(message)
        self.bell.ring()
        return message
