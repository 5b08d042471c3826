"""Deliveries claimed and settled per second against the bare statements; seconds to urgent ones behind 100,000 bulk.

Both sides of the first run in one process on the same database. The bare side claims twenty rows and settles them, and
does nothing else; ours also looks up who may be told, renders the words and hands them over. The second posts urgent
facts while a hundred thousand bulk deliveries wait and are being worked, and measures from the fact's commit to the
transport.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import bindparam, insert, select, text, update

from notifications.addressing import Addressing
from notifications.deliver import AT_ONCE, Delivering
from notifications.kind import Lane
from notifications.quiet import Quiet
from notifications.transports import Address, Message, Outcome, Sent
from notifications.transports.recording import Recording
from notifications.words import Wordings
from storage import Store, identities, notices, schema
from storage.deliveries import Delivery
from storage.notices import Notice
from storage.store import Keys
from tests.benchmarks.databases import databases
from tests.notifications.pebbles import Pebbles, words_of

ROWS = int(os.environ.get("ROWS", "2000"))
BULK = int(os.environ.get("BULK", "100000"))
PEOPLE = 500
URGENT = 60
ROUNDS = 3
_D = Delivery.table()


class Counting(Recording):
    """Takes everything at once, and notes when an urgent one came."""

    def __init__(self) -> None:
        super().__init__("telegram")
        self.arrived: dict[str, float] = {}

    async def send(self, to: Address, message: Message, *, now: datetime) -> Outcome:
        if message.subject:
            self.arrived.setdefault(message.html, time.perf_counter())
        return Sent("1")


async def crowd(store: Store, at: datetime) -> list[int]:
    async with store.begin() as tx:
        return [
            (await identities.meet(tx, channel="telegram", bot_id=42, outside_id=f"p{n}", at=at)).person_id
            for n in range(PEOPLE)
        ]


async def waiting(store: Store, kind: str, lane: Lane, people: Sequence[int], count: int) -> None:
    """Write deliveries as addressing writes them, without the time that takes."""
    at = datetime.now(UTC)  # noqa: TID251 a benchmark
    async with store.begin() as tx:
        first = (await tx.scalar(text("SELECT coalesce(max(id), 0) FROM notices")) or 0) + 1
        facts = range(first, first + count)
        rows = [
            {"key": f"{kind}:{n}", "kind": kind, "about": n, "posted_at": at, "addressed_at": at, "tries": 0}
            for n in facts
        ]
        await tx.execute(insert(Notice.table()), rows)
        ids = list(await tx.scalars(select(Notice.id).where(Notice.kind == kind, Notice.about.in_(facts[:1]))))
        same = {
            "kind": kind,
            "lane": lane,
            "state": "waiting",
            "channel": "telegram",
            "bot_id": 42,
            "posted_at": at,
            "due_at": at,
            "expires_at": at + timedelta(days=2),
            "tries": 0,
            "doubts": 0,
            "tried": [],
        }
        one = {"chat_id": 1}
        await tx.execute(
            insert(_D),
            [{**same, **one, "notice_id": ids[0] + n, "person_id": people[n % len(people)]} for n in range(count)],
        )


async def bare(store: Store, kind: str) -> int:
    """Claim twenty rows and settle them, by the shortest statements that do it."""
    now = datetime.now(UTC)  # noqa: TID251 a benchmark
    first = select(_D.c.id).where(text("state IN ('waiting', 'later')"), _D.c.kind == kind, _D.c.due_at <= now)
    first = first.order_by(_D.c.due_at, _D.c.id).limit(AT_ONCE[Lane.NORMAL]).with_for_update(skip_locked=True)
    claim = {"state": "claimed", "claimed_by": "bare", "claimed_until": now + timedelta(seconds=90)}
    taken = update(_D).where(_D.c.id.in_(select(first.cte("first").c.id))).values(claim).returning(_D.c.id)
    async with store.begin() as tx:
        ids = list(await tx.scalars(taken))
    free = {"state": "sent", "sent_at": now, "claimed_by": None, "claimed_until": None, "outside_id": "1"}
    if ids:
        async with store.begin() as tx:
            await tx.execute(
                update(_D).where(_D.c.id == bindparam("this")).values(free), [{"this": one} for one in ids]
            )
    return len(ids)


async def pace(one: Callable[[], Awaitable[int]]) -> float:
    begun, done = time.perf_counter(), 0
    while some := await one():
        done += some
    return done / (time.perf_counter() - begun)


def hands(store: Store, folder: Path, road: Recording) -> Delivering:
    kinds = {
        "pebble": Pebbles(),
        "news": Pebbles(LANE=Lane.BULK, QUIET=False),
        "alarm": Pebbles(LANE=Lane.URGENT),
    }
    for name in kinds:
        words_of(name, folder)
    addressing = Addressing(store, kinds, Wordings(folder), Quiet.read(""))
    return Delivering(addressing, {"telegram": road}, "bench", lambda: datetime.now(UTC))  # noqa: TID251 a benchmark


async def speed(store: Store, folder: Path, people: Sequence[int]) -> tuple[float, float]:
    """Return (bare, ours) in deliveries a second: the median of rounds that take turns with each other."""
    ours = hands(store, folder, Counting())
    figures: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS):
        await waiting(store, f"bare{number}", Lane.NORMAL, people, ROWS)
        figures[0].append(await pace(partial(bare, store, f"bare{number}")))
        await waiting(store, "pebble", Lane.NORMAL, people, ROWS)
        figures[1].append(await pace(lambda: ours.some("telegram", Lane.NORMAL)))
    return sorted(figures[0])[ROUNDS // 2], sorted(figures[1])[ROUNDS // 2]


async def latency(store: Store, folder: Path, people: Sequence[int]) -> tuple[float, float]:
    """Return the median and the 95th percentile of seconds from an urgent fact to its hand-over."""
    road = Counting()
    ours = hands(store, folder, road)
    for kind in ours.addressing.kinds.values():
        kind.to = people[:1]  # type: ignore[attr-defined] # a pebble's
    for _ in range(BULK // 10_000):
        await waiting(store, "news", Lane.BULK, people, 10_000)
    stop = asyncio.Event()

    async def bulk() -> None:
        while not stop.is_set():
            await ours.some("telegram", Lane.BULK)

    async def look() -> None:
        while not stop.is_set():
            while await ours.addressing.some(ours.clock()):
                pass
            while await ours.some("telegram", Lane.URGENT):
                pass
            await asyncio.sleep(1)

    posted: dict[str, float] = {}
    async with asyncio.TaskGroup() as together:
        together.create_task(bulk())
        together.create_task(look())
        for n in range(URGENT):
            await asyncio.sleep(0.25)
            async with store.begin() as tx:
                await notices.post(tx, "alarm", n, at=ours.clock())
            posted[f"<p>{n}</p>"] = time.perf_counter()
        await asyncio.sleep(5)
        stop.set()
    took = sorted(road.arrived.get(fact, float("inf")) - when for fact, when in posted.items())
    return took[len(took) // 2], took[int(len(took) * 0.95)]


async def measure(url: str) -> tuple[tuple[float, float], tuple[float, float]]:
    store = Store.at(url, keys=Keys(b"j" * 32, b"l" * 32, b"d" * 32))
    await schema.upgrade(store)
    with tempfile.TemporaryDirectory() as folder:
        people = await crowd(store, datetime.now(UTC))  # noqa: TID251 a benchmark
        paces = await speed(store, Path(folder), people)
        seconds = await latency(store, Path(folder), people)
    await store.close()
    return paces, seconds


def main() -> None:
    print(f"{'database':<12} {'bare/s':>8} {'ours/s':>8} {'ratio':>6} (aim 0.50)   {'p50 s':>6} {'p95 s':>6} (aim 5)")
    with databases() as urls:
        for name, url in urls.items():
            (plain, ours), (half, most) = asyncio.run(measure(url))
            print(f"{name:<12} {plain:>8.0f} {ours:>8.0f} {ours / plain:>6.2f} {'':>12} {half:>6.2f} {most:>6.2f}")


if __name__ == "__main__":
    main()
