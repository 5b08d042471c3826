"""The channels a person may come in by: each a module that makes an aiogram Bot over a session of its own."""

from types import ModuleType

from bot.channels import telegram, webchat

CHANNELS: tuple[ModuleType, ...] = (webchat, telegram)
