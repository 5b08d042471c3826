"""Somebody hears one lane's facts in their order, also when these go different ways; no dead line holds up the rest."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from notifications.deliver import Delivering
from notifications.kind import Addressee, Fact, Lane
from notifications.transports import Address, Gone, Later, Message, Outcome, Refused, Sent
from storage import Store, Tx, addresses, identities, links, undelivered
from storage.deliveries import OPEN, DeliveryState
from storage.who import Role
from tests.notifications.delivering import told
from tests.notifications.pebbles import BOT, NOW, Beach, Pebbles

AWAY = Later(timedelta(seconds=30), "no connection", line=True)
GREYLISTED = Later(timedelta(minutes=5), "server says 451")


class AtHome(Pebbles):
    """Even pebbles go to the page on which they were asked for, odd ones to wherever somebody wants to be told."""

    page: Address

    async def addressees(self, tx: Tx, fact: Fact) -> list[Addressee]:
        return [Addressee(person, None if fact.about % 2 else self.page) for person in self.to]


class Roads:
    """What each channel answers at each moment."""

    def __init__(self, beach: Beach) -> None:
        self.beach = beach
        self.answers: dict[str, Callable[[datetime], Outcome]] = {}
        beach.outcomes = [self._answer] * 100_000

    def _answer(self, to: Address, message: Message) -> Outcome:
        answer = self.answers.get(to.channel)
        return answer(self.beach.clock()) if answer else Sent(message.key)


@pytest.fixture
def beach(store: Store, tmp_path: Path) -> Beach:
    return Beach(store, tmp_path)


@pytest.fixture
def quick(sqlite_store: Store, tmp_path: Path) -> Beach:
    return Beach(sqlite_store, tmp_path)


async def minh(beach: Beach, *, page: bool = False) -> int:
    """Bring in an officer with Telegram and a mailbox, and with a page where that matters."""
    person = await beach.person("Minh", Role.OFFICER)
    async with beach.store.begin() as tx:
        for channel in ("telegram", "web") if page else ("telegram",):
            who = await identities.meet(tx, channel=channel, bot_id=BOT, outside_id=channel, at=NOW)
            code = await links.issue(tx, person, by=None, at=NOW)
            assert isinstance(await links.redeem(tx, code, who.identity_id, at=NOW), links.Linked)
    return person


def down(until: datetime, outcome: Outcome = AWAY) -> Callable[[datetime], Outcome]:
    return lambda now: outcome if now < until else Sent("x")


async def hours_pass(beach: Beach, *hands: Delivering, hours: float, step: float = 60) -> None:
    for _ in range(int(hours * 3600 / step)):
        await asyncio.gather(*(told(one) for one in hands))
        beach.clock.waits(seconds=step)


def numbers(beach: Beach) -> list[int]:
    return [int(said) for said in beach.said()]


async def open_now(beach: Beach) -> int:
    async with beach.store.reading() as tx:
        return len(await undelivered.listed(tx, OPEN))


async def test_what_fell_back_to_a_slow_address_is_not_overtaken_by_what_still_goes_the_first_way(beach: Beach) -> None:
    beach.kind("pebble", Pebbles(to=[await minh(beach)]))
    roads, hands = Roads(beach), (beach.hands("one"), beach.hands("two"))
    roads.answers["telegram"] = lambda _: Refused("400")
    roads.answers["email"] = down(beach.clock() + timedelta(minutes=6), GREYLISTED)
    await beach.post("pebble", 1)
    await told(hands[0])
    roads.answers.pop("telegram")
    await beach.post("pebble", 2, 3)
    await hours_pass(beach, *hands, hours=0.2)
    assert [(one.to.channel, said) for one, said in zip(beach.noted, beach.said(), strict=True)] == [
        ("email", "1"),
        ("telegram", "2"),
        ("telegram", "3"),
    ]


async def test_after_a_long_outage_no_later_fact_overtakes_one_that_fell_back(quick: Beach) -> None:
    quick.kind("pebble", Pebbles(to=[await minh(quick)], WORTH=timedelta(hours=4)))
    roads, hands = Roads(quick), (quick.hands("one"), quick.hands("two"))
    back = quick.clock() + timedelta(hours=2, minutes=4)
    roads.answers = {"telegram": down(back), "email": down(back + timedelta(minutes=5), GREYLISTED)}
    await quick.post("pebble", *range(6))
    await hours_pass(quick, *hands, hours=3, step=120)
    assert numbers(quick) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("seed", range(4))
async def test_through_outages_of_every_line_everything_arrives_in_order(quick: Beach, seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311 which minutes are bad
    quick.kind("pebble", Pebbles(to=[await minh(quick)], WORTH=timedelta(hours=3)))
    roads, hands = Roads(quick), quick.hands()

    def odd(_now: datetime) -> Outcome:
        answers: list[Outcome] = [Sent("x"), AWAY, Later(timedelta(seconds=2), "server says 502"), GREYLISTED]
        return luck.choice(answers)

    roads.answers = {"telegram": odd, "email": odd}
    for pebble in range(12):
        await quick.post("pebble", pebble)
        await hours_pass(quick, hands, hours=0.2, step=90)
    roads.answers.clear()
    await hours_pass(quick, hands, hours=0.3)
    assert numbers(quick) == sorted(numbers(quick))
    assert len(quick.noted) == 12


async def test_a_fact_for_the_page_does_not_overtake_one_on_its_way_elsewhere(beach: Beach) -> None:
    person = await minh(beach, page=True)
    kind = AtHome(to=[person])
    async with beach.store.reading() as tx:
        kind.page = next(one for one in await addresses.of(tx, person) if one.channel == "web")
    beach.kind("pebble", kind)
    roads = Roads(beach)
    roads.answers["telegram"] = down(beach.clock() + timedelta(seconds=15), Later(timedelta(seconds=5), "429"))
    await beach.post("pebble", 1, 2, 3, 4)
    hands = beach.hands("one"), beach.hands("two")
    await hours_pass(beach, *hands, hours=0.1, step=3)
    assert numbers(beach) == [1, 2, 3, 4]
    assert [one.to.channel for one in beach.noted] == ["telegram", "web", "telegram", "web"]


async def test_a_dead_line_holds_up_nothing_that_goes_another_way(beach: Beach) -> None:
    person = await minh(beach, page=True)
    kind = AtHome(to=[person])
    async with beach.store.reading() as tx:
        kind.page = next(one for one in await addresses.of(tx, person) if one.channel == "web")
    beach.kind("pebble", kind)
    Roads(beach).answers["telegram"] = down(beach.clock() + timedelta(hours=9))
    hands = beach.hands()
    await beach.post("pebble", 1)
    await told(hands)
    for pebble in (2, 3, 4, 5, 6):
        await beach.post("pebble", pebble)
        await told(hands)
    assert numbers(beach) == [2, 4, 6]


async def test_an_address_that_takes_nothing_of_one_person_is_not_waited_for_for_long(quick: Beach) -> None:
    person = await minh(quick)
    quick.kind("pebble", Pebbles(to=[person]))
    roads, hands = Roads(quick), quick.hands()
    roads.answers["telegram"] = lambda _: Refused("400")
    roads.answers["email"] = down(quick.clock() + timedelta(hours=9), Later(timedelta(minutes=5), "mailbox full"))
    await quick.post("pebble", 1)
    await told(hands)
    roads.answers.pop("telegram")
    await quick.post("pebble", 2)
    await told(hands)
    assert numbers(quick) == []
    await hours_pass(quick, hands, hours=0.5)
    assert numbers(quick) == [2]


async def test_lanes_and_people_do_not_wait_for_each_other(quick: Beach) -> None:
    person, other = await minh(quick), await quick.person("Other", Role.OFFICER)
    quick.kind("news", Pebbles(to=[person], LANE=Lane.BULK))
    quick.kind("alarm", Pebbles(to=[person, other], LANE=Lane.URGENT))
    roads, hands = Roads(quick), quick.hands()
    roads.answers["telegram"] = lambda _: Gone("403")
    roads.answers["email"] = down(quick.clock() + timedelta(minutes=4), GREYLISTED)
    await quick.post("news", 1)
    await told(hands)
    roads.answers.pop("email")
    await quick.post("alarm", 2)
    await told(hands)
    assert numbers(quick) == [2, 2]


async def test_where_two_lines_are_away_whichever_comes_back_is_used(quick: Beach) -> None:
    quick.kind("pebble", Pebbles(to=[await minh(quick)], WORTH=timedelta(hours=4)))
    roads, hands = Roads(quick), quick.hands()
    never = quick.clock() + timedelta(days=9)
    roads.answers = {"telegram": down(never), "email": down(never)}
    await quick.post("pebble", 1, 2, 3)
    await hours_pass(quick, hands, hours=3, step=150)
    assert numbers(quick) == []
    roads.answers["telegram"] = down(quick.clock())
    await hours_pass(quick, hands, hours=0.7)
    assert numbers(quick) == [1, 2, 3]
    assert {one.to.channel for one in quick.noted} == {"telegram"}
    assert await open_now(quick) == 0


async def test_two_lines_that_fail_in_turns_are_not_tried_without_a_pause(quick: Beach) -> None:
    quick.kind("pebble", Pebbles(to=[await minh(quick)], WORTH=timedelta(hours=4)))
    roads, hands = Roads(quick), quick.hands()
    asked = 0

    def fails(_now: datetime) -> Outcome:
        nonlocal asked
        asked += 1
        return Later(timedelta(seconds=1), "server says 502")

    roads.answers = {"telegram": fails, "email": fails}
    await quick.post("pebble", 1)
    quick.clock.waits(hours=2.5)
    for _ in range(90):
        await told(hands)
        quick.clock.waits(minutes=0.5)
    assert asked <= 30
    async with quick.store.reading() as tx:
        [row] = await undelivered.listed(tx, list(DeliveryState))
    assert row.state in OPEN


async def test_of_two_workers_none_addresses_what_comes_later_before_what_comes_first(beach: Beach) -> None:
    beach.kind("pebble", Pebbles(to=[await beach.person("lan")]))
    await beach.post("pebble", *range(160))
    workers = [beach.hands(f"worker {n}") for n in range(3)]
    await asyncio.gather(*(one.addressing.some(beach.clock()) for one in workers * 2))
    await asyncio.gather(*map(told, workers))
    assert numbers(beach) == list(range(160))
