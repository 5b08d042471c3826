"""The methods about the bot itself, its chats and its files."""

import json
import re

from .parameters import Params
from .refusals import Json, bad
from .sending import Method
from .state import Chat, World
from .units import units

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
COMMANDS = 100
LOGGED_OUT = 600  # seconds before a bot can come back after logOut
_ADMINISTRATOR = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_RIGHTS: dict[str, Json] = {
    "creator": {"is_anonymous": False},
    "kicked": {"until_date": 0},
    "administrator": dict.fromkeys(_ADMINISTRATOR, False) | {"can_post_messages": True, "can_edit_messages": True},
}


def get_me(world: World, p: Params) -> Json:
    return {
        **world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
    }


def log_out(world: World, p: Params) -> bool:
    world.logged_out_until = world.clock() + LOGGED_OUT
    return True


def close(world: World, p: Params) -> bool:
    world.updates.bell.ring()
    return True


def _language(p: Params) -> str:
    code = p.text("language_code")
    if code and not _LANGUAGE.fullmatch(code):
        raise bad("BOT_LANG_CODE_INVALID")
    return code


def _scope(p: Params) -> str:
    return json.dumps(p.mapping("scope") or {"type": "default"}, sort_keys=True)


def set_commands(world: World, p: Params) -> bool:
    commands = p.objects("commands")
    if len(commands) > COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= units(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    world.profile.commands[_scope(p), _language(p)] = commands
    world.bell.ring()
    return True


def get_commands(world: World, p: Params) -> list[Json]:
    return world.profile.commands.get((_scope(p), _language(p)), [])


def delete_commands(world: World, p: Params) -> bool:
    world.profile.commands.pop((_scope(p), _language(p)), None)
    return True


def _setter(attribute: str, name: str, limit: int) -> Method:
    def put(world: World, p: Params) -> bool:
        text = p.text(name)
        if units(text) > limit:
            raise bad(f"bot {name.replace('_', ' ')} is too long")
        kept: dict[str, str] = getattr(world.profile, attribute)
        kept[_language(p)] = text
        world.bell.ring()
        return True

    return put


def _getter(attribute: str, name: str) -> Method:
    def get(world: World, p: Params) -> Json:
        kept: dict[str, str] = getattr(world.profile, attribute)
        return {name: kept.get(_language(p)) or kept.get("", "")}

    return get


def set_menu_button(world: World, p: Params) -> bool:
    button = p.mapping("menu_button") or {"type": "default"}
    if str(button.get("type")) not in {"default", "commands", "web_app"}:
        raise bad("MenuButton has unsupported type")
    if "chat_id" in p:
        world.open_chat(p).menu_button = button
    else:
        world.profile.menu_button = button
    return True


def get_menu_button(world: World, p: Params) -> Json:
    own = world.open_chat(p).menu_button if "chat_id" in p else None
    return own or world.profile.menu_button


def get_file(world: World, p: Params) -> Json:
    return world.files.described(p.text("file_id"))


def get_chat(world: World, p: Params) -> Json:
    return {**world.open_chat(p).api(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}


_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def member(world: World, chat: Chat, user: int) -> Json:
    return membership(world, chat.members.get(user, "left"), user)


def membership(world: World, status: str, user: int) -> Json:
    """Return a ChatMember of this status with the fields that the status asks for."""
    who = world.bot if user == world.bot_id else world.people.get(user)
    if who is None:
        raise bad("PARTICIPANT_ID_INVALID")
    return {"status": status, "user": who, **_RIGHTS.get(status, {})}


def get_chat_member(world: World, p: Params) -> Json:
    return member(world, world.open_chat(p), p.integer("user_id"))


def leave_chat(world: World, p: Params) -> bool:
    chat = world.open_chat(p)
    if chat.type == "private":
        raise bad("method is available only for supergroup and channel chats")
    chat.members.pop(world.bot_id, None)
    chat.closed = bad("chat not found")
    world.bell.ring()
    return True


PROFILE: dict[str, Method] = {
    "getMe": get_me,
    "logOut": log_out,
    "close": close,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyName": _setter("names", "name", 64),
    "getMyName": _getter("names", "name"),
    "setMyDescription": _setter("descriptions", "description", 512),
    "getMyDescription": _getter("descriptions", "description"),
    "setMyShortDescription": _setter("short_descriptions", "short_description", 120),
    "getMyShortDescription": _getter("short_descriptions", "short_description"),
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
    "getFile": get_file,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "leaveChat": leave_chat,
}
