"""The work calendar on record: who may change it, what waits for a document, and what the journal keeps."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from sqlalchemy import select

from storage import Store, Tx, days
from storage.base import NoSuchRecord, NotAllowed
from storage.days import CalendarDay, DayKind
from storage.journal import Entry
from tests.conftest import NOW
from tests.storage.cast import Staff, refused_by_the_database, staff

SWAPPED = date(2026, 1, 10)
TET = date(2027, 2, 8)
PROPOSED = [(date(2027, 1, 1), "Tết Dương lịch", "Điều 112"), (TET, "Tết Nguyên đán", None)]


async def acts(tx: Tx) -> list[tuple[str, int | None]]:
    entries = select(Entry).where(Entry.kind == "calendar_day").order_by(Entry.id)
    return [(entry.action, entry.actor_id) for entry in await tx.scalars(entries)]


async def test_a_new_store_knows_three_years_and_says_which_day_has_no_document_that_was_seen(store: Store) -> None:
    async with store.reading() as tx:
        marked = await days.calendar(tx)
    assert {each.day.year for each in marked} == {2024, 2025, 2026}
    assert [each.day for each in marked if not each.confirmed] == [SWAPPED]
    assert all(each.source and each.name for each in marked)
    assert sorted(each.day for each in marked) == [each.day for each in marked]
    assert {each.day for each in marked if each.working} == {
        date(2024, 5, 4),
        date(2025, 4, 26),
        SWAPPED,
        date(2026, 8, 22),
    }


async def test_a_proposal_waits_for_a_document_and_what_the_law_fixes_does_not(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        assert await days.propose(tx, PROPOSED, basis="ước tính", by=None, at=NOW) == [day for day, _, _ in PROPOSED]
        assert await days.one(tx, TET) == CalendarDay(TET, DayKind.OFF, "Tết Nguyên đán", None, "ước tính", False)
        assert await days.one(tx, date(2027, 1, 1)) == CalendarDay(
            date(2027, 1, 1), DayKind.OFF, "Tết Dương lịch", "Điều 112", None, True
        )
        with pytest.raises(ValueError, match="document"):
            await days.confirm(tx, TET, by=cast.administrator, at=NOW)
        assert await days.confirm(tx, TET, source=" TB 1/TB-BNV ", by=cast.administrator, at=NOW)
        confirmed = await days.one(tx, TET)
        assert confirmed is not None
        assert (confirmed.confirmed, confirmed.source) == (True, "TB 1/TB-BNV")
        assert not await days.confirm(tx, TET, source="another", by=cast.administrator, at=NOW)
        assert await acts(tx) == [("proposed", None), ("proposed", None), ("confirmed", cast.administrator)]


async def test_a_proposal_never_replaces_what_stands_there(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await days.put(tx, TET, kind=DayKind.WORK, name="Trực", source=None, by=cast.administrator, at=NOW)
        assert await days.propose(tx, PROPOSED, basis="x", by=None, at=NOW) == [date(2027, 1, 1)]
        assert await days.propose(tx, PROPOSED, basis="x", by=None, at=NOW) == []
        kept = await days.one(tx, TET)
        assert kept is not None
        assert (kept.working, kept.name) == (True, "Trực")


async def test_a_day_that_is_set_anew_has_to_be_confirmed_anew(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await days.confirm(tx, SWAPPED, by=cast.administrator, at=NOW)
        await days.put(tx, SWAPPED, kind=DayKind.OFF, name="Bão số 1", source="CĐ 5", by=cast.administrator, at=NOW)
        assert await days.one(tx, SWAPPED) == CalendarDay(SWAPPED, DayKind.OFF, "Bão số 1", "CĐ 5", None, False)
        gone = await days.remove(tx, SWAPPED, by=cast.administrator, at=NOW)
        assert gone.name == "Bão số 1"
        assert await days.one(tx, SWAPPED) is None
        assert [action for action, _ in await acts(tx)] == ["confirmed", "set", "removed"]


_Act = Callable[[Tx, int], Awaitable[object]]
ACTS: list[_Act] = [
    lambda tx, by: days.put(tx, TET, kind=DayKind.OFF, name="Tết", source=None, by=by, at=NOW),
    lambda tx, by: days.confirm(tx, SWAPPED, by=by, at=NOW),
    lambda tx, by: days.remove(tx, SWAPPED, by=by, at=NOW),
]


async def test_only_an_administrator_changes_the_calendar(sqlite_store: Store) -> None:
    async with sqlite_store.begin() as tx:
        cast: Staff = await staff(tx)
        before = await days.calendar(tx)
        for act in ACTS:
            for other in (cast.lan, cast.head, cast.secretary, cast.director, 10**6):
                with pytest.raises(NotAllowed):
                    await act(tx, other)
        assert await days.calendar(tx) == before
        assert await acts(tx) == []


async def test_what_is_not_marked_can_neither_be_confirmed_nor_removed(sqlite_store: Store) -> None:
    async with sqlite_store.begin() as tx:
        cast = await staff(tx)
        for change in (days.confirm, days.remove):
            with pytest.raises(NoSuchRecord):
                await change(tx, date(2027, 7, 7), by=cast.administrator, at=NOW)
        with pytest.raises(ValueError, match="name"):
            await days.put(tx, TET, kind=DayKind.OFF, name="  ", source=None, by=cast.administrator, at=NOW)


async def test_the_database_refuses_a_confirmation_without_a_document(store: Store) -> None:
    async with store.begin() as tx:
        await staff(tx)
        columns = "INSERT INTO calendar_days (day, kind, name, source, confirmed, confirmed_by, confirmed_at) VALUES "
        await refused_by_the_database(
            tx,
            [
                columns + "('2027-05-05', 'off', 'x', NULL, true, NULL, NULL)",
                columns + "('2027-05-05', 'off', '', 'y', false, NULL, NULL)",
                columns + "('2027-05-05', 'often', 'x', 'y', false, NULL, NULL)",
                columns + "('2027-05-05', 'off', 'x', 'y', false, 1, '2026-01-01 00:00:00')",
                columns + "('2027-05-05', 'off', 'x', 'y', true, 1, NULL)",
                columns + "('2026-11-24', 'off', 'x', 'y', true, NULL, NULL)",
            ],
        )


async def test_two_who_propose_the_same_year_at_once_mark_each_day_once(store: Store) -> None:
    async def once() -> int:
        async with store.begin() as tx:
            return len(await days.propose(tx, PROPOSED, basis="x", by=None, at=NOW))

    assert sum(await asyncio.gather(*(once() for _ in range(4)))) == len(PROPOSED)
