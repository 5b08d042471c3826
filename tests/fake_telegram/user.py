"""A person with Telegram in the hand: says, sends, presses, edits, forwards, blocks."""

from . import content
from .profile import membership
from .refusals import Json, Refused, blocked
from .rooms import Button, Message, Press, Room
from .sending import content_of
from .state import Chat, Query, World
from .units import cut
from .wording import TEXT_LIMIT


class User(Room):
    """`to` in every method is the group where it happens; without it, the private chat with the bot."""

    def __init__(self, world: World, user_id: int, name: str, *, username: str = "", language: str = "vi") -> None:
        self.name = name
        self.api: Json = {"id": user_id, "is_bot": False, "first_name": name, "language_code": language}
        names = {"first_name": name}
        if username:
            self.api["username"] = names["username"] = username
        super().__init__(world, Chat(user_id, "private", names))
        world.people[user_id] = self.api
        self._queries = 0

    # -- words

    async def says(self, text: str, *, to: Room | None = None, reply_to: Message | None = None) -> Message:
        """Say something; what is longer than 4,096 UTF-16 units goes as several messages, as clients do."""
        said = [await self.sends(content.words(part), to=to, reply_to=reply_to) for part in cut(text, TEXT_LIMIT)]
        return said[-1]

    async def starts(self, payload: str = "") -> Message:
        """Open the bot, perhaps through a deep link `https://t.me/<bot>?start=<payload>`."""
        return await self.says(f"/start {payload}".strip())

    async def edits(self, message: Message, text: str) -> Message:
        return await self.puts(message, content.words(text), replaced=("text", "entities"))

    async def puts(self, message: Message, new: Json, *, replaced: tuple[str, ...] = ()) -> Message:
        """Change an own message in any way."""
        room, old = message.room, message.room.chat.messages[message.id]
        kept = {name: value for name, value in old.items() if name not in replaced}
        raw = self.world.keep(room.chat, kept | new | {"edit_date": self.world.now()})
        if room.bot_hears(raw):
            self.world.updates.put("edited_message", raw, room.id)
        return Message(room, raw)

    async def forwards(self, message: Message, *, to: Room | None = None, hidden: bool = False) -> Message:
        """Pass on any message of this bot's chats; `hidden`: its author does not show who he is."""
        author, date = message.raw.get("from"), message.raw["date"]
        origin: Json = {"type": "user", "sender_user": author, "date": date}
        if "sender_chat" in message.raw:
            chat = message.raw["sender_chat"]
            origin = {"type": "channel", "chat": chat, "message_id": message.id, "date": date}
        elif hidden and author:
            origin = {"type": "hidden_user", "sender_user_name": author["first_name"], "date": date}
        return await self.sends({**content_of(message.raw), "forward_origin": origin}, to=to)

    # -- everything else that can be sent

    async def sends_photo(self, caption: str = "", picture: bytes = content.PNG, *, to: Room | None = None) -> Message:
        return await self.sends(content.photo(self.world, picture, caption), to=to)

    async def sends_album(self, count: int = 2, caption: str = "", *, to: Room | None = None) -> list[Message]:
        group = {"media_group_id": str(14_000_000_000 + self.chat.last_id)}
        captions = [caption, *[""] * (count - 1)]
        return [await self.sends({**content.photo(self.world, caption=words), **group}, to=to) for words in captions]

    async def sends_document(
        self,
        name: str = "don.pdf",
        file: bytes = b"%PDF-1.4",
        caption: str = "",
        *,
        size: int | None = None,
        mime: str = "application/pdf",
        to: Room | None = None,
    ) -> Message:
        """Send a file; `size` claims another size than it has (over 20 MB no bot can fetch it)."""
        return await self.sends(content.document(self.world, name, file, caption=caption, size=size, mime=mime), to=to)

    async def sends_voice(self, sound: bytes = content.SOUND, *, to: Room | None = None) -> Message:
        return await self.sends(content.recording(self.world, "voice", sound), to=to)

    async def sends_audio(self, sound: bytes = content.SOUND, *, to: Room | None = None) -> Message:
        return await self.sends(content.recording(self.world, "audio", sound), to=to)

    async def sends_video(self, caption: str = "", film: bytes = content.FILM, *, to: Room | None = None) -> Message:
        return await self.sends(content.recording(self.world, "video", film, caption), to=to)

    async def sends_video_note(self, *, to: Room | None = None) -> Message:
        return await self.sends(content.recording(self.world, "video_note", content.FILM), to=to)

    async def sends_animation(self, *, to: Room | None = None) -> Message:
        return await self.sends(content.recording(self.world, "animation", content.FILM), to=to)

    async def sends_sticker(self, *, to: Room | None = None) -> Message:
        return await self.sends(content.recording(self.world, "sticker", b"RIFF"), to=to)

    async def sends_dice(self, *, to: Room | None = None) -> Message:
        return await self.sends(content.dice(), to=to)

    async def sends_location(
        self, latitude: float = 12.245, longitude: float = 109.194, *, to: Room | None = None
    ) -> Message:
        return await self.sends(content.location(latitude, longitude), to=to)

    async def sends_venue(self, title: str, address: str, *, to: Room | None = None) -> Message:
        return await self.sends(content.venue(title, address), to=to)

    async def shares_own_phone(self, phone: str, *, to: Room | None = None) -> Message:
        """Press the button that shares one's own number: Telegram vouches for it by contact.user_id."""
        return await self.sends(content.contact(phone, self.name, self.id), to=to)

    async def sends_contact(
        self, phone: str, name: str, *, of: "User | None" = None, to: Room | None = None
    ) -> Message:
        """Send somebody else's number: of another user, or of nobody that Telegram knows."""
        return await self.sends(content.contact(phone, name, of.id if of else None), to=to)

    async def sends_poll(self, question: str, *options: str, to: Room | None = None) -> Message:
        return await self.sends(content.poll(self.world, question, options), to=to)

    async def sends(self, what: Json, *, to: Room | None = None, reply_to: Message | None = None) -> Message:
        """Send any content at all."""
        room = to or self
        if room is self:
            self._opens()
        if reply_to:
            quoted = {name: value for name, value in reply_to.raw.items() if name != "reply_to_message"}
            what = {**what, "reply_to_message": quoted}
        raw = self.world.post(room.chat, self.api, what)
        if room.bot_hears(raw):
            self.world.updates.put("message", raw, room.id)
        return Message(room, raw)

    # -- buttons

    async def presses(self, button: Button | str, *, at: Room | None = None) -> Press:
        """Press a button: one held in hand (perhaps stale, or another's), or the latest with this text or data."""
        if isinstance(button, str):
            button = self._latest(button, at or self)
        if button.data is None:
            raise AssertionError(f"button {button.text!r} opens {button.url} and tells the bot nothing")
        return await self.presses_data(button.data, button.message_id, at=button.room)

    def _latest(self, wanted: str, room: Room) -> Button:
        for message in reversed(room.heard):
            for button in (button for row in message.buttons for button in row):
                if wanted in button.text or wanted == button.data:
                    return button
        raise AssertionError(f"no button {wanted!r} in {room.id}; last: {room.heard[-1:]}")

    async def presses_data(self, data: str, message_id: int, *, at: Room | None = None) -> Press:
        """Press with any data, under any message, as a forged client could."""
        room = at or self
        self._queries += 1
        query = Query(f"{self.id}{self._queries:06}", self.id, self.world.clock())
        self.world.queries[query.id] = query
        gone = {"chat": room.chat.api(), "message_id": message_id, "date": 0}
        body = {
            "id": query.id,
            "from": self.api,
            "message": room.chat.messages.get(message_id, gone),
            "chat_instance": str(room.id * 7919),
            "data": data,
        }
        heard = room.chat.closed is None
        return Press(self.world, query, self.world.updates.put("callback_query", body, room.id) if heard else None)

    async def votes(self, message: Message, *options: int) -> None:
        """Vote in a poll of the bot that is not anonymous."""
        poll = message.raw["poll"]
        if not poll["is_anonymous"]:
            body = {
                "poll_id": poll["id"],
                "user": self.api,
                "option_ids": list(options),
                "option_persistent_ids": [str(option) for option in options],
            }
            self.world.updates.put("poll_answer", body, self.id)

    async def reacts(self, message: Message, emoji: str) -> None:
        """Set a reaction; the bot hears of it only if it asked for message_reaction."""
        body = {
            "chat": message.room.chat.api(),
            "message_id": message.id,
            "user": self.api,
            "date": self.world.now(),
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": emoji}],
        }
        self.world.updates.put("message_reaction", body, message.room.id)

    # -- the relation to the bot

    def _opens(self) -> None:
        if self.chat.closed:
            raise AssertionError(f"{self.name} blocked the bot or is gone: nothing can be written to it")
        self.world.chats[self.id] = self.chat

    async def blocks(self) -> None:
        self.chat.closed = blocked()
        self._relates("member", "kicked")

    async def unblocks(self) -> None:
        self.chat.closed = None
        self._relates("kicked", "member")

    async def deletes_account(self) -> None:
        """Be gone: Telegram tells the bot nothing, it finds out by a 403."""
        self.chat.closed = Refused(403, "Forbidden: user is deactivated")

    def _relates(self, old: str, new: str) -> None:
        self.world.chats[self.id] = self.chat
        body = {
            "chat": self.chat.api(),
            "from": self.api,
            "date": self.world.now(),
            "old_chat_member": membership(self.world, old, self.world.bot_id),
            "new_chat_member": membership(self.world, new, self.world.bot_id),
        }
        self.world.updates.put("my_chat_member", body, self.id)
