"""The methods by which a bot speaks: send…, forwardMessage, copyMessage, sendChatAction."""

from collections.abc import Callable

from .files import KINDS
from .keyboards import markup_of
from .parameters import Params, whole
from .refusals import Json, bad
from .state import Chat, World
from .wording import caption_of, text_of

Method = Callable[[World, Params], object]
_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
_CAPTIONED = {"photo", "document", "voice", "audio", "video", "animation"}


def speak(world: World, p: Params, content: Json) -> Json:
    """Put what the bot says into its chat, after everything that Telegram checks first."""
    chat = world.open_chat(p)
    extra = _reply(chat, p)
    markup = markup_of(p)
    if p.flag("protect_content"):
        extra["has_protected_content"] = True
    if markup and "inline_keyboard" in markup:
        extra["reply_markup"] = markup
    world.flood.check(chat.id)
    if markup and "inline_keyboard" not in markup:
        chat.keyboard = markup if "keyboard" in markup else None
    return utter(world, chat, {**content, **extra})


def utter(world: World, chat: Chat, content: Json) -> Json:
    message = world.post(chat, world.bot, content)
    chat.mine.add(message["message_id"])
    world.bell.ring()
    return message


def _reply(chat: Chat, p: Params) -> Json:
    wanted = p.mapping("reply_parameters")
    target = whole(wanted.get("message_id") or p.integer("reply_to_message_id"), "message_id")
    if not target:
        return {}
    found = chat.messages.get(target)
    if found is None:
        if wanted.get("allow_sending_without_reply") or p.flag("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    return {"reply_to_message": {name: value for name, value in found.items() if name != "reply_to_message"}}


def send_message(world: World, p: Params) -> Json:
    world.open_chat(p)
    return speak(world, p, text_of(p))


def media(world: World, kind: str, p: Params, reference: object = None) -> Json:
    """Return the content of a message with a file; `reference` stands for the parameter named like the kind."""
    given = p.file(kind) if reference is None else p.attached(str(reference))
    stored = world.files.received(kind, given)
    if kind == "document" and stored.kind != "document":
        return {stored.kind: [stored.shown] if stored.kind == "photo" else stored.shown}
    content: Json = {kind: [stored.shown] if kind == "photo" else stored.shown}
    if kind == "animation":
        content["document"] = stored.shown
    return content


def _sender(kind: str) -> Method:
    def send(world: World, p: Params) -> Json:
        world.open_chat(p)
        caption = caption_of(p) if kind in _CAPTIONED else {}
        return speak(world, p, {**media(world, kind, p), **caption})

    return send


def send_media_group(world: World, p: Params) -> list[Json]:
    chat = world.open_chat(p)
    items = p.objects("media")
    if not 2 <= len(items) <= 10:
        raise bad("media group must include 2-10 items")
    contents = []
    for item in items:
        kind = str(item.get("type"))
        if kind not in {"photo", "video", "audio", "document"}:
            raise bad(f"can't parse InputMedia: {kind} can't be sent in an album")
        caption = caption_of(Params(item))
        contents.append({**media(world, kind, p, item.get("media")), **caption})
    extra = _reply(chat, p)
    world.flood.check(chat.id)
    group = str(13_000_000_000 + chat.last_id)
    return [utter(world, chat, {**content, **extra, "media_group_id": group}) for content in contents]


def _coordinates(p: Params) -> Json:
    latitude, longitude = p.number("latitude"), p.number("longitude")
    if "latitude" not in p or "longitude" not in p or abs(latitude) > 90 or abs(longitude) > 180:
        raise bad("wrong latitude or longitude specified")
    return {"latitude": latitude, "longitude": longitude}


def send_location(world: World, p: Params) -> Json:
    return speak(world, p, {"location": _coordinates(p)})


def send_venue(world: World, p: Params) -> Json:
    place = _coordinates(p)
    venue = {"location": place, "title": p.text("title"), "address": p.text("address")}
    return speak(world, p, {"venue": venue, "location": place})


def send_contact(world: World, p: Params) -> Json:
    if not p.text("phone_number"):
        raise bad("phone number is empty")
    if not p.text("first_name"):
        raise bad("first name is empty")
    names = ("phone_number", "first_name", "last_name", "vcard")
    return speak(world, p, {"contact": {name: p.text(name) for name in names if p.text(name)}})


def send_poll(world: World, p: Params) -> Json:
    question = p.text("question").strip()
    if not question:
        raise bad("poll question can't be empty")
    options = [str(option.get("text", "") if isinstance(option, dict) else option) for option in p.array("options")]
    if not 1 <= len(options) <= 12:
        raise bad("poll must have at least 1 option" if not options else "poll can't have more than 12 options")
    return speak(world, p, {"poll": poll(world, question, options, anonymous=p.text("is_anonymous") != "false")})


def poll(world: World, question: str, options: list[str], *, anonymous: bool = True) -> Json:
    return {
        "id": str(5_000_000 + world.now() % 1_000_000 + len(world.chats)),
        "question": question,
        "options": [{"text": text, "voter_count": 0, "persistent_id": str(i)} for i, text in enumerate(options)],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": anonymous,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    }


def send_dice(world: World, p: Params) -> Json:
    return speak(world, p, {"dice": {"emoji": p.text("emoji") or "🎲", "value": 4}})


def send_chat_action(world: World, p: Params) -> bool:
    if p.text("action") not in _ACTIONS:
        raise bad("wrong parameter action in request")
    world.open_chat(p).actions.append(p.text("action"))
    return True


def _source(world: World, p: Params, verb: str) -> Json:
    chat = world.open_chat(p, "from_chat_id")
    found = chat.messages.get(p.integer("message_id"))
    if found is None:
        raise bad(f"message to {verb} not found")
    return found


def content_of(message: Json) -> Json:
    """Return what of a message goes along when it is copied or forwarded."""
    outer = {"message_id", "from", "sender_chat", "chat", "date", "edit_date", "reply_to_message", "reply_markup"}
    return {name: value for name, value in message.items() if name not in outer}


def forward_message(world: World, p: Params) -> Json:
    world.open_chat(p)
    source = _source(world, p, "forward")
    origin: Json = {"type": "user", "sender_user": source.get("from"), "date": source["date"]}
    if "sender_chat" in source:
        origin = {
            "type": "channel",
            "chat": source["sender_chat"],
            "message_id": source["message_id"],
            "date": source["date"],
        }
    return speak(world, p, {**content_of(source), "forward_origin": origin})


def copy_message(world: World, p: Params) -> Json:
    world.open_chat(p)
    content = content_of(_source(world, p, "copy"))
    if "caption" in p:
        content = {**content, **caption_of(p)}
    return {"message_id": speak(world, p, content)["message_id"]}


SENDING: dict[str, Method] = {
    "sendMessage": send_message,
    "sendMediaGroup": send_media_group,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendContact": send_contact,
    "sendPoll": send_poll,
    "sendDice": send_dice,
    "sendChatAction": send_chat_action,
    "forwardMessage": forward_message,
    "copyMessage": copy_message,
    **{f"send{''.join(part.title() for part in kind.split('_'))}": _sender(kind) for kind in KINDS},
}
