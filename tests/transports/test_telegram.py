"""Notifications over the Bot API, against the fake one: what comes of each fault, at which pace, by which process."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from notifications.pace import Pace
from notifications.transports import Address, Gone, Later, Message, Outcome, Refused, Sent, Unknown
from notifications.transports.telegram import Line, Telegram
from storage import Store, halts, leases, messages, outbox, unreachable
from storage.messages import Message as Row
from tests.conftest import NOW
from tests.fake_telegram import Fake, Limits

BOT = 42
WORDS = Message("", "<p>Có phản hồi <b>mới</b>.</p>", [[{"text": "Xem", "data": "/phieu 1"}]], key="1")
SENDER = f"telegram:{BOT}"
FAST = 1e6


def at(chat: int) -> Address:
    return Address("telegram", BOT, chat)


def opened(fake: Fake, store: Store, holder: str = "one", **more: Any) -> Telegram:
    given: dict[str, Any] = {"pace": Pace(FAST, per_chat=FAST), "alone": FAST, "shared": FAST} | more
    return Telegram(Line(fake.token, fake.url), store, holder=holder, **given)


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    async with Fake() as server:
        for person in (7, 8):
            await server.user(person).says("/start")
        yield server


@pytest.fixture
async def transport(fake: Fake, sqlite_store: Store) -> AsyncIterator[Telegram]:
    made = opened(fake, sqlite_store)
    yield made
    await made.close()


async def sent(transport: Telegram, message: Message = WORDS, chat: int = 7) -> Outcome:
    return await transport.send(at(chat), message, now=NOW)


async def test_what_is_sent_stands_in_the_record_with_its_button(
    fake: Fake, transport: Telegram, sqlite_store: Store
) -> None:
    outcome = await sent(transport)
    heard = await fake.user(7).hears("Có phản hồi mới.")
    assert outcome == Sent(str(heard.id))
    assert heard.button("Xem").data == "/phieu 1"
    async with sqlite_store.begin() as tx:
        row = await transport.record(tx, at(7), WORDS, outcome, now=NOW)
    async with sqlite_store.reading() as tx:
        standing = await outbox.standing(tx, BOT, 7, heard.id)
        assert standing
        assert standing.id == row
        assert not await outbox.waiting(tx, "telegram", BOT, 9), "nobody says it a second time"


FAULTS: list[tuple[str, type[Any], bool]] = [
    ("429", Later, True),
    ("500", Later, True),
    ("502", Later, True),
    ("403", Gone, False),
    ("409", Later, True),
    ("drop_before", Unknown, False),
    ("drop_after", Unknown, False),
    ("wrong_json", Unknown, False),
]


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case[0])
async def test_each_fault_is_told_apart(
    fake: Fake, transport: Telegram, case: tuple[str, type[Any], bool], caplog: pytest.LogCaptureFixture
) -> None:
    kind, expected, line = case
    fake.fault(kind, "sendMessage", retry_after=3)
    with caplog.at_level(logging.INFO):
        outcome = await sent(transport)
    assert isinstance(outcome, expected)
    assert getattr(outcome, "line", False) is line
    for secret in (fake.token, "phản hồi", "127.0.0.1"):
        assert secret not in outcome.why
        assert secret not in " ".join(one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING)


async def test_a_server_that_is_away_or_does_not_answer(
    fake: Fake, transport: Telegram, monkeypatch: pytest.MonkeyPatch, sqlite_store: Store
) -> None:
    async with fake.unreachable():
        assert await sent(transport) == Later(timedelta(seconds=5), "no connection", line=True)
    monkeypatch.setattr("notifications.telegram_line._READ_SECONDS", 0.2)
    impatient = opened(fake, sqlite_store)
    fake.fault("slow", "sendMessage", seconds=5)
    assert await sent(impatient) == Unknown("timeout")
    await impatient.close()


async def test_nobody_there_is_gone_and_nobody_tries_that_chat_again(
    fake: Fake, transport: Telegram, sqlite_store: Store
) -> None:
    await fake.user(7).blocks()
    assert isinstance(await sent(transport), Gone)
    assert isinstance(await sent(transport, chat=999), Gone)
    async with sqlite_store.reading() as tx:
        assert await unreachable.of(tx, BOT) == {7, 999}


async def test_a_refused_token_waits_for_people(fake: Fake, sqlite_store: Store) -> None:
    stranger = Telegram(Line("43:nobody", fake.url), sqlite_store, pace=Pace(FAST, per_chat=FAST), holder="one")
    outcome = await sent(stranger)
    assert isinstance(outcome, Later)
    assert outcome.line
    await stranger.close()


async def test_what_telegram_refuses_as_it_is_goes_plainly(fake: Fake, transport: Telegram) -> None:
    hopeless = replace(WORDS, buttons=[[{"text": "x", "url": "http://"}]])
    assert isinstance(await sent(transport, hopeless), Sent)
    assert (await fake.user(7).hears("Có phản hồi")).buttons == []
    assert isinstance(await sent(transport, replace(WORDS, html="")), Refused)


async def test_a_long_message_that_breaks_off_goes_on_where_it_broke_off(fake: Fake, transport: Telegram) -> None:
    long = replace(WORDS, html="".join(f"<p>{number}: {'chữ ' * 900}</p>" for number in range(3)), key="long")
    fake.fault("500", "sendMessage", times=1, chance=1)
    assert isinstance(await sent(transport, long), Later)
    first = await transport.send(at(7), long, now=NOW)
    assert isinstance(first, Sent)
    assert len((first.outside_id or "").split(",")) == 3

    again = replace(long, key="again")
    calls = len(fake.called("sendMessage", done=True))
    fake.world.flood.limits = Limits(overall=1, per_chat=None)
    assert isinstance(await sent(transport, again), Later)
    assert len(fake.called("sendMessage", done=True)) == calls + 1
    fake.world.flood.limits = None
    transport._pace._halted = 0
    assert isinstance(await sent(transport, again), Sent)
    assert len(fake.called("sendMessage", done=True)) == calls + 3, "no part is said twice"


async def test_a_long_command_goes_by_where_it_stands(fake: Fake, transport: Telegram) -> None:
    far = replace(WORDS, buttons=[[{"text": "Gần", "data": "/a"}, {"text": "Xa", "data": "/muc " + "9" * 80}]])
    assert isinstance(await sent(transport, far), Sent)
    heard = await fake.user(7).hears("Có phản hồi")
    assert heard.button("Xa").data == "#0.1"


async def test_a_group_that_moved_is_followed(fake: Fake, transport: Telegram, sqlite_store: Store) -> None:
    lan = fake.user(7)
    group = fake.group(-55, members=[lan])
    new = await group.migrates(lan)
    outcome = await sent(transport, chat=-55)
    assert isinstance(outcome, Sent)
    async with sqlite_store.begin() as tx:
        await transport.record(tx, at(-55), WORDS, outcome, now=NOW)
    async with sqlite_store.reading() as tx:
        assert [row.chat_id for row in await tx.scalars(select(Row))] == [new]


async def test_a_halt_of_one_process_holds_for_every_sender_of_the_token(fake: Fake, store: Store) -> None:
    one, other = opened(fake, store), opened(fake, store, "other")
    fake.fault("429", "sendMessage", retry_after=60)
    assert await sent(one) == Later(timedelta(seconds=60), "429", line=True)
    assert not one.ready(NOW)
    async with store.reading() as tx:
        assert await halts.of(tx, SENDER) == NOW + timedelta(seconds=60)
    assert other.ready(NOW)
    await other.beat(NOW + timedelta(seconds=2))
    assert not other.ready(NOW)
    async with store.begin() as tx:  # a shorter one, later found, ends nothing
        await halts.halt(tx, SENDER, NOW + timedelta(seconds=5))
    async with store.reading() as tx:
        assert await halts.of(tx, SENDER) == NOW + timedelta(seconds=60)
    await one.close()
    await other.close()


async def test_who_waits_for_a_turn_when_a_halt_comes_surely_said_nothing(
    fake: Fake, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = opened(fake, sqlite_store, pace=Pace(2, per_chat=FAST), alone=2)
    fake.fault("429", "sendMessage", retry_after=60)
    outcomes = await asyncio.gather(*(sent(one) for _ in range(4)))
    assert all(isinstance(outcome, Later) and outcome.line for outcome in outcomes)
    assert isinstance(await sent(one), Later)
    assert len(fake.called("sendMessage")) == 1
    one._pace._halted = 0
    monkeypatch.setattr("notifications.telegram_line._TURN_SECONDS", 0.01)
    outcomes = await asyncio.gather(*(sent(one) for _ in range(4)))
    assert [type(outcome) for outcome in outcomes].count(Later) >= 2
    await one.close()


async def test_of_two_processes_one_sends_and_the_other_follows_when_it_is_gone(fake: Fake, store: Store) -> None:
    one, other = opened(fake, store), opened(fake, store, "other")
    assert isinstance(await sent(one), Sent)
    refused = await sent(other, chat=8)
    assert isinstance(refused, Later)
    assert refused.line
    assert not other.ready(NOW)
    await other.beat(NOW)
    assert not other.ready(NOW), "it leaves to the other what it could not send"
    # Killed: nothing is given back, and the lease runs out.
    later = NOW + timedelta(seconds=7)
    await other.beat(later)
    assert other.ready(later)
    assert isinstance(await other.send(at(8), WORDS, now=later), Sent)
    await other.close()
    third = opened(fake, store, "third")
    assert isinstance(await third.send(at(8), WORDS, now=later), Sent), "given back by whoever closed in order"
    await third.close()
    await one.close()


async def test_a_sender_that_could_not_renew_its_lease_sends_no_more(fake: Fake, sqlite_store: Store) -> None:
    # As after a pause of the whole machine: by its own clock the lease is over, and somebody else has it.
    one = opened(fake, sqlite_store, lasts=timedelta(seconds=0.05))
    assert isinstance(await sent(one), Sent)
    await asyncio.sleep(0.06)
    async with sqlite_store.begin() as tx:
        assert await leases.take(tx, f"{SENDER}:notices", "other", NOW + timedelta(days=1), NOW + timedelta(seconds=1))
    assert isinstance(await sent(one), Later)
    await one.close()


async def test_the_lease_is_kept_while_there_is_something_to_send_and_not_longer(
    fake: Fake, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def holder(now: datetime) -> str | None:
        async with sqlite_store.reading() as tx:
            held = await leases.of(tx, f"{SENDER}:notices", now)
        return held.holder if held else None

    one = opened(fake, sqlite_store)
    await one.beat(NOW)
    assert await holder(NOW) is None
    await sent(one)
    later = NOW + timedelta(seconds=4)
    await one.beat(later)
    assert await holder(later + timedelta(seconds=5)) == "one"
    monkeypatch.setattr(one, "_busy_until", 0.0)
    await one.beat(later)
    assert await holder(later) is None
    await one.close()


async def test_replies_keep_their_share_while_another_process_sends_them(
    fake: Fake, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace = Pace(28, per_chat=FAST)
    rates = list[float]()
    monkeypatch.setattr(pace, "slow_to", rates.append)
    one = opened(fake, sqlite_store, pace=pace, alone=28, shared=20)
    await sent(one)
    for who in ("elsewhere", "one"):
        async with sqlite_store.begin() as tx:
            await leases.release(tx, SENDER, "elsewhere")
            await leases.take(tx, SENDER, who, NOW + timedelta(seconds=6), NOW)
        await one.beat(NOW)
    assert rates == [20, 28]
    await one.close()


async def test_nothing_is_sent_faster_than_telegram_takes_it(sqlite_store: Store) -> None:
    async with Fake(limits=Limits()) as fake:
        people = [fake.user(person) for person in range(1, 31)]
        await asyncio.gather(*(user.says("/start") for user in people))
        transport = opened(fake, sqlite_store, pace=Pace(28), alone=28)
        several = [transport.send(at(user.id), WORDS, now=NOW) for user in (*people, *people[:3])]
        assert all(isinstance(one, Sent) for one in await asyncio.gather(*several))
        assert fake.world.flood.refused == 0
        await transport.close()


async def test_an_unspoken_reply_of_the_record_is_not_what_was_told(transport: Telegram, sqlite_store: Store) -> None:
    outcome = await sent(transport)
    assert isinstance(outcome, Sent)
    async with sqlite_store.begin() as tx:
        [reply] = await messages.said(
            tx, channel="telegram", bot_id=BOT, chat_id=7, answers=None, bodies=[WORDS.body()], at=NOW
        )
        await transport.record(tx, at(7), WORDS, outcome, now=NOW)
    async with sqlite_store.reading() as tx:
        assert [row.id for row in await outbox.unspoken(tx, BOT, 7, 9)] == [reply]
