"""What is posted is told: once, in order, by whom it may be told, and nothing delays anything else."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from notifications.deliver import WORKER
from notifications.kind import Lane
from notifications.transports import Gone, Later, Refused, Unknown
from storage import Store, Tx, claims, identities, leases, links, notices, people, privacy, undelivered, unreachable
from storage.deliveries import DeliveryState
from storage.who import Role
from tests.notifications.delivering import told
from tests.notifications.pebbles import BOT, NOW, Beach, Pebbles


@pytest.fixture
def beach(store: Store, tmp_path: Path) -> Beach:
    return Beach(store, tmp_path)


@pytest.fixture
def quick(sqlite_store: Store, tmp_path: Path) -> Beach:
    """For what makes no difference to the database."""
    return Beach(sqlite_store, tmp_path)


async def states(beach: Beach) -> list[DeliveryState]:
    async with beach.store.reading() as tx:
        return [one.state for one in reversed(await undelivered.listed(tx, list(DeliveryState)))]


async def test_a_fact_posted_twice_is_told_once(beach: Beach) -> None:
    beach.kind("pebble", Pebbles(to=[await beach.person("lan")]))
    await beach.post("pebble", 1, 1)
    await beach.post("pebble", 1)
    assert [await told(beach.hands()) for _ in range(2)] == [1, 0]
    assert beach.said() == ["1"]


async def test_what_a_simulation_knows_of_next_week_is_not_addressed_before(beach: Beach) -> None:
    beach.kind("pebble", Pebbles(to=[await beach.person("lan")]))
    async with beach.store.begin() as tx:
        await notices.post(tx, "pebble", 1, at=beach.clock() + timedelta(days=7))
        await notices.post(tx, "pebble", 2, at=beach.clock() + timedelta(minutes=1))  # a clock that differs
    assert await beach.hands().addressing.some(beach.clock()) == 1
    async with beach.store.reading() as tx:
        assert not await notices.is_any(tx, ["pebble"], beach.clock())
    beach.clock.waits(days=7)
    assert await told(beach.hands()) == 1


async def test_of_several_workers_one_speaks(beach: Beach) -> None:
    beach.kind("pebble", Pebbles(to=[await beach.person(f"p{n}") for n in range(10)]))
    await beach.post("pebble", *range(12))
    workers = [beach.hands(f"worker {n}") for n in range(3)]
    assert sum(await asyncio.gather(*map(told, workers))) == 120
    assert sorted(beach.said()) == sorted(str(n) for n in range(12) for _ in range(10))
    assert set(await states(beach)) == {DeliveryState.SENT}


async def test_each_person_hears_in_the_order_of_the_facts_also_when_the_line_breaks(beach: Beach) -> None:
    lan, hoa = await beach.person("lan"), await beach.person("hoa")
    beach.kind("pebble", Pebbles(to=[lan, hoa]))
    await beach.post("pebble", 1, 2, 3)
    broken = Later(timedelta(seconds=1), "502")
    beach.outcomes = [broken, broken]
    hands = beach.hands()
    assert await told(hands) == 2  # what follows a failure waits behind it
    assert beach.said() == []
    while DeliveryState.LATER in await states(beach) or DeliveryState.WAITING in await states(beach):
        beach.clock.waits(seconds=10)
        await told(hands)
    async with beach.store.reading() as tx:
        chats = [(await identities.of(tx, person))[0].number for person in (lan, hoa)]
    for chat in chats:
        assert [one.message.html for one in beach.noted if one.to.chat_id == chat] == [
            "<p>1</p>",
            "<p>2</p>",
            "<p>3</p>",
        ]


async def test_bulk_never_delays_urgent(beach: Beach) -> None:
    lan = await beach.person("lan")
    crowd = [await beach.person(f"p{n}") for n in range(25)]
    beach.kind("news", Pebbles(to=crowd, LANE=Lane.BULK))
    beach.kind("alarm", Pebbles(to=[lan, *crowd], LANE=Lane.URGENT))
    await beach.post("news", *range(5))
    hands = beach.hands()
    while await hands.addressing.some(beach.clock()):
        pass
    await beach.post("alarm", 99)
    assert await hands.addressing.some(beach.clock()) == 1
    due = await hands.due()
    assert ("telegram", Lane.URGENT) in due
    await hands.some("telegram", Lane.URGENT)
    assert set(beach.said()) == {"99"}


async def test_an_urgent_notice_is_addressed_before_older_ones_that_can_wait(quick: Beach) -> None:
    lan = await quick.person("lan")
    quick.kind("news", Pebbles(to=[lan], LANE=Lane.BULK))
    quick.kind("alarm", Pebbles(to=[lan], LANE=Lane.URGENT))
    await quick.post("news", *range(200))
    await quick.post("alarm", 7)
    hands = quick.hands()
    assert await hands.addressing.some(quick.clock()) == 1


async def test_two_hundred_facts_for_one_person_are_one_message(beach: Beach) -> None:
    lan = await beach.person("lan")
    beach.kind("late", Pebbles(to=[lan], GATHERED=timedelta(minutes=1)))
    await beach.post("late", *range(200))
    hands = beach.hands(gathers=True)
    assert await told(hands) == 0
    beach.clock.waits(seconds=61)
    assert await told(hands) == 200
    assert beach.said() == [" ".join(map(str, range(200)))]
    assert set(await states(beach)) == {DeliveryState.SENT}


async def test_what_is_bound_by_quiet_hours_waits_until_the_morning_and_the_rest_does_not(quick: Beach) -> None:
    quick.clock.waits(hours=13.75)  # 22:15 in Viet Nam
    lan = await quick.person("lan")
    quick.kind("news", Pebbles(to=[lan], QUIET=True))
    quick.kind("alarm", Pebbles(to=[lan]))
    await quick.post("news", 1)
    await quick.post("alarm", 2)
    hands = quick.hands()
    await told(hands)
    assert quick.said() == ["2"]
    quick.clock.waits(hours=7.7)
    assert await told(hands) == 0
    quick.clock.waits(minutes=4)
    await told(hands)
    assert quick.said() == ["2", "1"]


async def test_what_failed_in_the_evening_is_not_tried_again_at_night(quick: Beach) -> None:
    quick.clock.waits(hours=12.4)
    quick.kind("news", Pebbles(to=[await quick.person("lan")], QUIET=True))
    await quick.post("news", 1)
    quick.outcomes = [Later(timedelta(minutes=10), "502")]
    hands = quick.hands()
    assert await told(hands) == 1
    quick.clock.waits(hours=1)
    assert await told(hands) == 0
    quick.clock.waits(hours=9)
    assert await told(hands) == 1
    assert quick.said() == ["1"]


async def test_a_kind_that_nobody_knows_or_that_fails_delays_only_itself_and_is_reported(beach: Beach) -> None:
    lan = await beach.person("lan")
    odd = beach.kind("odd", Pebbles(to=[lan], broken="addressees"))
    mute = beach.kind("mute", Pebbles(to=[lan], broken="letter"))
    beach.kind("pebble", Pebbles(to=[lan]))
    await beach.post("unlisted", 1)
    for n in range(3):
        await beach.post("odd", n)
        await beach.post("mute", n)
        await beach.post("pebble", n)
    hands = beach.hands()
    await told(hands)
    assert beach.said() == ["0", "1", "2"]
    async with beach.store.reading() as tx:
        stuck = {one.kind: (one.count, one.why) for one in await notices.stuck(tx, beach.kinds)}
        mutes = [one.why for one in await undelivered.listed(tx) if one.kind == "mute"]
    assert stuck == {"odd": (3, "LookupError"), "unlisted": (1, None)}
    assert set(mutes) == {"the kind fails: LookupError"}
    odd.broken = mute.broken = ""
    beach.clock.waits(hours=1)
    await told(hands)
    assert sorted(beach.said()) == ["0", "0", "0", "1", "1", "1", "2", "2", "2"]


async def test_who_blocked_us_is_told_at_the_next_address(quick: Beach) -> None:
    minh = await quick.person("Minh", Role.OFFICER)
    async with quick.store.begin() as tx:
        code = await people_linked(tx, minh)
    assert code
    quick.kind("pebble", Pebbles(to=[minh]))
    await quick.post("pebble", 1)
    quick.outcomes = [Gone("403")]
    await told(quick.hands())
    assert [(one.to.channel, one.to.mailbox) for one in quick.noted] == [("email", "minh@sct.example.vn")]
    async with quick.store.reading() as tx:
        assert await unreachable.of(tx, BOT)


async def people_linked(tx: Tx, person_id: int) -> bool:
    """Give a member of staff a chat on Telegram."""
    who = await identities.meet(tx, channel="telegram", bot_id=BOT, outside_id=f"s{person_id}", at=NOW)
    found = await links.redeem(tx, await links.issue(tx, person_id, by=None, at=NOW), who.identity_id, at=NOW)
    return isinstance(found, links.Linked)


async def test_whom_no_address_reaches_becomes_the_task_of_the_head_of_the_unit(beach: Beach) -> None:
    lan = await beach.person("lan")
    head = await beach.person("Head", Role.HEAD_OF_UNIT, unit="Văn phòng")
    await beach.person("Other", Role.HEAD_OF_UNIT, unit="Phòng khác")
    async with beach.store.reading() as tx:
        unit = (await people.find(tx, "Head")).unit_id
    beach.kind("pebble", Pebbles(to=[lan], task_of=unit))
    await beach.post("pebble", 1)
    beach.outcomes = [Gone("403")]
    await told(beach.hands())
    [task] = beach.noted
    assert task.to.mailbox == "head@sct.example.vn"
    assert "Viên sỏi" in task.message.html
    async with beach.store.reading() as tx:
        rows = {one.person_id: one for one in await undelivered.listed(tx, list(DeliveryState))}
    assert (rows[lan].state, rows[lan].why) == (DeliveryState.UNREACHABLE, "blocked")
    assert rows[head].state is DeliveryState.SENT


async def test_of_a_task_that_reaches_nobody_there_is_no_further_task(quick: Beach) -> None:
    await quick.person("Head", Role.QMS_SECRETARY)
    quick.kind("pebble", Pebbles(to=[await quick.person("lan")]))
    await quick.post("pebble", 1)
    quick.outcomes = [Gone("403"), Gone("550")]
    hands = quick.hands()
    await told(hands)
    assert await told(hands) == 0
    assert await states(quick) == [DeliveryState.UNREACHABLE, DeliveryState.UNREACHABLE]


async def test_a_kind_says_whether_unknown_is_tried_again(quick: Beach) -> None:
    lan = await quick.person("lan")
    quick.kind("again", Pebbles(to=[lan]))
    quick.kind("never", Pebbles(to=[lan], RETRY_UNKNOWN=False))
    hands = quick.hands()
    for kind in ("again", "never"):
        await quick.post(kind, 1)
        quick.outcomes = [Unknown("timeout")]
        await told(hands)
        quick.clock.waits(minutes=10)
        await told(hands)
    assert quick.said() == ["1"]
    async with quick.store.reading() as tx:
        rows = {one.kind: one for one in await undelivered.listed(tx, list(DeliveryState))}
    assert (rows["again"].state, rows["again"].doubts) == (DeliveryState.SENT, 1)
    assert (rows["never"].state, rows["never"].why) == (DeliveryState.UNKNOWN, "timeout")


async def test_what_is_no_longer_worth_sending_ends_as_what_it_was(quick: Beach) -> None:
    lan, hoa = await quick.person("lan"), await quick.person("hoa")
    quick.kind("pebble", Pebbles(to=[lan, hoa], WORTH=timedelta(hours=1)))
    await quick.post("pebble", 1)
    quick.outcomes = [Later(timedelta(minutes=50), "502"), Unknown("timeout")]
    hands = quick.hands()
    await told(hands)
    quick.clock.waits(hours=2)
    await hands.sweep()
    assert await told(hands) == 0
    assert await states(quick) == [DeliveryState.EXPIRED, DeliveryState.UNKNOWN]


async def test_what_is_refused_too_late_to_be_told_elsewhere_has_expired(quick: Beach) -> None:
    minh = await quick.person("Minh", Role.OFFICER)
    async with quick.store.begin() as tx:
        await people_linked(tx, minh)
    quick.kind("pebble", Pebbles(to=[minh], WORTH=timedelta(minutes=1)))
    await quick.post("pebble", 1)

    def late(*_: object) -> Gone:
        quick.clock.waits(minutes=1)
        return Gone("403")

    quick.outcomes = [late]
    await told(quick.hands())
    assert await states(quick) == [DeliveryState.EXPIRED]


async def test_a_refusal_goes_to_the_next_address_and_is_not_tried_again_here(quick: Beach) -> None:
    minh = await quick.person("Minh", Role.OFFICER)
    async with quick.store.begin() as tx:
        await people_linked(tx, minh)
    quick.kind("pebble", Pebbles(to=[minh]))
    await quick.post("pebble", 1)
    quick.outcomes = [Refused("400")]
    await told(quick.hands())
    assert [one.to.channel for one in quick.noted] == ["email"]


async def test_what_a_dead_worker_held_is_taken_up_again(beach: Beach) -> None:
    lan = await beach.person("lan")
    for name, retried in (("again", True), ("never", False)):  # for each a kind of its own
        beach.kind(name, Pebbles(to=[lan], RETRY_UNKNOWN=retried))
        await beach.post(name, 1)
    dead, alive = beach.hands("dead"), beach.hands("alive")
    while await dead.addressing.some(beach.clock()):
        pass
    until = beach.clock() + timedelta(seconds=90)
    claim = {"channel": "telegram", "lane": Lane.NORMAL, "by": "dead", "until": until, "now": beach.clock(), "limit": 9}
    async with beach.store.begin() as tx:
        for kind in ("again", "never"):
            assert len(await claims.claim(tx, kinds=[kind], **claim)) == 1  # type: ignore[arg-type] # a bundle of all kinds
    assert await told(alive) == 0
    beach.clock.waits(seconds=91)
    await alive.sweep()
    await told(alive)
    assert await states(beach) == [DeliveryState.SENT, DeliveryState.UNKNOWN]


async def test_what_a_worker_held_that_tells_no_more_that_it_lives_is_taken_up_at_once(quick: Beach) -> None:
    quick.kind("pebble", Pebbles(to=[await quick.person("lan"), await quick.person("hoa")]))
    await quick.post("pebble", 1)
    dead, alive = quick.hands("dead"), quick.hands("alive")
    await dead.addressing.some(quick.clock())
    now = quick.clock()
    async with quick.store.begin() as tx:
        assert await leases.take(tx, f"{WORKER}dead", "dead", now + timedelta(seconds=20), now)
        claim = {"channel": "telegram", "lane": Lane.NORMAL, "kinds": ["pebble"], "by": "dead", "now": now, "limit": 9}
        assert len(await claims.claim(tx, until=now + timedelta(seconds=90), **claim)) == 2  # type: ignore[arg-type] # a bundle of all kinds
    await alive.sweep()
    assert await told(alive) == 0
    quick.clock.waits(seconds=21)
    await alive.sweep()
    assert await told(alive) == 2


async def test_who_was_asleep_settles_nothing_that_is_no_longer_theirs(beach: Beach) -> None:
    beach.kind("pebble", Pebbles(to=[await beach.person("lan")]))
    await beach.post("pebble", 1)
    asleep, awake = beach.hands("asleep"), beach.hands("awake")

    hold, begun = asyncio.Event(), asyncio.Event()
    original = beach.transports["telegram"].send

    async def slow(to: object, message: object, *, now: object) -> object:
        begun.set()
        await hold.wait()
        return await original(to, message, now=now)  # type: ignore[arg-type]  # what it was called with

    beach.transports["telegram"].send = slow  # type: ignore[method-assign, assignment]  # a line that hangs
    sleeping = asyncio.ensure_future(told(asleep))
    await begun.wait()
    beach.transports["telegram"].send = original  # type: ignore[method-assign]  # the line as it was
    beach.clock.waits(seconds=91)
    await awake.sweep()
    assert await told(awake) == 1
    hold.set()
    await sleeping
    async with beach.store.reading() as tx:
        [row] = await undelivered.listed(tx, list(DeliveryState))
    assert (row.state, row.tries, row.doubts) == (DeliveryState.SENT, 2, 1)
    assert beach.said() == ["1", "1"]


async def test_who_erases_everything_is_told_nothing_any_more(beach: Beach) -> None:
    lan = await beach.person("lan", channel="web")
    beach.kind("pebble", Pebbles(to=[lan]))
    await beach.post("pebble", 1)
    hands = beach.hands()
    while await hands.addressing.some(beach.clock()):
        pass
    async with beach.store.begin() as tx:
        [who] = await identities.of(tx, lan)
        await privacy.erase(tx, who, beach.clock())
    assert await told(hands) == 0
    assert await states(beach) == [DeliveryState.CANCELLED]


async def test_who_left_is_told_nothing_any_more(quick: Beach) -> None:
    minh = await quick.person("Minh", Role.OFFICER)
    quick.kind("pebble", Pebbles(to=[minh]))
    await quick.post("pebble", 1)
    hands = quick.hands()
    while await hands.addressing.some(quick.clock()):
        pass
    async with quick.store.begin() as tx:
        await people.leave(tx, minh, hand_over_to=None, by=None, at=quick.clock())
    await quick.post("pebble", 2)
    assert await told(hands) == 0
    assert await states(quick) == [DeliveryState.CANCELLED]


async def test_with_nothing_left_to_say_nothing_is_said(quick: Beach) -> None:
    quick.kind("pebble", Pebbles(to=[await quick.person("lan")], silent=True))
    await quick.post("pebble", 1)
    assert await told(quick.hands()) == 1
    assert quick.said() == []
    assert await states(quick) == [DeliveryState.CANCELLED]


async def test_after_an_hour_without_a_line_everything_arrives_in_order(quick: Beach) -> None:
    crowd = [await quick.person(f"p{n}") for n in range(4)]
    quick.kind("pebble", Pebbles(to=crowd))
    hands = quick.hands()
    down = quick.clock() + timedelta(hours=1)

    def line(_to: object, message: object) -> object:
        from notifications.transports import Sent  # noqa: PLC0415 only here

        return Later(timedelta(seconds=5), "refused", line=True) if quick.clock() < down else Sent("x")

    for minute in range(120):
        if minute < 100 and minute % 10 == 0:
            await quick.post("pebble", minute)
        quick.outcomes = [line] * 500  # type: ignore[list-item] # answers as the hour says
        await told(hands)
        quick.clock.waits(minutes=1)
    assert len(quick.noted) == 40
    async with quick.store.reading() as tx:
        chats = [(await identities.of(tx, person))[0].number for person in crowd]
    for chat in chats:
        heard = [int(one.message.html[3:-4]) for one in quick.noted if one.to.chat_id == chat]
        assert heard == list(range(0, 100, 10))
