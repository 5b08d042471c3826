"""What a pressed button and a deep link mean: the command that stands in the record, not what a client claims."""

import re
from dataclasses import replace

from aiogram import Bot
from aiogram.fsm.storage.base import StorageKey

from bot.incoming import Incoming
from bot.speaking import keeps_record
from handlers.turn import Button, said
from storage import Tx, messages, outbox
from storage.messages import Message

# What a link t.me/<bot>?start=… may begin, beside the greeting.
_BEGINS = frozenset(
    {"gapcanbo", "phieu", "riengtu", "trogiup", "lienket", "ngonngu", "thutuc", "hoso", "lich", "nhantin"}
)
_START = re.compile(r"/start(?:@\w+)? (\w+)", re.IGNORECASE)
_STORED = re.compile(r"#(\d{1,18})\.(\d{1,3})")
# Telegram refuses a button whose data is longer, in bytes.
MOST_DATA = 64


def data_of(button: Button, row: int, number: int) -> str:
    """Return what a button carries outside: its command, or, where that is too long, where it stands in the record."""
    data = button.data or ""
    return data if len(data.encode()) <= MOST_DATA else f"#{row}.{number}"


def linked(text: str) -> str:
    """Return the command that a deep link stands for; any other text as it is."""
    found = _START.fullmatch(text)
    return f"/{found[1].lower()}" if found and found[1].lower() in _BEGINS else text


async def pressed(tx: Tx, bot: Bot, incoming: Incoming, key: StorageKey) -> Incoming:
    """Return the press with its row of the record, its command, and what stood on the button.

    A button that does not stand there any more means nothing. One under a message that is not in the record (spoken
    just before a crash, or forgotten) means what it says: every command checks what this person may do.
    """
    if not incoming.press_id or keeps_record(bot) or incoming.pressed_on is None:
        return incoming
    row = await outbox.standing(tx, key.bot_id, key.chat_id, incoming.pressed_on)
    stored = _STORED.fullmatch(incoming.data)
    if stored:
        row = row or await messages.one(tx, int(stored[1]), key.bot_id, key.chat_id)
    if row is None:
        return replace(incoming, pressed_on=None, data="" if stored else incoming.data)
    buttons = _buttons(row)
    for number, button in enumerate(buttons):
        # A notification is sent before its row is written: its long commands go by their place alone.
        if incoming.data in {data_of(button, row.id, number), data_of(button, 0, number)}:
            return replace(incoming, pressed_on=row.id, data=button.data or "", label=button.text)
    return replace(incoming, pressed_on=row.id, data="")


def _buttons(row: Message) -> list[Button]:
    return [button for line in said(row.body or {}).buttons for button in line if not button.url]
