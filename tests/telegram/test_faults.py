"""Whatever happens on the line: every question once in the record, every reply at least once, in order in each chat."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.channels.telegram_session import Reach
from storage import Store
from tests.cast import Papers
from tests.fake_telegram import Fake, Fault, Limits
from tests.telegram import talk
from tests.telegram.counter import Counter, eventually

FAULTS: dict[str, Callable[[Fake], list[Fault]]] = {
    "429": lambda fake: [fake.fault("429", "sendMessage", times=2), fake.fault("429", "getUpdates")],
    "500": lambda fake: [fake.fault("500", "*", times=15, chance=0.3)],
    "502": lambda fake: [fake.fault("502", "*", times=15, chance=0.3)],
    "403": lambda fake: [fake.fault("403", "sendMessage", times=6, chance=0.2)],
    "409": lambda fake: [fake.fault("409", "getUpdates", times=4)],
    "drop_before": lambda fake: [fake.fault("drop_before", "*", times=15, chance=0.3)],
    "drop_after": lambda fake: [fake.fault("drop_after", "*", times=15, chance=0.3)],
    "wrong_json": lambda fake: [fake.fault("wrong_json", "*", times=15, chance=0.3)],
    "slow": lambda fake: [fake.fault("slow", "send*", times=10, seconds=0.3)],
    "hang": lambda fake: [fake.fault("hang", "send*", times=4), fake.fault("hang", "getUpdates")],
    "duplicate": lambda fake: [fake.fault("duplicate", "*", times=None, chance=0.5)],
    "repeat": lambda fake: [fake.fault("repeat", "getUpdates", times=30, chance=0.5)],
    "reorder": lambda fake: [fake.fault("reorder", "*", times=None, chance=0.5)],
}


def everything(fake: Fake) -> list[Fault]:
    """Let a little of everything happen, from a seed."""
    kinds = ("500", "502", "drop_before", "drop_after", "wrong_json")
    trouble = [fake.fault(kind, "*", times=8, chance=0.1, seed=number) for number, kind in enumerate(kinds)]
    trouble += [fake.fault(kind, "*", times=20, chance=0.3) for kind in ("duplicate", "repeat", "reorder")]
    return [*trouble, fake.fault("409", "getUpdates"), fake.fault("429", "sendMessage", chance=0.05)]


@asynccontextmanager
async def opened(store: Store, fake: Fake, library: Papers, **more: Any) -> AsyncIterator[Counter]:
    async with Counter(store, fake, library, **more) as counter:
        yield counter


async def survives(counter: Counter, fake: Fake, faults: list[Fault], name: str) -> None:
    crowd = await talk.talk(fake)
    if any(fault.kind.value == "hang" for fault in faults):
        await eventually(lambda: any(fault.hits for fault in faults))
        await asyncio.sleep(0.5)
        for fault in faults:
            fault.lift()
    if any(fault.kind.value == "403" for fault in faults):
        # Who seemed to have blocked it writes again, and hears what was kept for them.
        await counter.settled()
        for user in crowd:
            await user.says("/trogiup")
    await eventually(lambda: all(talk.is_answered(user) for user in crowd), within=60)
    for fault in faults:
        fault.lift()
    await counter.settled()
    if any(fault.kind.value == "403" for fault in faults):
        faults = [fault for fault in faults if fault.hits]
    found = await talk.outcome(counter.store, crowd)
    hits = sum(fault.hits for fault in faults)
    print(f"{name}: {hits} faults, {found.questions} questions, {found.replies} replies, {found.repeated} repeated")


async def test_a_little_of_everything_loses_nothing(store: Store, telegram: Fake) -> None:
    mode = "webhook" if store.is_sqlite else "polling"
    async with opened(store, telegram, talk.library(), mode=mode) as counter:
        await eventually(lambda: counter.telegram.reach is Reach.OK)
        await survives(counter, telegram, everything(telegram), f"everything, {mode}")


@pytest.mark.proof
@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_little_of_everything_loses_nothing_either_way(store: Store, telegram: Fake, mode: str) -> None:
    async with opened(store, telegram, talk.library(), mode=mode) as counter:
        await eventually(lambda: counter.telegram.reach is Reach.OK)
        await survives(counter, telegram, everything(telegram), f"everything, {mode}")


@pytest.mark.proof
@pytest.mark.parametrize("mode", ["polling", "webhook"])
@pytest.mark.parametrize("name", FAULTS)
async def test_no_fault_loses_doubles_or_disorders_anything(store: Store, telegram: Fake, name: str, mode: str) -> None:
    async with opened(store, telegram, talk.library(), mode=mode) as counter:
        await eventually(lambda: counter.telegram.reach is Reach.OK)
        await survives(counter, telegram, FAULTS[name](telegram), f"{name}, {mode}")


async def test_telegram_away_is_waited_for_and_nothing_is_lost(sqlite_store: Store, telegram: Fake) -> None:
    async with opened(sqlite_store, telegram, talk.library()) as counter:
        await eventually(lambda: counter.telegram.reach is Reach.OK)
        crowd = await talk.talk(telegram)
        async with telegram.unreachable():
            await eventually(lambda: counter.telegram.reach is Reach.UNREACHABLE)
        await eventually(lambda: all(talk.is_answered(user) for user in crowd))
        await counter.settled()
        await talk.outcome(sqlite_store, crowd)
        await eventually(lambda: counter.telegram.reach is Reach.OK)  # a reply may be quicker than a poll


async def test_telegram_away_at_the_start_is_waited_for(sqlite_store: Store, telegram: Fake) -> None:
    lan = telegram.user(7)
    await lan.starts()
    async with telegram.unreachable():
        counter = Counter(sqlite_store, telegram, talk.library())
        await counter.open()
        await eventually(lambda: counter.telegram.reach is Reach.UNREACHABLE)
    await lan.hears("Xin chào", within=20)
    await counter.shut()


async def test_flood_control_is_obeyed(sqlite_store: Store) -> None:
    async with Fake(limits=Limits(overall=30, per_chat=None)) as fake:
        async with opened(sqlite_store, fake, talk.library(people=10), per_second=25) as counter:
            crowd = await talk.talk(fake, people=10)
            await eventually(lambda: all(talk.is_answered(user) for user in crowd))
            await counter.settled()
        assert fake.world.flood.refused == 0


async def test_from_polling_to_a_webhook_and_back_nothing_is_lost(sqlite_store: Store, telegram: Fake) -> None:
    library = talk.library(questions=4)
    crowd = [telegram.user(person) for person in range(1, talk.PEOPLE + 1)]
    for number, mode in enumerate(["polling", "webhook"] * 2):
        for user in crowd:
            await user.says(talk.question(user.id, number))
        # Closed in the middle of its work: what was taken is worked by the next one.
        counter = Counter(sqlite_store, telegram, library, mode=mode)
        await counter.open()
        await eventually(lambda: any(set(talk.answers(user)) >= {number} for user in crowd))  # noqa: B023  awaited here
        await counter.shut()
    async with opened(sqlite_store, telegram, library) as last:
        await eventually(lambda: all(talk.is_answered(user, 4) for user in crowd))
        await last.settled()
        print(await talk.outcome(sqlite_store, crowd, 4))
