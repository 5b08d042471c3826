"""Whatever arrives: no unhandled error, no word that Telegram would refuse, no press that stays unanswered."""

import asyncio
import itertools
import logging
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage, TelegramMethod
from aiogram.types import Chat, InlineKeyboardMarkup, Message, User
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot import conversation
from bot.channels.telegram import Telegram
from bot.channels.telegram_session import TelegramSession
from bot.channels.telegram_updates import Arrival, LostPress, Me, read
from bot.settings import Settings
from handlers.office import Office
from knowledge.wording import telegram_problems
from storage import Store
from storage.messages import Direction
from storage.messages import Message as Row
from tests.cast import MONDAY, Clock, papers
from tests.conftest import KEYS
from tests.fake_telegram.markup import parse_html
from tests.fake_telegram.refusals import Refused
from tests.telegram import foreign

AT_ONCE = 20
SLICE, ALL = 300, 10_000


class Strict(TelegramSession):
    """Takes what Telegram would take, and fails the test for anything else."""

    def __init__(self) -> None:
        super().__init__("", "")
        self.ids = itertools.count(1)
        self.said = 0
        self.refused: list[str] = []
        self.answered: set[str] = set()

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109  aiogram's signature
    ) -> Any:
        match method:
            case SendMessage() | EditMessageText():
                self._look(method)
                number = method.message_id if isinstance(method, EditMessageText) else next(self.ids)
                chat = Chat(id=int(method.chat_id or 0), type="private")
                return Message(message_id=number or 0, date=MONDAY, chat=chat, text="…").as_(bot)
            case AnswerCallbackQuery():
                self.answered.add(method.callback_query_id)
                if len(method.text or "") > 200:
                    self.refused.append(f"too long: {method.text}")
            case _:
                return User(id=bot.id, is_bot=True, first_name="x", username="troly") if "Me" in str(method) else True
        return True

    def _look(self, method: SendMessage | EditMessageText) -> None:
        self.said += 1
        self.refused += telegram_problems(method.text or "")
        try:
            parse_html(method.text or "")
        except Refused as refused:
            self.refused.append(str(refused))
        if method.parse_mode != "HTML":
            self.refused.append(f"said without its marks: {method.text!r}")
        if not (method.text or "").strip():
            self.refused.append("said nothing")
        keys = method.reply_markup
        if isinstance(keys, InlineKeyboardMarkup):
            every = [key for row in keys.inline_keyboard for key in row]
            data = [key.callback_data for key in every if key.url is None]
            self.refused += [f"data {one!r}" for one in data if not one or len(one.encode()) > 64]
            self.refused += [f"label {key.text!r}" for key in every if not key.text.strip()]


class Desk:
    """The channel over a strict Telegram, with a loop of its own: hypothesis calls one update after the other."""

    def __init__(self, url: str) -> None:
        self.runner = asyncio.Runner()
        self.session = Strict()
        self.numbers = itertools.count(1)
        self.taken = 0
        self.runner.run(self._open(url))

    async def _open(self, url: str) -> None:
        self.store = Store.at(url, keys=KEYS)
        bot = Bot("42:strict", session=self.session)
        office = Office(web_url="https://hoidap.example.vn")
        dispatcher = conversation.build(self.store, asker=papers(), clock=Clock(), office=office)

        async def feed(update: dict[str, Any], hearing: Any) -> None:
            await conversation.work(dispatcher, bot, update, hearing=hearing)

        given_settings = Settings.model_validate({"telegram": {"per_second": 1e6, "per_chat": 1e6}})
        self.channel = Telegram.of(
            given_settings, bot, self.store, feed=feed, clock=Clock(), first=0.001, lasts=timedelta(days=1)
        )
        await self.channel.lease.keep(MONDAY)
        self.channel.inbox.me = Me(42, "troly")

    async def takes(self, updates: list[dict[str, Any]]) -> None:
        numbered = [{"update_id": next(self.numbers), **update} for update in updates]
        self.session.answered.clear()
        await self.channel.inbox.take(numbered)
        await self.channel.lanes.room()
        await self.channel.sender.quiet()
        await asyncio.sleep(0)
        self.taken += len(updates)
        events = [read(update, self.channel.inbox.me) for update in numbered]
        pressed = {one.press_id for one in events if isinstance(one, LostPress)}
        arrivals = [one for one in events if isinstance(one, Arrival)]
        pressed |= {one.update["callback_query"]["id"] for one in arrivals if "callback_query" in one.update}
        assert pressed == self.session.answered, "every press is answered"
        assert not self.session.refused
        await self._recorded({one.update_id for one in arrivals if not one.album})

    async def _recorded(self, said: set[int]) -> None:
        """Check that whoever said something was told something, and that nothing failed inside."""
        async with self.store.reading() as tx:
            rows = list(await tx.scalars(select(Row).where(Row.update_id.in_(said))))
            ids = [row.id for row in rows]
            replied = set(await tx.scalars(select(Row.answers).where(Row.answers.in_(ids))))
            waiting = list(await tx.scalars(select(Row.chat_id).where(Row.direction == "out", Row.spoken_at.is_(None))))
        gone = self.channel.sender._gone
        assert {row.update_id for row in rows} == said
        assert all(row.direction is Direction.IN and row.worked_at for row in rows)
        assert not [row.body for row in rows if "failed" in (row.body or {})]
        silent = [row.body for row in rows if row.id not in replied and "press" not in (row.body or {}) and row.body]
        assert not silent
        assert set(waiting) <= gone

    def close(self) -> None:
        self.runner.run(self.channel.close())
        self.runner.run(self.store.close())
        self.runner.close()


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    # Not `sqlite_url`: a fixture per example is what hypothesis warns of, and one store for all is what is wanted.
    shutil.copy(sqlite_template, tmp_path / "anything.db")
    opened = Desk(f"sqlite:///{tmp_path}/anything.db")
    yield opened
    opened.close()


def run(desk: Desk, wanted: int, caplog: pytest.LogCaptureFixture) -> None:
    """Let `wanted` updates arrive, several at once."""

    @settings(
        max_examples=wanted // AT_ONCE * 2,
        deadline=None,
        derandomize=True,
        database=None,
        # What arrived before is part of the case: an example cannot be made smaller by itself.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(foreign.updates, min_size=AT_ONCE, max_size=AT_ONCE))
    def arrives(updates: list[dict[str, Any]]) -> None:
        if desk.taken >= wanted:
            return
        caplog.clear()
        desk.runner.run(desk.takes(updates))
        assert not [record for record in caplog.records if record.levelno >= logging.ERROR]

    arrives()
    print(f"{desk.taken} updates, {desk.session.said} messages: nothing unhandled, nothing that Telegram would refuse")
    assert desk.taken >= wanted


def test_whatever_arrives_is_met(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    run(desk, SLICE, caplog)


@pytest.mark.proof
def test_ten_thousand_of_whatever_arrives_are_met(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    run(desk, ALL, caplog)
