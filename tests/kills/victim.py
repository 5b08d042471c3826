"""A process that works through a conversation and is killed (-9) at a step that it is told beforehand."""

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import event

from bot import conversation
from bot.channels import webchat
from bot.channels.hub import Frame, Hub, Lazy
from handlers.office import Office
from knowledge.catalogue import Catalogue
from knowledge.texts import Audience, Citation, Found, Language, Question, Refusal
from storage import Store, identities
from storage.store import Keys

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
KEYS = Keys(journal=b"j" * 32, links=b"l" * 32, dossiers=b"d" * 32)

# What one person types, in order: a question, a form with two fields, a command in between, a question at the end.
SCRIPT = (
    "lệ phí cấp phép là bao nhiêu",
    "/gapcanbo",
    "Tôi cần biết lệ phí cấp phép bán lẻ xăng dầu",
    "gửi",
    "/trogiup",
    "còn thời hạn thì sao",
)


class Nobody:
    """A library without a text: what is tried here is the record, not the answer."""

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(())

    async def ask(self, question: Question) -> Found:
        return Refusal(None, (), Language.VI)

    def place(self, document: str, place: str, *, day: date, audience: Audience) -> Citation | None:
        return None

    def confirmed(self, document: str, version: str) -> bool:
        return True


class Steps:
    """Counts what the process does to the world outside itself, and kills it at the fatal one."""

    def __init__(self, fatal: int | None) -> None:
        self.fatal = fatal
        self.count = 0

    def __call__(self, *_: Any, **__: Any) -> None:
        self.count += 1
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, store: Store) -> None:
        engine = store.engine.sync_engine
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(engine, name, self)


class Counted(Hub):
    """A hub whose every push is a step: between the commit and the speaking a process dies too."""

    def __init__(self, step: Callable[[], None]) -> None:
        super().__init__()
        self._step = step

    def push(self, chat_id: int, frame: Frame | Lazy, *, row: int | None = None) -> None:
        self._step()
        super().push(chat_id, frame, row=row)


def live(url: str, fatal: int | None, report: Any = None) -> None:
    """Work through the script from its first message, as a page does that has had no receipt for any of them."""
    steps = Steps(fatal)
    asyncio.run(_live(url, steps))
    if report is not None:
        report.put(steps.count)


async def _live(url: str, steps: Steps) -> None:
    store = Store.at(url, keys=KEYS)
    steps.watch(store)
    hub = Counted(steps)
    dispatcher = conversation.build(store, asker=Nobody(), clock=lambda: NOW, office=Office())
    bot = webchat.bot(store, hub, lambda: NOW)
    async with store.begin() as tx:
        who = await identities.meet(tx, channel="web", bot_id=bot.id, outside_id="lan", number=77, at=NOW)

    async def heard(_row: int, _text: str) -> None:
        steps()

    for number, text in enumerate(SCRIPT, 1):
        update = webchat.typed(who, 1000 + number, text, language="vi", now=NOW)
        await conversation.work(dispatcher, bot, update, heard=heard)
    await bot.session.close()
    await store.close()
