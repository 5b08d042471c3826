"""Several processes with one token: one fetches and speaks, every one takes what is pushed, and none is missed."""

import asyncio
from datetime import timedelta

import pytest

from bot import clock as real
from bot.channels.telegram import Telegram
from bot.channels.telegram_session import Reach
from bot.ears import Ears
from handlers.turn import Saying
from storage import Store, halts, leases, messages, wake
from tests.cast import Papers
from tests.conftest import KEYS
from tests.fake_telegram import Fake
from tests.telegram import talk, test_kills
from tests.telegram.counter import Counter, eventually


class Process(Counter):
    """A process of its own, as far as the lease can tell: another holder, another store, and the real clock."""

    def put_together(self) -> Telegram:
        self.clock.now = real.now()
        made = super().put_together()
        made.clock = real.now
        made.lease._tenure.lasts = timedelta(seconds=1)
        made.lease.beat = 0.2
        return made


async def leading(*processes: Process) -> Process:
    await eventually(lambda: any(one.telegram.reach is Reach.OK for one in processes))
    return next(one for one in processes if one.telegram.reach is Reach.OK)


async def test_of_two_processes_one_serves_and_the_other_follows_when_it_is_killed(
    store: Store, url: str, telegram: Fake
) -> None:
    first = test_kills.start(url, telegram, None)
    await eventually(lambda: telegram.called("getUpdates"))
    second = Process(store, telegram, talk.library())
    await second.open()
    await eventually(lambda: second.telegram.reach is Reach.STANDBY)
    crowd = await talk.talk(telegram, 6)
    await eventually(lambda: sum(len(talk.answers(user)) for user in crowd) > 3)
    await eventually(lambda: second.telegram.reach is Reach.STANDBY)
    first.kill()
    await eventually(lambda: all(talk.is_answered(user) for user in crowd))
    await eventually(lambda: second.telegram.reach is Reach.OK)
    await second.settled()
    await talk.outcome(store, crowd)
    await second.shut()


async def test_whoever_closes_in_order_is_followed_at_once(sqlite_store: Store, telegram: Fake) -> None:
    first, second = (Process(sqlite_store, telegram, Papers()) for _ in range(2))
    await first.open()
    await leading(first)
    await second.open()
    await first.shut()
    async with sqlite_store.reading() as tx:
        held = await leases.of(tx, f"telegram:{second.telegram.bot.id}", real.now())
    assert held is None or held.holder == second.telegram.lease.holder
    lan = telegram.user(7)
    await lan.starts()
    await lan.hears("Xin chào")
    await second.shut()


async def test_what_is_pushed_to_a_process_that_stands_by_is_answered_by_the_one_that_speaks(
    store: Store, url: str, telegram: Fake
) -> None:
    other = Store.at(url, keys=KEYS)
    library = talk.library(people=1)
    first, second = Process(store, telegram, library, mode="webhook"), Process(other, telegram, library, mode="webhook")
    await first.open()
    await leading(first)
    ears, work = Ears(store), first.telegram.work
    ears.on(first.telegram.bot.id, first.telegram.rung)
    work.aside(ears.forever(), "hear")
    await second.open()
    await eventually(lambda: second.telegram.reach is Reach.STANDBY)
    lan = telegram.user(1)
    await lan.starts()
    await lan.hears("Xin chào")
    author = {"id": 1, "is_bot": False, "first_name": "x", "language_code": "vi"}
    said = {"message_id": 1, "date": 1, "from": author, "chat": {"id": 1, "type": "private"}}
    await second.telegram.inbox.take([{"update_id": 5, "message": said | {"text": talk.question(1, 0)}}])
    await lan.hears("⟦1.0⟧")
    await lan.says(talk.question(1, 1))  # pushed to the first, whose address stands
    await lan.hears("⟦1.1⟧")
    assert not second.telegram.lease.is_held()
    await second.shut()
    await first.shut()
    await other.close()


async def test_a_halt_of_the_other_sender_is_obeyed(sqlite_store: Store, telegram: Fake) -> None:
    async with Process(sqlite_store, telegram, Papers()) as process:
        await leading(process)
        lan = telegram.user(7)
        await lan.starts()
        await lan.hears("Xin chào")
        async with sqlite_store.begin() as tx:
            await halts.halt(tx, "telegram:42", real.now() + timedelta(seconds=1.5))
        await eventually(process.telegram.pace.is_halted)
        await lan.says("/trogiup")
        await asyncio.sleep(0.3)
        assert len(telegram.called("sendMessage")) == 1
        await lan.hears("hỏi")


async def test_a_429_of_a_reply_is_known_to_every_process(sqlite_store: Store, telegram: Fake) -> None:
    async with Process(sqlite_store, telegram, Papers()) as process:
        await leading(process)
        telegram.fault("429", "sendMessage", retry_after=1)
        lan = telegram.user(7)
        await lan.starts()
        await lan.hears("Xin chào")
        async with sqlite_store.reading() as tx:
            assert await halts.of(tx, "telegram:42")


async def test_a_store_that_is_away_for_longer_than_the_lease_ends_the_lead_and_not_the_program(
    sqlite_store: Store, telegram: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Process(sqlite_store, telegram, Papers()) as process:
        await leading(process)

        async def away(*_: object) -> bool:
            raise OSError("the store is away")

        with monkeypatch.context() as patched:
            patched.setattr(leases, "take", away)
            await eventually(lambda: process.telegram.reach is Reach.STANDBY)
        await leading(process)
        lan = telegram.user(7)
        await lan.starts()
        await lan.hears("Xin chào")


async def test_a_letter_that_another_process_rings_for_is_spoken(store: Store, url: str, telegram: Fake) -> None:
    lan = telegram.user(7)
    async with Process(store, telegram, Papers()) as process:
        await leading(process)
        await lan.starts()
        await lan.hears("Xin chào")
        other = Store.at(url, keys=KEYS)
        async with other.begin() as tx:
            body = {"html": Saying("<p>thư</p>").html, "buttons": []}
            await messages.said(
                tx, channel="telegram", bot_id=42, chat_id=7, answers=None, bodies=[body], at=real.now()
            )
            await wake.ring(tx, 42, 7)
        await other.close()
        await lan.hears("thư")
