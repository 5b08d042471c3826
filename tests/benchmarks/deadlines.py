"""The sweep of deadlines over 1,000,000 dossiers (20,000 open) against the same work in bare SQL, on each database.

In one process: `looked` finds who must hear what when nothing is new, as on every minute of the day, against reading
what is late or soon due. `morning` is the day's first look, which also writes everybody's notice, after ten mornings
before it; the bare SQL reads what the deadlines need of the same dossiers, and of the earlier notices, and inserts the
notices that the sweep has just written. Each the best of several; `python -m tests.benchmarks.deadlines [ALL] [OPEN]`.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import text

from bot.settings import Settings
from knowledge.workdays import VIETNAM
from notifications.dossier_sweep import dossiers
from storage import Store, people, schema
from storage.store import Keys
from storage.who import Role
from tests.benchmarks.databases import databases

KEYS = Keys(journal=b"j" * 32, links=b"l" * 32, dossiers=b"d" * 32)
NOW = datetime(2026, 11, 20, 7, 30, tzinfo=VIETNAM)
ROUNDS = 5
UNITS = 6

_SERIES = {
    True: "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :count) SELECT n FROM s",
    False: "SELECT n FROM generate_series(1, :count) AS n",
}
# One dossier in `every` is open: received up to thirty days ago at any hour, due from a week ago to forty days ahead,
# with any of forty people.
_MOMENT = {
    True: "strftime('%Y-%m-%d %H:%M:%f000', '2026-11-20 01:00:00', ({}) || ' days', ({}) || ' seconds')",
    False: "timestamptz '2026-11-20 01:00:00+00' + ({}) * interval '1 day' + ({}) * interval '1 second'",
}
_FILL = """
INSERT INTO dossiers (code, key, source, status, clock, procedure_name, applicant_kind, applicant, officer_id, unit_id,
    received_at, due_at, missing, sampled, baseline, data_at, seen_at, content)
SELECT 'D-' || n, 'D-' || n, 's', CASE WHEN n % {every} = 0 THEN 4 ELSE 10 END,
    CASE WHEN n % {every} = 0 THEN 'running' ELSE 'ended' END, 'x', 'person', 'x', 1 + n / {every} * 5101 % 1009 % 40,
    1 + n / {every} * 5101 % 1009 % {units},
    {received}, {due}, '[]', false, true, {seen}, {seen}, '' FROM ({series}) AS series
"""
_OPEN = "clock IN ('running', 'stopped') AND status < 9 AND vanished_at IS NULL"
_BARE = text(f"SELECT id, due_at FROM dossiers WHERE {_OPEN} AND due_at < :until")  # noqa: S608 two words of ours
_FACTS = """
SELECT id, officer_id, unit_id, source, clock, received_at, due_at, in_time, extended_at, supplement_asked_at
FROM dossiers WHERE """
_MORNING = text(
    f"{_FACTS} {_OPEN} AND due_at < :until UNION ALL {_FACTS} {_OPEN} AND due_at >= :until AND received_at >= :since"
)
_EARLIER = text("SELECT about, facts FROM notices WHERE kind = 'dossier_digest' AND about <= 40")
_TAKE = text("DELETE FROM notices WHERE key LIKE :key RETURNING key, kind, about, facts, posted_at, tries")
_PUT = text(
    "INSERT INTO notices (key, kind, about, facts, posted_at, tries)"
    " VALUES (:key, :kind, :about, :facts, :posted_at, :tries)"
)


async def fill(store: Store, total: int, still: int) -> None:
    await schema.upgrade(store)
    async with store.begin() as tx:
        for number in range(40):
            role = (Role.DIRECTOR, *[Role.HEAD_OF_UNIT] * UNITS)[number] if number <= UNITS else Role.OFFICER
            await people.add(tx, name=f"p{number}", roles=[role], unit=f"Phòng {number % UNITS}", at=NOW, by=None)
        lite = store.is_sqlite
        moment = _MOMENT[lite].format
        sql = _FILL.format(
            every=total // still,
            units=UNITS,
            series=_SERIES[lite],
            received=moment(f"-(n / {total // still} * 7907 % 10007 % 30)", "n % 28800"),
            due=moment(f"n / {total // still} * 7919 % 10009 % 48 - 7", "28800"),
            seen=moment("0", "0"),
        )
        await tx.execute(text(sql), {"count": total})
    if not store.is_sqlite:
        async with store.begin() as tx:
            await tx.execute(text("ANALYZE dossiers"))


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds, each the best of several, and what was found."""

    rows: int
    notices: int
    kilobytes: float
    bare: float
    looked: float
    bare_morning: float
    morning: float

    def line(self, name: str) -> str:
        return (
            f"{name:12} {self.rows:6} {self.bare:7.1f} {self.looked:7.1f} {self.looked / self.bare:6.1f}"
            f" {self.notices:8} {self.kilobytes:6.0f} {self.bare_morning:8.1f} {self.morning:8.1f}"
            f" {self.morning / self.bare_morning:6.1f}"
        )


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await work()
    return 1e3 * (time.perf_counter() - begun)


async def bare(store: Store) -> int:
    async with store.reading() as tx:
        return len((await tx.execute(_BARE, _moments(store))).all())


async def bare_morning(store: Store, rows: Sequence[Mapping[str, Any]]) -> None:
    async with store.reading() as tx:
        (await tx.execute(_MORNING, _moments(store))).all()
        (await tx.execute(_EARLIER)).all()
    async with store.begin() as tx:
        await tx.execute(_PUT, rows)


async def taken(store: Store) -> list[dict[str, Any]]:
    """Take the notices of the day away again; return them as they may be inserted."""
    async with store.begin() as tx:
        rows = [dict(row) for row in (await tx.execute(_TAKE, {"key": f"dossier_digest:%:{NOW:%Y-%m-%d}"})).mappings()]
    return [
        row | {"facts": row["facts"] if isinstance(row["facts"], str) else json.dumps(row["facts"])} for row in rows
    ]


async def measure(url: str, total: int, still: int) -> Measured:
    store, settings = Store.at(url, keys=KEYS), Settings()
    try:
        await fill(store, total, still)
        for day in range(14, 0, -1):
            await dossiers(store, NOW - timedelta(days=day), settings)
        await dossiers(store, NOW, settings)
        whole, rest = list[float](), list[float]()
        looked = [await timed(lambda: dossiers(store, NOW, settings)) for _ in range(ROUNDS)]
        plain = [await timed(lambda: bare(store)) for _ in range(ROUNDS)]
        for _ in range(ROUNDS):
            rows = await taken(store)
            rest.append(await timed(partial(bare_morning, store, rows)))
            await taken(store)
            whole.append(await timed(lambda: dossiers(store, NOW, settings)))
        kilobytes = sum(len(row["facts"]) for row in rows) / 1024
        found = (await bare(store), len(rows), kilobytes)
        return Measured(*found, min(plain), min(looked), min(rest), min(whole))
    finally:
        await store.close()


def _moments(store: Store) -> dict[str, object]:
    """Return within what a hand-written sweep would look."""
    moments = {"until": NOW + timedelta(days=7), "since": NOW - timedelta(days=4)}
    if store.is_sqlite:
        return {name: moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") for name, moment in moments.items()}
    return dict(moments)


def main(total: int = 1_000_000, still: int = 20_000) -> None:
    print("milliseconds | late or soon due, bare, looked, ratio | morning: notices, KiB, bare, sweep, ratio")
    with databases() as urls:
        for name, url in urls.items():
            print(asyncio.run(measure(url, total, still)).line(name))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
