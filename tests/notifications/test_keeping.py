"""Who may do alone what one may do; how long texts are kept; what the office decides; where somebody is told."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from bot.leading import LASTS, Leader
from notifications.quiet import Quiet
from notifications.transports import Gone, Transport
from notifications.transports.web import Web
from storage import Store, addresses, identities, leases, retention, sessions, undelivered, unreachable
from storage.base import NotAllowed
from storage.deliveries import STEPS, Delivery, DeliveryState
from storage.messages import Message
from storage.who import Person, PersonState, Role
from tests.notifications.delivering import told
from tests.notifications.pebbles import NOW, Beach, Clock, Pebbles

CHANNELS = frozenset({"web", "telegram", "email"})
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def beach(sqlite_store: Store, tmp_path: Path) -> Beach:
    return Beach(sqlite_store, tmp_path)


async def test_a_lease_is_one_holders_until_it_runs_out_or_is_given_back(store: Store) -> None:
    async def take(holder: str, minutes: int) -> bool:
        async with store.begin() as tx:
            return await leases.take(tx, "x", holder, NOW + (minutes + 2) * MINUTE, NOW + minutes * MINUTE)

    assert [await take("a", 0), await take("b", 1), await take("a", 1)] == [True, False, True]
    assert [await take("b", 2), await take("b", 3), await take("a", 3)] == [False, True, False]
    async with store.begin() as tx:
        held = await leases.of(tx, "x", NOW + 4 * MINUTE)
        assert held is not None
        assert (held.holder, held.since) == ("b", NOW + 3 * MINUTE)
        assert await leases.of(tx, "x", NOW + 5 * MINUTE) is None
        await leases.release(tx, "x", "a")
        await leases.release(tx, "x", "b")
    assert await take("a", 4)


async def test_of_several_processes_one_leads_and_the_next_follows_when_it_is_gone(store: Store) -> None:
    clock = Clock()
    one, other = Leader(store, "one", clock), Leader(store, "other", clock)
    ran: list[str] = []

    async def job() -> None:
        ran.append("!")

    for leader in (one, other):
        await leader.keep()
        await leader.if_leading(job)()
    assert (one.leads(), other.leads(), ran) == (True, False, ["!"])
    clock.now += LASTS
    await other.keep()
    assert other.leads()


async def test_every_step_that_the_table_does_not_know_is_refused(beach: Beach) -> None:
    beach.kind("pebble", Pebbles(to=[await beach.person("lan")]))
    await beach.post("pebble", 1)
    await told(beach.hands())
    async with beach.store.begin() as tx:
        with pytest.raises(NotAllowed):
            await undelivered.cancel(tx, 1, by=1, at=NOW)
        with pytest.raises(NotAllowed):
            await undelivered.retry(tx, 1, worth={}, channels=CHANNELS, by=1, at=NOW)
    assert STEPS[DeliveryState.SENT] == frozenset()


_IMPOSSIBLE = [
    "UPDATE deliveries SET state = 'waiting', sent_at = '2026-01-01'",
    "UPDATE deliveries SET state = 'claimed'",
    "UPDATE deliveries SET claimed_by = 'x'",
    "UPDATE deliveries SET state = 'unknown', sent_at = NULL, outside_id = NULL",
    "UPDATE deliveries SET state = 'later', sent_at = NULL, outside_id = NULL",
    "UPDATE deliveries SET state = 'gone'",
    "UPDATE deliveries SET lane = 'fast'",
]


@pytest.mark.parametrize("change", _IMPOSSIBLE)
async def test_an_impossible_delivery_cannot_be_written(beach: Beach, change: str) -> None:
    beach.kind("pebble", Pebbles(to=[await beach.person("lan")]))
    await beach.post("pebble", 1)
    await told(beach.hands())
    with pytest.raises(IntegrityError):
        async with beach.store.begin() as tx:
            await tx.execute(text(change))


async def test_the_office_retries_and_cancels_what_failed(beach: Beach) -> None:
    lan = await beach.person("lan")
    beach.kind("pebble", Pebbles(to=[lan], RETRY_UNKNOWN=False, WORTH=timedelta(hours=1)))
    await beach.post("pebble", 1, 2)
    beach.outcomes = [Gone("403"), Gone("403")]
    hands = beach.hands()
    await told(hands)
    async with beach.store.begin() as tx:
        with pytest.raises(NotAllowed):  # whoever has no address cannot be told again
            await undelivered.retry(tx, 1, worth={}, channels=CHANNELS, by=lan, at=beach.clock())
        await addresses.write_to(tx, lan, "lan@example.vn", how="known here", by=lan, at=NOW)
    beach.clock.waits(hours=3)
    async with beach.store.begin() as tx:
        row = await undelivered.retry(
            tx, 1, worth={"pebble": timedelta(hours=1)}, channels=CHANNELS, by=lan, at=beach.clock()
        )
        assert row.channel == "email"
        await undelivered.cancel(tx, 2, by=lan, at=beach.clock())
    await told(hands)
    async with beach.store.reading() as tx:
        assert [one.state for one in await undelivered.listed(tx, list(DeliveryState))][-2:] == [
            DeliveryState.CANCELLED,
            DeliveryState.SENT,
        ]


async def test_texts_that_were_sent_go_after_a_week_but_for_what_is_kept_and_what_nobody_has_seen(
    beach: Beach,
) -> None:
    seen, unseen = await beach.person("seen", channel="web"), await beach.person("unseen", channel="web")
    mail = await beach.person("Mail", Role.OFFICER)
    beach.transports["web"] = Web()
    beach.kind("pebble", Pebbles(to=[seen, unseen, mail]))
    beach.kind("apology", Pebbles(to=[mail], KEEP=True))
    await beach.post("pebble", 1)
    await beach.post("apology", 2)
    await told(beach.hands())
    async with beach.store.begin() as tx:
        for person in (seen, unseen):
            [who] = await identities.of(tx, person)
            await sessions.open_(tx, who.identity_id, f"t{person}", False, NOW + 900 * DAY, NOW)
        [who] = await identities.of(tx, seen)
        await identities.seen(tx, who.identity_id, NOW + MINUTE)
        later = NOW + 8 * DAY
        assert await undelivered.forget_told(tx, before=NOW, keep=["apology"]) == 0
        assert await undelivered.forget_told(tx, before=later - 7 * DAY, keep=["apology"]) == 2
        bodies = {row.chat_id: row.body for row in await tx.scalars(select(Message))}
        kept = {(row.kind, row.person_id): row for row in await tx.scalars(select(Delivery))}
        assert len(kept) == 4
        assert [bodies[row.chat_id] is None for row in (kept["pebble", seen], kept["pebble", unseen])] == [True, False]
        assert kept["pebble", mail].body is None
        assert kept["apology", mail].body is not None
        assert all(row.sent_at for row in kept.values())
        counts = await retention.sweep(
            tx, messages_before=NOW + 90 * DAY, questions_before=NOW - DAY, at=NOW + 91 * DAY
        )
        assert counts["messages"] == 1
        counts = await retention.sweep(
            tx, messages_before=NOW + 800 * DAY, questions_before=NOW + 800 * DAY, at=NOW + 800 * DAY
        )
        assert counts["notices"] == 1
        assert [row.kind for row in await tx.scalars(select(Delivery))] == ["apology"]


async def test_whoever_gets_an_address_is_told_what_is_still_worth_it(beach: Beach) -> None:
    async with beach.store.begin() as tx:
        from storage import people  # noqa: PLC0415 only here

        person = await people.add(tx, name="Minh", roles=[Role.OFFICER], unit=None, at=NOW, by=None)
    beach.kind("pebble", Pebbles(to=[person.id]))
    await beach.post("pebble", 1)
    hands = beach.hands()
    assert await told(hands) == 0
    async with beach.store.begin() as tx:
        await addresses.write_to(tx, person.id, "minh@example.vn", how="known here", by=None, at=NOW)
    await hands.sweep()
    assert await told(hands) == 1
    assert beach.said() == ["1"]


@pytest.mark.parametrize(
    ("quiet", "hour", "holds", "until"),
    [
        ("21:00-06:00", 20.99, False, 20.99),
        ("21:00-06:00", 21, True, 30),
        ("21:00-06:00", 23.5, True, 30),
        ("21:00-06:00", 5.5, True, 6),
        ("21:00-06:00", 6, False, 6),
        ("12:00-13:00", 12.5, True, 13),
        ("", 3, False, 3),
    ],
)
def test_quiet_hours_go_by_the_clock_of_viet_nam(quiet: str, hour: float, holds: bool, until: float) -> None:
    midnight = NOW - timedelta(hours=8.5)
    now, hours = midnight + timedelta(hours=hour), Quiet.read(quiet)
    assert hours.holds(now) is holds
    assert abs(hours.over(now) - midnight - timedelta(hours=until)) < timedelta(seconds=1)


def test_a_transport_of_the_web_is_one() -> None:
    road: Transport = Web()
    assert road.stored_is_sent


async def test_whoever_has_no_address_any_more_holds_up_nobody_who_has_one_again(beach: Beach) -> None:
    crowd = [await beach.person(f"p{n}") for n in range(5)]
    beach.kind("pebble", Pebbles(to=crowd))
    await beach.post("pebble", 1)
    beach.outcomes = [Gone("403")] * 5
    hands = beach.hands()
    await told(hands)
    async with beach.store.begin() as tx:
        for person in crowd:
            [who] = await identities.of(tx, person)
            await unreachable.clear(tx, who.bot_id, who.number)
        await tx.execute(
            update(Person.table()).where(Person.id != crowd[-1]).values(state=PersonState.LEFT, left_at=NOW)
        )
        assert await undelivered.back_in_reach(tx, CHANNELS, beach.clock(), limit=2) == 1
    assert await told(hands) == 1
