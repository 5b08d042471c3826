"""What the sweep counts together, against each dossier by itself."""

from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from knowledge.deadlines import URGENT, AlertKind, alerts
from knowledge.workdays import Calendar
from notifications.dossier_sweep import dossiers, of_the_office
from storage import Store, dossier_alerts
from storage import days as marked
from storage.dossier_imports import DossierBatch
from storage.dossiers import Clock, Dossier, Status
from storage.notices import Notice
from tests.notifications.office import BEGINNING, WORKED, Bench, at


def anything(random: Random, number: int) -> dict[str, Any]:
    """A dossier as no desk would have it, but an export may: whatever may be missing is missing sometimes."""
    some = [at(day, "09:00") + timedelta(hours=random.randrange(-12, 12)) for day in WORKED[:24]]
    asked, extended = random.choice(some[:14]), random.random() < 0.2
    stopped = random.random() < 0.2
    return {
        "code": f"D-{number:04}",
        "due_at": random.choice([None, *some]),
        "received_at": random.choice([None, *some[:14]]),
        "officer": random.choice(["lan", "minh"]),
        "officer_id": None,
        "in_time": random.choice([None, True, False]),
        "supplement_asked_at": asked if random.random() < 0.3 else None,
        "extended_at": BEGINNING if extended else None,
        "extended_from": BEGINNING if extended else None,
        "status": Status.TO_SUPPLEMENT if stopped else Status.IN_PROGRESS,
        "clock": Clock.STOPPED if stopped else Clock.RUNNING,
    }


async def test_what_is_counted_together_is_what_each_dossier_comes_to_by_itself(store: Store) -> None:
    bench, random, now = await Bench(store).opens(), Random(3), at("2026-11-18")  # noqa: S311  no secret
    bench.now = now
    rows = [anything(random, number) for number in range(400)]
    for row in rows:
        row["officer_id"] = random.choice([None, bench.ids[row["officer"]]])
    await bench.takes(*rows)
    await dossiers(store, now, bench.settings)
    heirs = {"officer": None, "head_of_unit": bench.ids["head"], "director": bench.ids["director"]}
    async with store.reading() as tx:
        calendar = Calendar.of(await marked.calendar(tx))
        expected = {
            (heirs[alert.to] or one.officer_id or bench.ids["head"], one.id, alert.kind, alert.to, alert.left, alert.by)
            for one in await tx.scalars(select(Dossier))
            for alert in alerts(one, calendar, of_the_office(bench.settings), now)
            if not alert.is_urgent
        }
        told = await tx.scalars(select(Notice).where(Notice.kind == "dossier_digest"))
        heard = {
            (notice.about, int(dossier), kind, to, left, date.fromisoformat(by) if by else None)
            for notice in told
            for kind, to, left, _, by, _, ids in (notice.facts or {})["groups"]
            for dossier in ids.split(",")
        }
    assert {kind for _, _, kind, *_ in heard} == set(AlertKind) - URGENT
    assert heard == expected


async def test_a_source_is_as_fresh_as_its_newest_export_whichever_came_last(store: Store) -> None:
    async with store.begin() as tx:
        for source, day, finished in (("s", 3, 1), ("s", 9, 1), ("s", 9, 1), ("s", 4, 1), ("s", 11, 0), ("t", 2, 1)):
            moment = at(f"2026-11-{day:02}")
            ended = {"finished_at": moment, "counts": {}} if finished else {}
            tx.add(DossierBatch(source=source, name="f", exported_at=moment, whole=True, baseline=False,
                                started_at=moment, **ended))  # fmt: skip
            await tx.flush()
        assert await dossier_alerts.as_of(tx) == {"s": (at("2026-11-09"), 3), "t": (at("2026-11-02"), 6)}
