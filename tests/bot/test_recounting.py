"""A calendar that changes proposes; no appointment that was given moves by itself."""

from datetime import date
from typing import Any

from sqlalchemy import insert, select

from bot.recounting import recount
from knowledge.workdays import Hours
from storage import Store, Tx, days
from storage.days import DayKind
from storage.dossiers import Applicant, Clock, Dossier, Status
from storage.journal import Entry
from tests.conftest import NOW
from tests.knowledge.year import at
from tests.storage.cast import Staff, staff

PLAIN: dict[str, Any] = {
    "source": "s",
    "status": Status.IN_PROGRESS,
    "clock": Clock.RUNNING,
    "procedure_name": "x",
    "applicant_kind": Applicant.PERSON,
    "applicant": "•",
    "missing": [],
    "sampled": False,
    "baseline": True,
    "data_at": NOW,
    "seen_at": NOW,
    "content": "",
    "received_at": at("2026-11-24 09:00"),
    "due_at": at("2026-11-30 17:00"),
    "computed_due_at": at("2026-11-27 17:00"),
    "term": "3",
    "term_unit": "working_days",
}
OTHERS: dict[str, dict[str, Any]] = {
    "across": {},
    "refused-before": {"computed_due_at": None},
    "in-hours": {"term": "4", "term_unit": "hours", "due_at": at("2026-11-25 11:00")},
    "done": {"status": Status.DONE, "clock": Clock.STOPPED},
    "stopped": {"status": Status.TO_SUPPLEMENT, "clock": Clock.STOPPED},
    "asked-once": {"supplement_asked_at": at("2026-11-24 10:00")},
    "extended": {"extended_at": at("2026-11-24 10:00"), "extended_from": at("2026-11-24 10:00")},
    "long-ago": {"received_at": at("2026-09-01 09:00"), "due_at": at("2026-09-08 17:00")},
    "later": {"received_at": at("2026-12-01 09:00"), "due_at": at("2026-12-04 17:00")},
}


async def change(tx: Tx, cast: Staff) -> list[str]:
    """Friday 27/11 becomes a day off."""
    before = await days.calendar(tx)
    await days.put(tx, date(2026, 11, 27), kind=DayKind.OFF, name="Bão", source="CĐ 1", by=cast.administrator, at=NOW)
    moved = await recount(tx, before, await days.calendar(tx), Hours(), by=cast.administrator, at=NOW)
    return sorted(one.code for one in moved)


async def test_only_what_is_counted_over_the_day_is_proposed_anew_and_nothing_moves(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        for name, own in OTHERS.items():
            await tx.execute(insert(Dossier.table()).values(**(PLAIN | own | {"code": name, "key": name})))
        assert await change(tx, cast) == ["across", "refused-before"]
    async with store.reading() as tx:
        rows = {one.code: one for one in await tx.scalars(select(Dossier))}
        written = [(e.action, e.actor_id) for e in await tx.scalars(select(Entry).where(Entry.kind == "dossier"))]
    for code in ("across", "refused-before"):
        assert rows[code].computed_due_at == at("2026-11-30 17:00")
        assert rows[code].due_at == at("2026-11-30 17:00")
    assert rows["later"].computed_due_at == at("2026-11-27 17:00")
    assert written == [("recounted", cast.administrator)] * 2


async def test_confirming_a_day_changes_no_arithmetic(sqlite_store: Store) -> None:
    async with sqlite_store.begin() as tx:
        cast = await staff(tx)
        own = {"code": "d", "key": "d", "received_at": at("2026-01-08 09:00"), "due_at": at("2026-01-12 17:00")}
        await tx.execute(insert(Dossier.table()).values(**(PLAIN | own)))
        before = await days.calendar(tx)
        await days.confirm(tx, date(2026, 1, 10), by=cast.administrator, at=NOW)
        assert await recount(tx, before, await days.calendar(tx), Hours(), by=None, at=NOW) == []
