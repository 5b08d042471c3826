"""What Telegram shows of the bot before anybody speaks: commands, descriptions, the menu; in both languages."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import (
    SetChatMenuButton,
    SetMyCommands,
    SetMyDescription,
    SetMyShortDescription,
    TelegramMethod,
)
from aiogram.types import BotCommand, MenuButtonCommands

from bot.channels.pace import Patience
from bot.channels.telegram_session import Fate, fate
from knowledge.wording import Words, plain

log = logging.getLogger(__name__)

COMMANDS = (
    *("batdau", "trogiup", "thutuc", "hoso", "gapcanbo", "phieu", "lich", "nhantin"),
    *("riengtu", "ngonngu", "lienket", "huy"),
)


def introductions() -> Iterator[TelegramMethod[Any]]:
    """Yield what is set. Vietnamese is also what people see whose Telegram speaks neither."""
    for code, language in ((None, "vi"), ("vi", "vi"), ("en", "en")):
        say = Words("bot/channels/telegram_profile", language)
        commands = [BotCommand(command=name, description=plain(getattr(say, name)())) for name in COMMANDS]
        yield SetMyCommands(commands=commands, language_code=code)
        yield SetMyDescription(description=plain(say.description()), language_code=code)
        yield SetMyShortDescription(short_description=plain(say.short()), language_code=code)
    yield SetChatMenuButton(menu_button=MenuButtonCommands())


async def introduce(bot: Bot) -> None:
    """Set everything, as often as the line needs; what Telegram refuses is logged and left."""
    patience = Patience(1, 60)
    for method in introductions():
        while True:
            try:
                await bot(method)
                break
            except TelegramRetryAfter as halt:
                await asyncio.sleep(halt.retry_after)
            except Exception as failure:  # noqa: BLE001  every kind has its fate
                if fate(failure) is not Fate.UNKNOWN:
                    log.warning("not introduced", extra={"method": type(method).__name__, "why": str(failure)})
                    break
                await asyncio.sleep(patience.seconds())
