"""What we need of an update, whatever its kind."""

from dataclasses import dataclass
from typing import Any, Self

from aiogram.types import CallbackQuery, InaccessibleMessage, Message, Update

from bot.hearing import Hearing

# Bytes of a button on the page; Telegram allows 64, and goes by where a longer one stands.
MOST_PRESSED = 128
_GROUPS = frozenset({"group", "supergroup"})


@dataclass(frozen=True, slots=True)
class Incoming:
    """What we need of an update, whatever its kind."""

    update_id: int
    language_code: str
    press_id: str = ""
    data: str = ""
    pressed_on: int | None = None
    label: str = ""
    attachment: str = ""
    # The message that a reply in a group refers to; 0 where there are only two.
    in_group: int = 0

    @classmethod
    def of(cls, update: Update, hearing: Hearing) -> Self | None:
        """Return None for what is not somebody speaking to us."""
        if isinstance(press := update.callback_query, CallbackQuery):
            on = press.message
            return cls(
                update.update_id,
                press.from_user.language_code or "",
                press_id=press.id,
                data=(press.data or "")[:MOST_PRESSED],
                pressed_on=on.message_id if on else None,
                label=_label(press),
                in_group=_in_group(on),
            )
        message = update.message or update.edited_message
        if message is None or message.from_user is None:
            return None
        language = message.from_user.language_code or ""
        attachment = "" if message.text is not None else hearing.attachment or message.content_type
        if update.edited_message:
            attachment = "edited"
        return cls(update.update_id, language, attachment=attachment, in_group=_in_group(message))

    def body(self, hearing: Hearing) -> dict[str, Any]:
        """Return what the record keeps of what was heard: of a suspicion only that something was not stored."""
        if hearing.suspicion:
            return {"withheld": True}
        if self.in_group and not self.press_id:
            # What people say in a group stands there; their question is recorded as a question and nowhere else.
            return {"group": self.in_group}
        if self.press_id:
            return {"press": self.data, "on": self.pressed_on, "label": self.label}
        if self.attachment:
            return {"attachment": self.attachment}
        return {"text": hearing.text} | ({"masked": sorted(hearing.masked)} if hearing.masked else {})


def _in_group(message: Message | InaccessibleMessage | None) -> int:
    return (message.message_id or -1) if message and message.chat.type in _GROUPS else 0


def _label(press: CallbackQuery) -> str:
    if not isinstance(press.message, Message) or press.message.reply_markup is None:
        return ""
    buttons = (button for row in press.message.reply_markup.inline_keyboard for button in row)
    return next((button.text for button in buttons if button.callback_data == press.data), "")
