"""A fake Telegram: a Bot API server in this process, with people who talk to the bot.

    async with Fake() as telegram:
        lan = telegram.user(7, "Lan")
        await lan.says("Xin chào")
        reply = await lan.hears("chào")          # waits for the bot
        press = await lan.presses(reply.button("Có"))
        telegram.fault("429", "sendMessage", times=3, retry_after=1)

The bot speaks to `telegram.url` with `telegram.token`. By itself: `python -m tests.fake_telegram --port 8099`.
"""

from .api import Call
from .faults import Fault, Kind, Limits
from .groups import Channel, Group
from .rooms import Button, Message, Press, Room
from .server import TOKEN, Fake
from .user import User

__all__ = [
    "TOKEN",
    "Button",
    "Call",
    "Channel",
    "Fake",
    "Fault",
    "Group",
    "Kind",
    "Limits",
    "Message",
    "Press",
    "Room",
    "User",
]
