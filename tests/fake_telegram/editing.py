"""The methods by which a bot changes what it said, and answers a pressed button."""

from .keyboards import markup_of
from .parameters import Params, whole
from .refusals import Json, bad, not_modified
from .sending import Method, media
from .state import QUERY_LIFETIME, Chat, World
from .units import units
from .wording import caption_of, text_of

DELETABLE = 48 * 3600  # seconds
TOAST_LIMIT = 200
_TEXT = ("text", "entities", "link_preview_options")
_CAPTION = ("caption", "caption_entities")
_MEDIA = ("photo", "document", "voice", "audio", "video", "animation")


def _target(world: World, p: Params) -> tuple[Chat, Json]:
    if "inline_message_id" in p:
        raise bad("MESSAGE_ID_INVALID")  # there is no inline mode here
    chat = world.open_chat(p)
    if "message_id" not in p:
        raise bad("message identifier is not specified")
    message = chat.messages.get(p.integer("message_id"))
    if message is None:
        raise bad("message to edit not found")
    if message["message_id"] not in chat.mine:
        raise bad("message can't be edited")
    return chat, message


def _replace(world: World, p: Params, target: tuple[Chat, Json], without: tuple[str, ...], content: Json) -> Json:
    """Store the new state. An edit without reply_markup takes the buttons away: Telegram does so, too."""
    chat, old = target
    markup = markup_of(p)
    new = {name: value for name, value in old.items() if name not in {*without, "reply_markup"}} | content
    if markup:
        if "inline_keyboard" not in markup:
            raise bad("inline keyboard expected")
        new["reply_markup"] = markup
    if new == old:
        raise not_modified()
    world.flood.check(chat.id)
    return world.keep(chat, new | {"edit_date": world.now()})


def edit_text(world: World, p: Params) -> Json:
    target = _target(world, p)
    if "text" not in target[1]:
        raise bad("there is no text in the message to edit")
    return _replace(world, p, target, _TEXT, text_of(p))


def edit_caption(world: World, p: Params) -> Json:
    target = _target(world, p)
    if not any(kind in target[1] for kind in _MEDIA):
        raise bad("there is no caption in the message to edit")
    return _replace(world, p, target, _CAPTION, caption_of(p))


def edit_reply_markup(world: World, p: Params) -> Json:
    return _replace(world, p, _target(world, p), (), {})


def edit_media(world: World, p: Params) -> Json:
    target = _target(world, p)
    wanted = p.mapping("media")
    kind = str(wanted.get("type"))
    if kind not in _MEDIA:
        raise bad("can't parse InputMedia: type not found")
    content = {**media(world, kind, p, wanted.get("media")), **caption_of(Params(wanted))}
    return _replace(world, p, target, (*_MEDIA, *_TEXT, *_CAPTION), content)


def delete_message(world: World, p: Params) -> bool:
    chat = world.open_chat(p)
    message = chat.messages.get(p.integer("message_id"))
    if message is None:
        raise bad("message to delete not found")
    if world.now() - message["date"] > DELETABLE:
        raise bad("message can't be deleted for everyone")
    if chat.type != "private" and message["message_id"] not in chat.mine:
        raise bad("message can't be deleted")  # the bot is no administrator here
    _remove(world, chat, message["message_id"])
    return True


def delete_messages(world: World, p: Params) -> bool:
    chat = world.open_chat(p)
    for number in {whole(given, "message_ids") for given in p.array("message_ids")} & chat.messages.keys():
        _remove(world, chat, number)
    return True


def _remove(world: World, chat: Chat, number: int) -> None:
    del chat.messages[number]
    chat.deleted.append(number)
    world.bell.ring()


def answer_callback_query(world: World, p: Params) -> bool:
    query = world.queries.get(p.text("callback_query_id"))
    if query is None or query.answer is not None or world.clock() - query.born > QUERY_LIFETIME:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if units(p.text("text")) > TOAST_LIMIT:
        raise bad("MESSAGE_TOO_LONG")
    query.answer = {"text": p.text("text"), "show_alert": p.flag("show_alert"), "url": p.text("url")}
    query.answered_at = world.clock()
    world.bell.ring()
    return True


EDITING: dict[str, Method] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_reply_markup,
    "editMessageMedia": edit_media,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
}
