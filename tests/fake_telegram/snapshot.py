"""Everything at a glance, for the playground page."""

import hashlib
import json
from typing import TYPE_CHECKING

from .refusals import Json
from .rooms import Message, Room
from .user import User
from .webhook import webhook_info

if TYPE_CHECKING:
    from .api import Call
    from .server import Fake

_MESSAGES = 80
_CALLS = 60


def snapshot(fake: "Fake") -> Json:
    """Show rooms, trouble and the last calls; `seen` changes whenever anything else does. Ids are strings."""
    world = fake.world
    shown: Json = {
        "bot": {**world.bot, "id": str(world.bot_id)},
        "url": fake.url,
        "rooms": [_room(room) for room in fake.rooms if room.world is world],
        "faults": [fault.shown() for fault in fake.faults.active()],
        "limits": None if world.flood.limits is None else vars(world.flood.limits),
        "webhook": webhook_info(world.updates),
        "commands": next((c for (_, language), c in world.profile.commands.items() if language == "vi"), None)
        or next(iter(world.profile.commands.values()), []),
        "calls": [call_shown(call) for call in fake.calls[-_CALLS:] if call.method != "getUpdates" or call.fault],
    }
    shown["seen"] = hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()[:16]
    return shown


def _room(room: Room) -> Json:
    messages = [Message(room, raw) for _, raw in sorted(room.chat.messages.items())[-_MESSAGES:]]
    toasts = [query for query in room.world.queries.values() if query.user == room.id and query.answer]
    return {
        "id": str(room.id),
        "type": room.chat.type,
        "name": room.name if isinstance(room, User) else room.chat.names["title"],
        "closed": room.chat.closed.description if room.chat.closed else "",
        "keyboard": room.keyboard,
        "toast": (toasts[-1].answer or {}).get("text", "") if toasts else "",
        "toasted": toasts[-1].id if toasts else "",
        "messages": [_message(room, message) for message in messages],
    }


def _message(room: Room, message: Message) -> Json:
    raw = message.raw
    file = raw["photo"][-1] if message.kind == "photo" else raw.get(message.kind)
    extra: Json = {name: raw[name] for name in ("location", "contact") if name in raw}
    if "poll" in raw:
        extra["poll"] = [raw["poll"]["question"], *[option["text"] for option in raw["poll"]["options"]]]
    return {
        "id": str(message.id),
        "mine": message.id in room.chat.mine,
        "from": raw.get("from", {}).get("first_name", ""),
        "kind": message.kind,
        "text": message.text,
        "entities": message.entities,
        "buttons": [[{"text": b.text, "data": b.data, "url": b.url} for b in row] for row in message.buttons],
        "edited": message.edited,
        "at": raw["date"],
        "file": file.get("file_id", "") if isinstance(file, dict) else "",
        "name": file.get("file_name", "") if isinstance(file, dict) else "",
        "extra": extra,
    }


def call_shown(call: "Call") -> Json:
    return {
        "at": call.at,
        "bot_id": str(call.bot_id),
        "method": call.method,
        "chat": None if call.chat is None else str(call.chat),
        "params": call.params,
        "fault": call.fault.value if call.fault else None,
        "code": call.code,
        "done": call.done,
        "description": call.body.get("description", ""),
    }
