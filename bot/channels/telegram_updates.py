"""What an update of Telegram comes down to: who says what, and where.

Only what is picked here goes on; nothing else is stored, not even for a moment: no names, no phone numbers, no
captions, no files (of a picture what it is fetched by, until it is worked), nothing of messages that were quoted.
Whatever arrives is foreign: every field is looked at before it is used.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.hearing import LONGEST, Hearing, listen
from knowledge.denunciation import Suspicion
from knowledge.privacy import MaskedKind
from knowledge.vietnamese import tidy

Json = dict[str, Any]

# What we ask Telegram for. Channel posts, polls elsewhere, reactions and inline queries are nobody speaking to us.
WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
GROUPS = frozenset({"group", "supergroup"})
# Telegram's ids have at most 52 significant bits; anything larger did not come from there, and fits no column.
_LARGEST = 2**53
# Whoever speaks as an administrator of the group without a name: people, though the account is a bot.
_ANONYMOUS = 1087968824
_CONTENT = (
    *("animation", "audio", "document", "photo", "sticker", "story", "video", "video_note", "voice", "paid_media"),
    *("checklist", "contact", "dice", "game", "poll", "venue", "location", "invoice", "giveaway"),
)
# What Telegram reports in the form of a message. Nobody said it.
_SERVICE = re.compile(
    r"new_chat_|left_chat_|delete_chat_|group_chat_|supergroup_chat_|channel_chat_|message_auto_delete|pinned_message|"
    r"successful_payment|refunded_payment|users_shared|chat_shared|gift|unique_gift|connected_website|"
    r"write_access_allowed|passport_data|proximity_alert|boost_added|chat_background_set|checklist_tasks|"
    r"direct_message_price|forum_topic|general_forum|giveaway_(?:created|completed|winners)|paid_message_price|"
    r"suggested_post|video_chat|web_app_data"
)
_THERE = frozenset({"member", "administrator", "creator"})
_FILE = re.compile(r"[\w-]{1,300}", re.ASCII)
_IMAGES = (".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may show the code of a receipt: by what it is fetched, its size in bytes (0 unknown)."""

    file_id: str
    size: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that somebody says to us. `update`: all that may go on of it.

    `album`: files sent as one; `is_further`: not the first of them. `picture`: of the file no more is kept, and this
    not beyond its being worked.
    """

    update_id: int
    chat_id: int
    update: Json
    hearing: Hearing
    album: str = ""
    picture: Picture | None = None
    is_further: bool = False

    def body(self) -> Json:
        """Return what the inbox keeps until it has been worked. A one-time code is not in it."""
        hearing = self.hearing
        heard = {"masked": sorted(hearing.masked), "cut": hearing.cut, "attachment": hearing.attachment}
        shown = {"file": self.picture.file_id, "size": self.picture.size} if self.picture else {}
        body = {"update": self.update, "heard": heard} | ({"withheld": True} if hearing.suspicion else {})
        return body | ({"picture": shown | {"further": self.is_further}} if shown else {})

    @classmethod
    def kept(cls, update_id: int, chat_id: int, body: Mapping[str, Any]) -> Self:
        """Return what the inbox kept. Raises KeyError for a body that is no arrival."""
        heard = body["heard"]
        text = body["update"].get("message", {}).get("text", "")
        # Which suspicion it was is not kept; what is said is the same.
        suspicion = Suspicion.PERSON if body.get("withheld") else None
        masked = frozenset(MaskedKind(kind) for kind in heard["masked"])
        hearing = Hearing(text, masked, suspicion, cut=heard["cut"], attachment=heard["attachment"])
        shown = body.get("picture")
        picture = Picture(shown["file"], shown["size"]) if shown else None
        further = bool(shown and shown["further"])
        return cls(update_id, chat_id, body["update"], hearing, picture=picture, is_further=further)


@dataclass(frozen=True, slots=True)
class Relation:
    """Somebody blocked the bot or let it in again; or a group threw it out."""

    chat_id: int
    reachable: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A group became a supergroup, which has another id."""

    old: int
    new: int


@dataclass(frozen=True, slots=True)
class LostPress:
    """A button that stands nowhere we could speak: only its waiting sign can be ended."""

    press_id: str


Event = Arrival | Relation | Moved | LostPress


@dataclass(frozen=True, slots=True)
class Me:
    """The bot's own account. `username` "" as long as Telegram could not be asked."""

    id: int
    username: str = ""

    def is_meant(self, message: Json) -> bool:
        """Tell whether a message in a group is for us: a command, a mention, a reply to something we said."""
        text = _str(message.get("text")) or _str(message.get("caption"))
        if _user_id(_dict(message.get("reply_to_message")).get("from")) == self.id:
            return True
        if self.mention and self.mention.search(text):
            return True
        return text.startswith("/") and "@" not in text.split(maxsplit=1)[0]

    @property
    def mention(self) -> re.Pattern[str] | None:
        return re.compile(rf"@{re.escape(self.username)}(?!\w)", re.IGNORECASE) if self.username else None

    def unnamed(self, text: str) -> str:
        """Return `text` without the bot's name in it."""
        return self.mention.sub("", text) if self.mention else text


def read(update: Mapping[str, Any], me: Me) -> Event | None:
    """Return what the update comes down to; None when nobody speaks to us in it."""
    number = _int(update.get("update_id"))
    if number is None or number < 0:
        return None
    if message := _dict(update.get("message")):
        return _said(number, message, me)
    if message := _dict(update.get("edited_message")):
        return _edited(number, message, me)
    if press := _dict(update.get("callback_query")):
        return _pressed(number, press)
    if change := _dict(update.get("my_chat_member")):
        return _related(number, change)
    return None


def _said(number: int, message: Json, me: Me) -> Event | None:
    where, author = _chat(message), _author(message)
    if where is None:
        return None
    if moved := _moved(where["id"], message):
        return moved
    if author is None or message.get("is_automatic_forward") or (where["type"] in GROUPS and not me.is_meant(message)):
        return None
    slim = _slim(message, where, author)
    if isinstance(message.get("text"), str):
        hearing = listen(me.unnamed(message["text"])[: 3 * LONGEST])
        return Arrival(number, where["id"], {"update_id": number, "message": slim | {"text": hearing.text}}, hearing)
    if any(_SERVICE.match(name) for name in message):
        return None
    hearing = Hearing(attachment=_attachment(message, author["id"]))
    album = tidy(_str(message.get("media_group_id")))
    picture = _picture(message) if where["type"] == "private" else None
    return Arrival(number, where["id"], {"update_id": number, "message": slim}, hearing, album, picture)


def _moved(chat_id: int, message: Json) -> Moved | None:
    if (new := _int(message.get("migrate_to_chat_id"))) is not None:
        return Moved(chat_id, new)
    old = _int(message.get("migrate_from_chat_id"))
    return None if old is None else Moved(old, chat_id)


def _edited(number: int, message: Json, me: Me) -> Event | None:
    """Return the arrival of an edit of words. A live location moves by edits, and nobody speaks in that."""
    where, author = _chat(message), _author(message)
    if where is None or author is None or not (message.get("text") or message.get("caption")):
        return None
    if where["type"] in GROUPS and not me.is_meant(message):
        return None
    slim = {"update_id": number, "edited_message": _slim(message, where, author)}
    return Arrival(number, where["id"], slim, Hearing(attachment="edited"))


def _pressed(number: int, press: Json) -> Event | None:
    press_id = tidy(_str(press.get("id")))
    under = _dict(press.get("message"))
    where, author = _chat(under), _user(press.get("from"))
    message_id = _int(under.get("message_id"))
    if not press_id:
        return None
    if where is None or author is None or message_id is None:
        return LostPress(press_id)
    data = tidy(_str(press.get("data")))[:64]
    slim = {
        "id": press_id,
        "from": author,
        "chat_instance": "",
        "data": data,
        "message": {"message_id": message_id, "date": 0, "chat": where},
    }
    return Arrival(number, where["id"], {"update_id": number, "callback_query": slim}, Hearing())


def _related(number: int, change: Json) -> Event | None:
    where, author = _chat(change), _user(change.get("from"))
    if where is None:
        return None
    was, now = (_str(_dict(change.get(name)).get("status")) for name in ("old_chat_member", "new_chat_member"))
    if now not in _THERE:
        return Relation(where["id"], reachable=False)
    if where["type"] in GROUPS and was not in _THERE and author is not None:
        slim = {"message_id": 0, "date": 0, "chat": where, "from": author}
        return Arrival(number, where["id"], {"update_id": number, "message": slim}, Hearing(attachment="added"))
    return Relation(where["id"], reachable=True)


def _attachment(message: Json, author: int) -> str:
    kind = next((name for name in _CONTENT if name in message), "other")
    if kind == "contact":
        # Telegram vouches for a number only if it is the sender's own.
        return "own_contact" if _dict(message["contact"]).get("user_id") == author else "contact"
    return kind


def _picture(message: Json) -> Picture | None:
    """Return the picture that was sent: of a photo the largest of its sizes, or a document that is an image."""
    sizes = message.get("photo")
    if isinstance(sizes, list) and sizes:
        return _file(max(map(_dict, sizes), key=lambda size: (_int(size.get("width")) or 0, _size(size))))
    document = _dict(message.get("document"))
    name = _str(document.get("file_name")).lower()
    is_image = _str(document.get("mime_type")).startswith("image/") or name.endswith(_IMAGES)
    return _file(document) if is_image else None


def _file(described: Json) -> Picture | None:
    file_id = _str(described.get("file_id"))
    return Picture(file_id, _size(described)) if _FILE.fullmatch(file_id) else None


def _size(described: Json) -> int:
    return max(0, _int(described.get("file_size")) or 0)


def _slim(message: Json, where: Json, author: Json) -> Json:
    return {"message_id": _int(message.get("message_id")) or 0, "date": 0, "chat": where, "from": author}


def _chat(message: Json) -> Json | None:
    chat = _dict(message.get("chat"))
    number, kind = _int(chat.get("id")), _str(chat.get("type"))
    if number is None or not (kind == "private" or kind in GROUPS):
        return None
    # aiogram wants a name of a group; whatever it is called is not kept.
    return {"id": number, "type": kind}


def _author(message: Json) -> Json | None:
    return _user(message.get("from"))


def _user(value: object) -> Json | None:
    user = _dict(value)
    number = _user_id(user)
    if number is None or number <= 0 or (user.get("is_bot") and number != _ANONYMOUS):
        return None
    language = _str(user.get("language_code"))[:2].lower()
    return {"id": number, "is_bot": False, "first_name": "-", "language_code": language if language == "en" else "vi"}


def _user_id(value: object) -> int | None:
    return _int(_dict(value).get("id"))


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""


def _int(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST else None
