"""The engine over real lines: whatever happens on them, everybody hears everything that is still worth it, in order."""

from collections import Counter as Tally
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifications.deliver import Delivering
from notifications.pace import Pace
from notifications.transports.email import Email, Relay
from notifications.transports.telegram import Line, Telegram
from storage import Store, addresses, identities, leases, people, undelivered
from storage.deliveries import DeliveryState
from storage.unreachable import clear
from storage.who import Role
from tests.fake_telegram import Fake, Fault
from tests.notifications.delivering import told
from tests.notifications.pebbles import BOT, Beach, Pebbles
from tests.transports.mail_server import MailServer, serving

FAST = 1e6
PEOPLE = range(1, 7)
PEBBLES = range(10, 14)
OPEN = {DeliveryState.WAITING, DeliveryState.LATER, DeliveryState.CLAIMED}


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    async with Fake() as server:
        for person in PEOPLE:
            await server.user(person).says("/start")
        yield server


async def states(beach: Beach) -> Tally[DeliveryState]:
    async with beach.store.reading() as tx:
        return Tally(one.state for one in await undelivered.listed(tx, list(DeliveryState)))


async def crowd(store: Store, beach: Beach) -> list[int]:
    async with store.begin() as tx:
        met = [
            await identities.meet(
                tx, channel="telegram", bot_id=BOT, outside_id=str(number), number=number, at=beach.clock()
            )
            for number in PEOPLE
        ]
    return [one.person_id for one in met]


async def over_telegram(store: Store, beach: Beach, fake: Fake, **kind: Any) -> Telegram:
    """Let everybody be told of every pebble over the fake Telegram."""
    beach.kind("pebble", Pebbles(to=await crowd(store, beach), **kind))
    line = Telegram(Line(fake.token, fake.url), store, pace=Pace(FAST, per_chat=FAST), holder="one", alone=FAST)
    beach.transports["telegram"] = line
    await beach.post("pebble", *PEBBLES)
    return line


async def until_told(beach: Beach, hands: Delivering, line: Telegram | None, hours: float = 3) -> None:
    """Let time pass as the worker sees it, until nothing is open any more."""
    end = beach.clock() + timedelta(hours=hours)
    while beach.clock() < end:
        await told(hands)
        if not OPEN & set(await states(beach)):
            return
        beach.clock.waits(seconds=20)
        if line:
            line._pace._halted = line._away_until = 0  # these wait by the real clock
            await line.beat(beach.clock())
        await hands.sweep()
    raise AssertionError(await states(beach))


def heard(fake: Fake, person: int) -> list[str]:
    return [text for text in fake.user(person).texts if text.isdigit()]


def repeated(fake: Fake) -> int:
    """Check that everybody heard everything in order; return how many were heard more than once."""
    for person in PEOPLE:
        assert list(dict.fromkeys(heard(fake, person))) == [str(pebble) for pebble in PEBBLES]
    return sum(len(heard(fake, person)) - len(PEBBLES) for person in PEOPLE)


FAULTS: dict[str, Callable[[Fake], list[Fault]]] = {
    "429": lambda fake: [fake.fault("429", "sendMessage", times=3, chance=0.3, retry_after=30)],
    "500": lambda fake: [fake.fault("500", "sendMessage", times=10, chance=0.4)],
    "502": lambda fake: [fake.fault("502", "sendMessage", times=10, chance=0.4)],
    "409": lambda fake: [fake.fault("409", "sendMessage", times=4)],
    "drop_before": lambda fake: [fake.fault("drop_before", "sendMessage", times=8, chance=0.4)],
    "drop_after": lambda fake: [fake.fault("drop_after", "sendMessage", times=8, chance=0.4)],
    "wrong_json": lambda fake: [fake.fault("wrong_json", "sendMessage", times=8, chance=0.4)],
    "slow": lambda fake: [fake.fault("slow", "sendMessage", times=3, seconds=0.2)],
}
SURELY_ONCE = {"429", "500", "502", "409", "drop_before", "slow"}


@pytest.mark.parametrize("name", FAULTS)
async def test_no_fault_loses_or_disorders_anything(sqlite_store: Store, tmp_path: Path, fake: Fake, name: str) -> None:
    beach = Beach(sqlite_store, tmp_path)
    line = await over_telegram(sqlite_store, beach, fake)
    FAULTS[name](fake)
    await until_told(beach, beach.hands(), line)
    again = repeated(fake)
    print(f"{name}: {again} repeated")
    assert name not in SURELY_ONCE or not again
    assert set(await states(beach)) == {DeliveryState.SENT}
    await line.close()


async def test_after_an_hour_without_telegram_everything_still_arrives_in_order(
    store: Store, tmp_path: Path, fake: Fake
) -> None:
    beach = Beach(store, tmp_path)
    line = await over_telegram(store, beach, fake)
    hands = beach.hands()
    async with fake.unreachable():
        end = beach.clock() + timedelta(hours=1)
        while beach.clock() < end:
            await told(hands)
            beach.clock.waits(minutes=2)
            line._away_until = 0
            await hands.sweep()
        assert not heard(fake, 1)
    await until_told(beach, hands, line)
    assert repeated(fake) == 0
    await line.close()


async def test_what_is_no_longer_worth_it_after_an_outage_is_not_told(
    sqlite_store: Store, tmp_path: Path, fake: Fake
) -> None:
    beach = Beach(sqlite_store, tmp_path)
    line = await over_telegram(sqlite_store, beach, fake, WORTH=timedelta(minutes=30))
    hands = beach.hands()
    async with fake.unreachable():
        await told(hands)
        beach.clock.waits(minutes=45)
        await hands.sweep()
    await until_told(beach, hands, line)
    assert set(await states(beach)) == {DeliveryState.EXPIRED}
    assert not heard(fake, 1)
    await line.close()


async def test_what_may_not_be_repeated_is_left_unknown(sqlite_store: Store, tmp_path: Path, fake: Fake) -> None:
    beach = Beach(sqlite_store, tmp_path)
    line = await over_telegram(sqlite_store, beach, fake, RETRY_UNKNOWN=False)
    fake.fault("drop_after", "sendMessage", times=1, chat=3)
    await until_told(beach, beach.hands(), line)
    assert (await states(beach))[DeliveryState.UNKNOWN] == 1
    assert repeated(fake) == 0  # it had arrived, and was not said again
    await line.close()


async def test_who_blocked_the_bot_hears_what_is_still_worth_it_when_they_are_back(
    sqlite_store: Store, tmp_path: Path, fake: Fake
) -> None:
    beach = Beach(sqlite_store, tmp_path)
    line = await over_telegram(sqlite_store, beach, fake)
    hands = beach.hands()
    await fake.user(2).blocks()
    await until_told(beach, hands, line)
    assert (await states(beach))[DeliveryState.UNREACHABLE] == len(PEBBLES)
    await fake.user(2).unblocks()
    async with sqlite_store.begin() as tx:
        await clear(tx, BOT, 2)
    await hands.sweep()
    await until_told(beach, hands, line)
    assert repeated(fake) == 0
    await line.close()


async def test_a_worker_that_died_with_the_lease_is_followed(sqlite_store: Store, tmp_path: Path, fake: Fake) -> None:
    beach = Beach(sqlite_store, tmp_path)
    async with sqlite_store.begin() as tx:
        now = beach.clock()
        assert await leases.take(tx, f"telegram:{BOT}:notices", "who died", now + timedelta(seconds=6), now)
    line = await over_telegram(sqlite_store, beach, fake)
    await until_told(beach, beach.hands(), line)
    assert repeated(fake) == 0
    await line.close()


async def test_the_mail_server_away_for_an_hour(sqlite_store: Store, tmp_path: Path) -> None:
    beach, server = Beach(sqlite_store, tmp_path), MailServer()
    async with sqlite_store.begin() as tx:
        lan = await people.add(tx, name="Lan", roles=[Role.OFFICER], unit="Phòng A", at=beach.clock(), by=None)
    async with AsyncExitStack() as once:
        await once.enter_async_context(serving(server, tls=None))
    relay = Relay("127.0.0.1", server.port, "tro-ly@example.vn", "Sở", security="none")
    beach.transports["email"] = Email(relay)
    async with sqlite_store.begin() as tx:
        await addresses.write_to(tx, lan.id, "lan@example.vn", how="known here", by=None, at=beach.clock())
    beach.kind("pebble", Pebbles(to=[lan.id]))
    await beach.post("pebble", *PEBBLES)
    hands = beach.hands()
    for _ in range(30):
        await told(hands)
        beach.clock.waits(minutes=2)
    answers = iter(["421 busy", "451 try again", "450 greylisted"])

    async def moody(_: Any) -> str | None:
        return next(answers, None)

    server.at_rcpt = moody
    async with serving(server, tls=None):
        await until_told(beach, hands, None)
    said = [(letter.get_body(["plain"]) or letter).get_content().splitlines()[0] for letter in server.taken]
    assert said == [str(pebble) for pebble in PEBBLES]
    assert len({letter["Message-ID"] for letter in server.taken}) == len(PEBBLES)
