"""What may stand under a message: `reply_markup`, checked as the Bot API checks it."""

import re
from urllib.parse import urlsplit

from .parameters import Params
from .refusals import Json, Refused, bad

CALLBACK_BYTES = 64
BUTTONS = 100
_ACTIONS = {
    "callback_data",
    "callback_game",
    "copy_text",
    "login_url",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "url",
    "web_app",
}
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def markup_of(p: Params) -> Json | None:
    """Return the markup, None when there is none; `{"inline_keyboard": []}` counts as none."""
    markup = p.mapping("reply_markup", "reply keyboard markup")
    if not markup:
        return None
    if "inline_keyboard" in markup:
        rows = [row for row in _rows(markup["inline_keyboard"], "inline keyboard") if row]
        return {"inline_keyboard": [[_inline(button) for button in row] for row in rows]} if rows else None
    if "keyboard" in markup:
        for row in _rows(markup["keyboard"], "keyboard"):
            for button in row:
                _worded(button if isinstance(button, dict) else {"text": button}, "keyboard")
        return markup
    if markup.get("remove_keyboard") is True or markup.get("force_reply") is True:
        return markup
    raise bad("object expected as reply markup")


def _rows(rows: object, what: str) -> list[list[Json]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(f'field "{what.replace(" ", "_")}" must be an Array of Arrays')
    if sum(len(row) for row in rows) > BUTTONS:
        raise bad("reply markup is too long")
    return rows


def _worded(button: Json, what: str) -> None:
    text = button.get("text")
    if not isinstance(text, str):
        raise bad(f'can\'t parse {what} button: Field "text" must be of type String')
    if not text.strip():
        raise bad(f"{what} button text must be non-empty")


def _inline(button: object) -> Json:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    _worded(button, "inline keyboard")
    if not _ACTIONS & {name for name, value in button.items() if value is not None}:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if (data := button.get("callback_data")) is not None and not 1 <= len(str(data).encode()) <= CALLBACK_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if (url := button.get("url")) is not None:
        _address(str(url))
    return {name: value for name, value in button.items() if value is not None}


def _address(url: str) -> None:
    """Telegram wants a host with a dot: http://localhost is refused, 127.0.0.1 is not."""
    try:
        parts = urlsplit(url if _SCHEME.match(url) else f"http://{url}")
        host = parts.hostname or ""
    except ValueError:
        raise _wrong(url) from None
    fitting = "." in host if parts.scheme in {"http", "https"} else parts.scheme in {"tg", "ton", "tonsite"}
    if not fitting or any(letter.isspace() for letter in url):
        raise _wrong(url)


def _wrong(url: str) -> Refused:
    return bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
