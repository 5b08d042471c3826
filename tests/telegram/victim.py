"""A process that serves Telegram and is killed (-9) at a step that it is told beforehand; killed again, it goes on."""

import asyncio
import os
import signal
from datetime import timedelta
from typing import Any

from aiogram.client.session.middlewares.base import BaseRequestMiddleware
from sqlalchemy import event

from bot import clock as real
from bot import conversation
from bot.channels.telegram import Telegram, wired
from bot.settings import Settings
from handlers.office import Office
from storage import Store
from tests.cast import Clock
from tests.conftest import KEYS
from tests.telegram import talk


class Steps:
    """Counts what the process does to the world outside itself, and kills it at the fatal one."""

    def __init__(self, fatal: int | None, report: Any) -> None:
        self.fatal, self.report = fatal, report
        self.count = 0

    def __call__(self, *_: Any, **__: Any) -> None:
        self.count += 1
        if self.report is not None:
            self.report.value = self.count
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, store: Store) -> None:
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(store.engine.sync_engine, name, self)


class Watched(BaseRequestMiddleware):
    """A request and its answer are two steps: between them Telegram has done what we do not know of."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps

    async def __call__(self, make_request: Any, bot: Any, method: Any) -> Any:
        self.steps()
        answer = await make_request(bot, method)
        self.steps()
        return answer


def serve(url: str, api: str, token: str, fatal: int | None, report: Any) -> None:
    """Serve until killed: by oneself at the fatal step, or by whoever started this."""
    asyncio.run(_serve(url, api, token, Steps(fatal, report)))


async def _serve(url: str, api: str, token: str, steps: Steps) -> None:
    given = {"token": token, "api": api, "hold": 1, "per_second": 500, "per_chat": 500}
    settings = Settings.model_validate({"telegram": given})
    store, clock = Store.at(url, keys=KEYS), Clock()
    steps.watch(store)
    bot = wired(settings.telegram)
    assert bot is not None
    bot.session.middleware(Watched(steps))
    dispatcher = conversation.build(store, asker=talk.library(), clock=clock, office=Office())

    async def feed(update: dict[str, Any], hearing: Any) -> None:
        await conversation.work(dispatcher, bot, update, hearing=hearing)

    # The lease of the one before, who was killed, ends by the real clock.
    lasts = timedelta(seconds=0.9)
    Telegram.of(settings, bot, store, feed=feed, clock=real.now, first=0.02, lasts=lasts).begin()
    await asyncio.Event().wait()
