"""What a person can put into a message, as the Bot API shows it."""

import base64

from .refusals import Json
from .sending import poll as poll_content
from .state import World
from .units import detect

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SOUND = b"OggS" + bytes(60)
FILM = bytes(4) + b"ftypisom" + bytes(52)


def words(text: str, name: str = "text", marks: str = "entities") -> Json:
    entities = detect(text)
    return {name: text, marks: entities} if entities else {name: text}


def _captioned(content: Json, caption: str) -> Json:
    return content | (words(caption, "caption", "caption_entities") if caption else {})


def photo(world: World, content: bytes = PNG, caption: str = "") -> Json:
    return _captioned({"photo": [world.files.put("photo", "", content).shown]}, caption)


def document(world: World, name: str, content: bytes, *, caption: str, size: int | None, mime: str) -> Json:
    stored = world.files.put("document", name, content, size=size)
    return _captioned({"document": {**stored.shown, "mime_type": mime}}, caption)


def recording(world: World, kind: str, content: bytes, caption: str = "") -> Json:
    """voice, audio, video, animation, video_note or sticker."""
    shown = world.files.put(kind, "", content).shown
    extra = {"document": shown} if kind == "animation" else {}
    return _captioned({kind: shown, **extra}, caption)


def location(latitude: float, longitude: float) -> Json:
    return {"location": {"latitude": latitude, "longitude": longitude}}


def venue(title: str, address: str) -> Json:
    place = {"latitude": 12.245, "longitude": 109.194}
    return {"venue": {"location": place, "title": title, "address": address}, "location": place}


def contact(phone: str, first_name: str, user_id: int | None) -> Json:
    """A phone number; only Telegram itself sets `user_id`, and only for one of its users."""
    whose = {} if user_id is None else {"user_id": user_id}
    return {"contact": {"phone_number": phone, "first_name": first_name, **whose}}


def poll(world: World, question: str, options: tuple[str, ...]) -> Json:
    return {"poll": poll_content(world, question, list(options))}


def dice() -> Json:
    return {"dice": {"emoji": "🎲", "value": 3}}
