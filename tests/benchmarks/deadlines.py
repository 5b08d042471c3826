"""The sweep of deadlines over 1,000,000 dossiers (20,000 open) against the bare SQL that finds the same rows.

In one process, on each database: `looked` finds who must hear what when nothing is new, as on every minute of the day;
`first` is the morning's first, which also writes the notices. The bare SQL reads id and due day of what is late or soon
due through the same driver.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

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

_SERIES = {
    True: "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :count) SELECT n FROM s",
    False: "SELECT n FROM generate_series(1, :count) AS n",
}
# One dossier in `every` is open: received up to thirty days ago, due from a week ago to forty days ahead.
_MOMENT = {
    True: "strftime('%Y-%m-%d %H:%M:%f000', '2026-11-20 10:00:00', ({}) || ' days')",
    False: "timestamptz '2026-11-20 10:00:00+00' + ({}) * interval '1 day'",
}
_FILL = """
INSERT INTO dossiers (code, key, source, status, clock, procedure_name, applicant_kind, applicant, officer_id, unit_id,
    received_at, due_at, missing, sampled, baseline, data_at, seen_at, content)
SELECT 'D-' || n, 'D-' || n, 's', CASE WHEN n % {every} = 0 THEN 4 ELSE 10 END,
    CASE WHEN n % {every} = 0 THEN 'running' ELSE 'ended' END, 'x', 'person', 'x', 1 + n % 40, 1,
    {received}, {due}, '[]', false, true, {seen}, {seen}, '' FROM ({series}) AS series
"""
_BARE = text(
    "SELECT id, due_at FROM dossiers WHERE clock IN ('running', 'stopped') AND status < 9 AND vanished_at IS NULL"
    " AND due_at < :until"
)


async def fill(store: Store, total: int, still: int) -> None:
    await schema.upgrade(store)
    async with store.begin() as tx:
        for number in range(40):
            role = (Role.DIRECTOR, Role.HEAD_OF_UNIT)[number] if number < 2 else Role.OFFICER
            await people.add(tx, name=f"p{number}", roles=[role], unit="Phòng", at=NOW, by=None)
        lite = store.is_sqlite
        moment = _MOMENT[lite].format
        sql = _FILL.format(
            every=total // still,
            series=_SERIES[lite],
            received=moment(f"-(n / {total // still}) % 30"),
            due=moment(f"(n / {total // still}) % 48 - 7"),
            seen=moment("0"),
        )
        await tx.execute(text(sql), {"count": total})
    if not store.is_sqlite:
        async with store.begin() as tx:
            await tx.execute(text("ANALYZE dossiers"))


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await work()
    return time.perf_counter() - begun


async def measure(url: str, total: int, still: int) -> tuple[int, int, float, float, float]:
    store, settings = Store.at(url, keys=KEYS), Settings()
    try:
        await fill(store, total, still)

        async def bare() -> int:
            async with store.reading() as tx:
                return len((await tx.execute(_BARE, {"until": _until(store)})).all())

        rows = await bare()
        first = await timed(lambda: dossiers(store, NOW, settings))
        async with store.reading() as tx:
            posted = int(await tx.scalar(text("SELECT count(*) FROM notices")) or 0)
        looked = min([await timed(lambda: dossiers(store, NOW, settings)) for _ in range(ROUNDS)])
        return rows, posted, min([await timed(bare) for _ in range(ROUNDS)]), looked, first
    finally:
        await store.close()


def _until(store: Store) -> object:
    until = NOW + timedelta(days=6)
    return until.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M:%S.%f") if store.is_sqlite else until


def main(total: int = 1_000_000, still: int = 20_000) -> None:
    print(f"{'':12} {'rows':>7} {'notices':>8} {'bare SQL':>10} {'looked':>10} {'ratio':>6} {'first':>9}")
    with databases() as urls:
        for name, url in urls.items():
            rows, posted, bare, looked, first = asyncio.run(measure(url, total, still))
            print(
                f"{name:12} {rows:7} {posted:8} {bare * 1e3:7.1f} ms {looked * 1e3:7.1f} ms {looked / bare:6.1f}"
                f" {first:7.2f} s"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
