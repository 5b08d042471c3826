"""Procedures are taken in once, never backwards; what holds on a day is one version; confirmations belong to words."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from storage import Store, Tx, documents, journal, legal_texts, procedure_imports, procedures
from storage.base import NoSuchRecord, NotAllowed
from storage.legal_texts import Standing
from storage.procedure_imports import Fate, Taken
from tests.conftest import NOW
from tests.storage.cast import refused_by_the_database, staff

DAY = date(2026, 11, 22)
TERM = {"lines": ["15 ngày làm việc"], "mark": "seen", "source": "Sổ thử"}
FEE = {"lines": ["Không thu"], "mark": "unconfirmed"}


def record(**changes: Any) -> dict[str, Any]:
    aspects: Mapping[str, Any] = {"thoi-han": TERM, "le-phi": FEE}
    return {"id": "SCT-1", "code": "2.000648", "name": "Cấp giấy", "version": "1", "aspects": aspects, **changes}


async def took(tx: Tx, *records: Mapping[str, Any], at: datetime = NOW, dry: bool = False) -> list[Taken]:
    return await procedure_imports.take(tx, records, by=None, at=at, dry=dry)


async def fates(tx: Tx, *records: Mapping[str, Any], at: datetime = NOW) -> list[str]:
    return [one.fate.value for one in await took(tx, *records, at=at)]


async def in_force(tx: Tx, day: date = DAY) -> list[tuple[str, str]]:
    return [(held.record["id"], held.record["version"]) for held in await procedures.in_force(tx, day)]


@pytest.mark.parametrize(
    ("older", "newer"),
    [("1", "2"), ("1.9", "1.10"), ("2025-12-31", "2026-01-01"), ("9", "2026-01-01"), ("1.0", "1.0.1"), ("v1", "v2")],
)
def test_versions_are_ordered_as_people_count(older: str, newer: str) -> None:
    assert procedures.rank(older) < procedures.rank(newer)


@pytest.mark.parametrize("nonsense", ["", "mới", "QĐ 12", "1..2", "1,2", "1" * 9, "1\n2", "٣"])
def test_a_version_that_cannot_be_compared_is_refused(nonsense: str) -> None:
    with pytest.raises(procedures.Unordered):
        procedures.rank(nonsense)


async def test_what_is_taken_in_again_changes_nothing(store: Store) -> None:
    async with store.begin() as tx:
        assert await fates(tx, record()) == ["added"]
    async with store.begin() as tx:
        before = await documents.generation(tx)
        assert await fates(tx, record()) == ["unchanged"]
        assert await documents.generation(tx) == before
        assert await in_force(tx) == [("SCT-1", "1")]


async def test_an_older_version_never_replaces_a_newer_one(store: Store) -> None:
    async with store.begin() as tx:
        assert await fates(tx, record(version="2")) == ["added"]
        assert await fates(tx, record(version="1.9", name="Cũ")) == ["older"]
        assert await fates(tx, record(version="2", name="Khác")) == ["differs"]
        assert await fates(tx, record(version="2.1", name="Mới")) == ["updated"]
        (held,) = await procedures.in_force(tx, DAY)
        assert (held.record["version"], held.record["name"]) == ("2.1", "Mới")


async def test_every_change_moves_the_generation(store: Store) -> None:
    async with store.begin() as tx:
        before = await documents.generation(tx)
        await took(tx, record())
        added = await documents.generation(tx)
        await took(tx, record(version="2", name="Mới"))
        assert before < added < await documents.generation(tx)


async def test_a_dry_run_tells_and_writes_nothing(store: Store) -> None:
    async with store.reading() as tx:
        taken = await took(tx, record(), record(), record(version="2", name="Mới"), record(), dry=True)
        assert [one.fate for one in taken] == [Fate.ADDED, Fate.UNCHANGED, Fate.UPDATED, Fate.OLDER]
        assert await in_force(tx) == []


async def test_a_dry_run_foretells_the_run(store: Store) -> None:
    rows = [
        record(),
        record(),
        record(id="SCT-2"),
        record(id="SCT-1", code=None, version="3"),
        record(id="X", code=None),
    ]
    async with store.reading() as tx:
        foretold = [one.fate for one in await took(tx, *rows, dry=True)]
    async with store.begin() as tx:
        assert [one.fate for one in await took(tx, *rows)] == foretold


async def test_a_code_belongs_to_one_procedure(store: Store) -> None:
    async with store.begin() as tx:
        await took(tx, record())
        taken = await took(tx, record(id="SCT-2"), record(code="2.000001"), record(id="SCT-3", code="2.000002"))
        assert [(one.fate.value, one.against) for one in taken] == [
            ("taken", "SCT-1"),
            ("taken", "2.000648"),
            ("added", None),
        ]


async def test_a_procedure_may_get_its_national_code_later(store: Store) -> None:
    async with store.begin() as tx:
        await took(tx, record(code=None))
        assert await fates(tx, record(version="2", id="SCT-1", code="2.000648")) == ["updated"]
        assert await fates(tx, record(version="3", id="2.000648", code="2.000648")) == ["updated"]
        assert await in_force(tx) == [("SCT-1", "3")]


async def test_a_source_without_versions_is_dated_by_the_day_in_viet_nam(store: Store) -> None:
    late = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # already the 23rd there
    async with store.begin() as tx:
        assert await fates(tx, record(version=""), at=late) == ["added"]
        assert await in_force(tx) == [("SCT-1", "2026-11-23")]
        assert await fates(tx, record(version=""), at=late.replace(month=12)) == ["unchanged"]
        assert await fates(tx, record(version="", name="Khác"), at=late) == ["updated"]
        assert await fates(tx, record(version="", name="Khác nữa"), at=late) == ["updated"]
        assert await in_force(tx) == [("SCT-1", "2026-11-23.3")]


async def test_a_source_without_versions_does_not_replace_what_the_office_numbered(store: Store) -> None:
    async with store.begin() as tx:
        await took(tx, record(version="5"))
        assert await fates(tx, record(version="", name="Từ cổng")) == ["differs"]
        assert await fates(
            tx, record(id="S", code="2.000001", version="0"), record(id="S", code="2.000001", version="", name="Thật")
        ) == [
            "added",
            "updated",
        ]


async def test_a_version_holds_from_its_day_and_an_ended_one_gives_way_to_nothing(store: Store) -> None:
    async with store.begin() as tx:
        await took(
            tx, record(), record(version="2", name="Mới", effective_from="2027-01-01", effective_to="2027-06-01")
        )
        assert await in_force(tx, date(2026, 12, 31)) == [("SCT-1", "1")]
        assert await in_force(tx, date(2027, 1, 1)) == [("SCT-1", "2")]
        assert await in_force(tx, date(2027, 5, 31)) == [("SCT-1", "2")]
        assert await in_force(tx, date(2027, 6, 1)) == []


async def test_a_confirmation_goes_with_the_same_words_into_the_next_version(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await took(tx, record())
        held = await procedures.find(tx, "2.000648", DAY)
        assert held is not None
        for aspect in held.aspect_ids.values():
            await procedures.confirm(tx, aspect, by=cast.lan, decision="12/QĐ-SCT", at=NOW)
        (taken,) = await took(
            tx, record(version="2", aspects={"thoi-han": TERM, "le-phi": {**FEE, "lines": ["Có thu"]}})
        )
        assert taken.kept_confirmations == 1
        said = (await procedures.in_force(tx, DAY))[0].record["aspects"]
        assert (said["thoi-han"]["mark"], said["thoi-han"]["decision"]) == ("confirmed", "12/QĐ-SCT")
        assert said["le-phi"]["mark"] == "unconfirmed"


async def test_only_what_holds_is_confirmed_and_by_who_is_in_charge(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await took(tx, record(owner_unit="Phòng Kế hoạch"))
        old = (await procedures.in_force(tx, DAY))[0].aspect_ids["thoi-han"]
        for stranger in (cast.hoa, cast.administrator):
            with pytest.raises(NotAllowed):
                await procedures.confirm(tx, old, by=stranger, decision="12/QĐ", at=NOW)
        with pytest.raises(ValueError, match="number"):
            await procedures.confirm(tx, old, by=cast.lan, decision="của Giám đốc", at=NOW)
        await procedures.confirm(tx, old, by=cast.director, decision="12/QĐ", at=NOW)
        await took(tx, record(version="2", name="Mới", owner_unit="Phòng Kế hoạch"))
        with pytest.raises(NotAllowed):
            await procedures.confirm(tx, old, by=cast.lan, decision="13/QĐ", at=NOW)
        with pytest.raises(NoSuchRecord):
            await procedures.confirm(tx, 999, by=cast.lan, decision="13/QĐ", at=NOW)


async def test_every_confirmation_stands_in_the_journal(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await took(tx, record())
        aspect = (await procedures.in_force(tx, DAY))[0].aspect_ids["le-phi"]
        await procedures.confirm(tx, aspect, by=cast.lan, decision="12/QĐ", at=NOW)
        await procedures.take_back(tx, aspect, by=cast.lan, reason="nhầm", at=NOW)
        with pytest.raises(NotAllowed):
            await procedures.take_back(tx, aspect, by=cast.lan, reason="nhầm", at=NOW)
        of_aspects = journal.Entry.table().select().where(journal.Entry.kind == "procedure_aspect")
        rows = (await tx.execute(of_aspects.order_by(journal.Entry.id))).all()
        assert [(row.action, row.actor_id, row.record_id) for row in rows] == [
            ("confirmed", cast.lan, aspect),
            ("unconfirmed", cast.lan, aspect),
        ]


async def test_what_a_version_says_cannot_be_changed_or_removed(store: Store) -> None:
    async with store.begin() as tx:
        await took(tx, record())
        await refused_by_the_database(
            tx,
            [
                "UPDATE procedure_versions SET version = '9'",
                "DELETE FROM procedure_versions",
                "UPDATE procedure_aspects SET content = '{}'",
                "UPDATE procedure_aspects SET given = 'seen'",
                "DELETE FROM procedure_aspects",
                "UPDATE procedure_aspects SET decision = '7/QĐ'",
            ],
        )


async def test_a_procedure_is_found_by_either_of_its_names(store: Store) -> None:
    async with store.begin() as tx:
        await took(tx, record())
        for name in ("2.000648", "SCT-1", " sct-1 "):
            held = await procedures.find(tx, name, DAY)
            assert held is not None
            assert held.record["code"] == "2.000648"
        assert await procedures.find(tx, "2.00064", DAY) is None


async def test_the_basis_of_a_procedure_says_what_the_list_of_legal_texts_says(store: Store) -> None:
    basis = {"lines": ["Nghị định 40/2018/NĐ-CP"], "value": [{"number": "40/2018/NĐ-CP", "status": "unknown"}]}
    async with store.begin() as tx:
        cast = await staff(tx)
        await took(tx, record(aspects={"can-cu": basis}))
        await legal_texts.state(
            tx,
            "40/2018/NĐ-CP",
            standing=Standing.REPLACED,
            since=date(2026, 7, 1),
            replaced_by=("137/2026/NĐ-CP",),
            source="Nguyên văn",
            by=cast.lan,
            on=DAY,
            at=NOW,
        )
        (row,) = (await procedures.in_force(tx, DAY))[0].record["aspects"]["can-cu"]["value"]
        assert (row["status"], row["replaced_by"], row["checked_on"]) == ("replaced", ["137/2026/NĐ-CP"], "2026-11-22")
        with pytest.raises(NotAllowed):
            await legal_texts.state(
                tx,
                "1/2020/NĐ-CP",
                standing=Standing.IN_FORCE,
                since=None,
                source="x",
                by=cast.administrator,
                on=DAY,
                at=NOW,
            )


async def test_the_seed_does_not_undo_what_the_office_found_out(store: Store) -> None:
    seed = [{"number": "15/2018/NĐ-CP", "standing": "partly", "since": "2025-07-01"}]
    async with store.begin() as tx:
        cast = await staff(tx)
        assert await legal_texts.add_missing(tx, seed) == 1
        await legal_texts.state(
            tx,
            "15/2018/NĐ-CP",
            standing=Standing.IN_FORCE,
            since=None,
            source="Nguyên văn",
            by=cast.lan,
            on=DAY,
            at=NOW,
        )
        assert await legal_texts.add_missing(tx, seed) == 0
        (line,) = await legal_texts.listed(tx)
        assert line.standing is Standing.IN_FORCE


async def test_two_imports_at_once_take_a_procedure_in_once(store: Store) -> None:

    async def one() -> list[str]:
        async with store.begin() as tx:
            return await fates(tx, *(record(id=f"SCT-{n}", code=f"2.{n:06}") for n in range(20)))

    results = await asyncio.gather(one(), one())
    assert sorted(map(set, results), key=str) == [{"added"}, {"unchanged"}]
