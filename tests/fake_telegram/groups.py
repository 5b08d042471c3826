"""Groups, which may become supergroups, and channels."""

from collections.abc import Sequence

from . import content
from .profile import membership
from .refusals import Json, Refused
from .rooms import Message, Room
from .state import Chat, World
from .user import User

_SUPERGROUPS = -1_000_000_000_000


class Group(Room):
    """An id below -10^12 is a supergroup's. The bot is a member from the beginning, unless `with_bot` is False."""

    def __init__(
        self, world: World, chat_id: int, title: str, members: Sequence[User] = (), *, with_bot: bool = True
    ) -> None:
        kind = "supergroup" if chat_id < _SUPERGROUPS else "group"
        super().__init__(world, Chat(chat_id, kind, {"title": title}))
        self.chat.members = {user.id: "member" for user in members}
        if with_bot:
            self.chat.members[world.bot_id] = "member"
            world.chats[chat_id] = self.chat
        else:
            self.chat.closed = Refused(403, f"Forbidden: bot is not a member of the {kind} chat")

    def bot_hears(self, message: Json) -> bool:
        """In privacy mode only what is meant for the bot: commands, mentions, replies to it, service messages."""
        if self.chat.closed:
            return False
        if not self.world.privacy or Message(self, message).kind == "service":
            return True
        if message.get("reply_to_message", {}).get("from", {}).get("id") == self.world.bot_id:
            return True
        words = Message(self, message).text
        name = f"@{self.world.bot['username']}".lower()
        if name in words.lower():
            return True
        first = words.split(maxsplit=1)[0] if words.split() else ""
        return first.startswith("/") and "@" not in first

    async def adds_bot(self, by: User) -> None:
        self.world.chats[self.id] = self.chat
        self.chat.closed = None
        self._changes("left", "member", by)
        self._serves(by, {"new_chat_members": [self.world.bot]})

    async def removes_bot(self, by: User) -> None:
        self._changes("member", "kicked", by)
        self.chat.closed = Refused(403, f"Forbidden: bot was kicked from the {self.chat.type} chat")

    async def joins(self, user: User) -> None:
        self.chat.members[user.id] = "member"
        self._serves(user, {"new_chat_members": [user.api]})

    async def leaves(self, user: User) -> None:
        self.chat.members[user.id] = "left"
        self._serves(user, {"left_chat_member": user.api})

    async def migrates(self, by: User) -> int:
        """Become a supergroup with another id; return it. The old id answers 400 with migrate_to_chat_id."""
        old, new_id = self.chat, _SUPERGROUPS - abs(self.id)
        self._serves(by, {"migrate_to_chat_id": new_id})
        self.chat = Chat(new_id, "supergroup", old.names, members=old.members)
        self.world.chats[new_id] = self.chat
        self._read = 0
        self._serves(by, {"migrate_from_chat_id": old.id})
        old.closed = Refused(
            400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=new_id
        )
        return new_id

    def _serves(self, by: User, what: Json) -> None:
        raw = self.world.post(self.chat, by.api, what)
        if self.chat.closed is None:
            self.world.updates.put("message", raw, self.id)

    def _changes(self, old: str, new: str, by: User) -> None:
        self.chat.members[self.world.bot_id] = new
        _changed(self, old, new, by)


class Channel(Room):
    """A channel in which the bot is an administrator."""

    def __init__(self, world: World, chat_id: int, title: str, username: str = "") -> None:
        names = {"title": title, "username": username} if username else {"title": title}
        super().__init__(world, Chat(chat_id, "channel", names))
        self.chat.members[world.bot_id] = "administrator"
        world.chats[chat_id] = self.chat

    async def posts(self, text: str) -> Message:
        raw = self.world.post(self.chat, {}, content.words(text))
        self.world.updates.put("channel_post", raw, self.id)
        return Message(self, raw)

    async def edits(self, message: Message, text: str) -> Message:
        old = {name: value for name, value in message.raw.items() if name not in {"text", "entities"}}
        raw = self.world.keep(self.chat, old | content.words(text) | {"edit_date": self.world.now()})
        self.world.updates.put("edited_channel_post", raw, self.id)
        return Message(self, raw)

    async def removes_bot(self, by: User) -> None:
        self.chat.members[self.world.bot_id] = "kicked"
        _changed(self, "administrator", "kicked", by)
        self.chat.closed = Refused(403, "Forbidden: bot was kicked from the channel chat")


def _changed(room: Room, old: str, new: str, by: User) -> None:
    body = {
        "chat": room.chat.api(),
        "from": by.api,
        "date": room.world.now(),
        "old_chat_member": membership(room.world, old, room.world.bot_id),
        "new_chat_member": membership(room.world, new, room.world.bot_id),
    }
    room.world.updates.put("my_chat_member", body, room.id)
