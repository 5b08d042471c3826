"""What an export leaves out, the catalogue of the day of receipt fills in; what we counted ourselves is called so."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from handlers.dossier_view import say
from storage import Store, Tx, procedure_imports, procedure_terms, procedures
from storage.dossiers import Dossier, DossierEvent
from storage.procedure_terms import VersionTerm, standing
from tests.dossiers import CODE, imported, row
from tests.storage.cast import staff

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
NAME = "Cấp Giấy chứng nhận cửa hàng đủ điều kiện bán lẻ xăng dầu"
HEADINGS = {"Ngày hẹn trả": "", "Mã thủ tục": "2.000648"}


def procedure(version: str, days: int, *, begins: str | None, rule: str = "restart", **more: Any) -> Mapping[str, Any]:
    term = {"value": {"value": str(days), "unit": "working_days", "rule": rule}, "lines": [f"{days} ngày làm việc"]}
    record = {"id": "SCT-01", "code": "2.000648", "name": NAME, "version": version, "effective_from": begins}
    return record | {"aspects": {"thoi-han": term | {"mark": "seen", "source": "Sổ thử"}}} | more


async def catalogue(store: Store, *records: Mapping[str, Any]) -> None:
    async with store.begin() as tx:
        await procedure_imports.take(tx, [dict(one) for one in records], by=None, at=NOW)


async def one(store: Store) -> Dossier:
    async with store.reading() as tx:
        return (await tx.scalars(select(Dossier).where(Dossier.code == CODE))).one()


@pytest.mark.parametrize(
    ("received", "version", "term"),
    [("25/02/2026 09:15", "1", "5"), ("27/02/2026 23:59", "1", "5"), ("28/02/2026 00:10", "2", "3")],
)
async def test_the_version_that_stood_on_the_day_of_receipt_holds(
    store: Store, received: str, version: str, term: str
) -> None:
    await catalogue(store, procedure("1", 5, begins="2026-01-01"), procedure("2", 3, begins="2026-02-28"))
    await imported(store, row(received=received) | HEADINGS, at=NOW)
    dossier = await one(store)
    assert (dossier.procedure_version, dossier.term, dossier.clock_rule) == (version, term, "restart")
    await catalogue(store, procedure("3", 9, begins="2026-02-01"))
    await imported(store, row(received=received, status="Được tiếp nhận") | HEADINGS, at=NOW + timedelta(hours=1))
    assert (await one(store)).procedure_version == version, "a later catalogue changes nothing of it"


@pytest.mark.parametrize(
    "named",
    [
        {"Mã thủ tục": "2.000648.000.00.00.H32"},
        {"Mã thủ tục": "sct-01"},
        {"Mã thủ tục": "", "Tên thủ tục": "  cấp giấy chứng nhận cửa hàng ĐỦ điều kiện  bán lẻ xăng dầu"},
    ],
)
async def test_a_procedure_is_known_by_its_code_and_without_one_by_its_whole_name(
    sqlite_store: Store, named: dict[str, str]
) -> None:
    await catalogue(sqlite_store, procedure("1", 5, begins=None))
    await imported(sqlite_store, row() | HEADINGS | named, at=NOW)
    assert (await one(sqlite_store)).term == "5"


@pytest.mark.parametrize("named", [{"Mã thủ tục": "2.000999"}, {"Mã thủ tục": "", "Tên thủ tục": "Bán lẻ xăng dầu"}])
async def test_what_the_catalogue_does_not_know_is_not_guessed(sqlite_store: Store, named: dict[str, str]) -> None:
    await catalogue(sqlite_store, procedure("1", 5, begins=None))
    await imported(sqlite_store, row() | HEADINGS | named, at=NOW)
    dossier = await one(sqlite_store)
    assert (dossier.term, dossier.procedure_version, dossier.due_at) == (None, None, None)


async def test_what_the_source_says_itself_comes_first(sqlite_store: Store) -> None:
    await catalogue(sqlite_store, procedure("1", 5, begins=None))
    report = await imported(sqlite_store, row(term="10 ngày làm việc") | {"Mã thủ tục": "2.000648"}, at=NOW)
    dossier = await one(sqlite_store)
    assert (dossier.term, dossier.term_mark, dossier.due_ours, dossier.procedure_version) == ("10", None, False, "1")
    assert report.remarked["due_counted"] == 0
    assert "tạm tính" not in said(dossier)


async def test_a_printed_date_is_doubted_for_a_confirmed_term_and_for_no_other(sqlite_store: Store) -> None:
    await catalogue(sqlite_store, procedure("1", 5, begins=None))
    report = await imported(sqlite_store, row() | {"Mã thủ tục": "2.000648"}, at=NOW)
    assert report.remarked["due_differs"] == 0
    async with sqlite_store.begin() as tx:
        head = (await staff(tx)).head
        await procedures.confirm(tx, await aspect(tx), by=head, decision="12/QĐ-SCT", at=NOW)
    other = row(code="H32.17-260225-0002") | {"Mã thủ tục": "2.000648"}
    report = await imported(sqlite_store, other, at=NOW + timedelta(hours=1), whole=False)
    assert report.remarked["due_differs"] == 1


def said(dossier: Dossier) -> str:
    time = {"left": 3, "overdue": False, "certain": True}
    return str(say["vi"].appointment(dossier, time))


async def test_an_appointment_that_nobody_gave_is_counted_and_called_so(sqlite_store: Store) -> None:
    await catalogue(sqlite_store, procedure("1", 5, begins=None))
    report = await imported(sqlite_store, row() | HEADINGS, at=NOW)
    assert report.remarked["due_counted"] == 1
    dossier = await one(sqlite_store)
    # Received on Wednesday 25/2; five working days later is Wednesday 4/3.
    assert (dossier.due_at, dossier.printed_due_at) == (datetime(2026, 3, 4, 10, 0, tzinfo=UTC), None)
    assert "tạm tính" in said(dossier)
    assert "chưa được Sở xác nhận" in said(dossier)
    await imported(sqlite_store, row(due="06/03/2026 16:30") | {"Mã thủ tục": "2.000648"}, at=NOW + timedelta(hours=1))
    dossier = await one(sqlite_store)
    assert (dossier.due_at, dossier.due_ours) == (datetime(2026, 3, 6, 9, 30, tzinfo=UTC), False)
    assert "tạm tính" not in said(dossier)


async def test_a_term_that_the_department_confirmed_is_not_called_unconfirmed(sqlite_store: Store) -> None:
    await catalogue(sqlite_store, procedure("1", 5, begins=None))
    async with sqlite_store.begin() as tx:
        head = (await staff(tx)).head
        await procedures.confirm(tx, await aspect(tx), by=head, decision="12/QĐ-SCT", at=NOW)
    await imported(sqlite_store, row() | HEADINGS, at=NOW)
    dossier = await one(sqlite_store)
    assert dossier.term_mark == "confirmed"
    assert "tạm tính" in said(dossier)
    assert "chưa được Sở xác nhận" not in said(dossier)


async def aspect(tx: Tx) -> int:
    held = await procedures.find(tx, "2.000648", date(2026, 3, 2))
    assert held is not None
    return held.aspect_ids["thoi-han"]


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        # The clock stood still on Monday 2/3 and went on on Monday 9/3: five days from there.
        ("restart", datetime(2026, 3, 16, 10, 0, tzinfo=UTC)),
        # Three of the five were used by then (26/2, 27/2, 2/3).
        ("pause", datetime(2026, 3, 11, 10, 0, tzinfo=UTC)),
    ],
)
async def test_what_we_counted_is_counted_anew_by_the_rule_at_receipt_when_the_clock_goes_on(
    store: Store, rule: str, due: datetime
) -> None:
    await catalogue(store, procedure("1", 5, begins=None, rule=rule))
    await imported(store, row() | HEADINGS, at=NOW)
    stopped = row(status="Yêu cầu bổ sung giấy tờ", missing="Bản vẽ") | HEADINGS
    await imported(store, stopped, at=NOW + timedelta(hours=2))
    assert (await one(store)).due_at == datetime(2026, 3, 4, 10, 0, tzinfo=UTC), "it stands still, and nobody moved it"
    await imported(store, row() | HEADINGS, at=NOW + timedelta(days=7))
    dossier = await one(store)
    assert (dossier.due_at, dossier.due_ours) == (due, True)
    async with store.reading() as tx:
        told = list(await tx.scalars(select(DossierEvent.detail).order_by(DossierEvent.id.desc()).limit(1)))
    assert told[0]["due"] is None, "the old date is not told as the new one"


async def test_a_catalogue_that_comes_later_fills_in_what_nobody_knew(sqlite_store: Store) -> None:
    await imported(sqlite_store, row() | HEADINGS, at=NOW)
    assert (await one(sqlite_store)).due_at is None
    await catalogue(sqlite_store, procedure("1", 5, begins=None))
    await imported(sqlite_store, row() | HEADINGS, at=NOW + timedelta(hours=1))
    dossier = await one(sqlite_store)
    assert (dossier.term, dossier.due_ours) == ("5", True)


def version(number: int, begins: date | None, taken_in: date, ends: date | None = None) -> VersionTerm:
    return VersionTerm(1, NAME, str(number), begins, ends, taken_in, "5", "working_days", None, "seen")


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(2026, 1, 1), "1"), (date(2026, 2, 1), "2"), (date(2026, 2, 28), "3"), (date(2028, 2, 29), None)],
)
def test_a_version_whose_beginning_nobody_said_stands_from_when_it_was_known(day: date, number: str | None) -> None:
    versions = [
        version(3, date(2026, 2, 28), date(2026, 6, 1), ends=date(2028, 2, 29)),
        version(2, None, date(2026, 2, 1)),
        version(1, None, date(2026, 1, 15)),
    ]
    found = standing(versions, day)
    assert (found.version if found else None) == number


async def test_the_catalogue_is_read_by_code_and_by_own_id(sqlite_store: Store) -> None:
    await catalogue(sqlite_store, procedure("1", 5, begins=None), procedure("2", 3, begins="2026-02-28"))
    async with sqlite_store.reading() as tx:
        found = await procedure_terms.read(tx)
    assert set(found) == {"2.000648", "sct-01"}
    assert [each.version for each in found["sct-01"]] == ["2", "1"]
