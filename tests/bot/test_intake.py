"""What an export of the One-Stop system does to the record, and what it must never do."""

import asyncio
import io
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from knowledge.dossier_rows import BadMapping, Columns
from knowledge.dossier_tables import UnreadableTable
from storage import Store, dossier_imports, dossier_numbers, people
from storage.dossier_numbers import DossierNumber
from storage.dossiers import Clock, Dossier, DossierEvent, EventKind
from storage.who import Role
from tests.conftest import NOW
from tests.dossiers import CODE, OTHER, PHONE, imported, imported_file, row, table

LATER = NOW + timedelta(hours=1)
TONES = "\u0300\u0301\u0303\u0309\u0323"


async def one(store: Store, code: str = CODE) -> Dossier:
    async with store.reading() as tx:
        return (await tx.scalars(select(Dossier).where(Dossier.code == code))).one()


async def kinds(store: Store) -> list[EventKind]:
    async with store.reading() as tx:
        return list(await tx.scalars(select(DossierEvent.kind).order_by(DossierEvent.id)))


async def test_a_row_becomes_a_dossier_with_its_hours_and_no_number(store: Store) -> None:
    report = await imported(store, row(), at=NOW)
    assert (report.baseline, dict(report.counts)) == (True, {"new": 1})
    dossier = await one(store)
    assert dossier.received_at == datetime(2026, 2, 25, 2, 15, tzinfo=UTC)
    assert dossier.due_at == dossier.printed_due_at == datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
    assert (dossier.clock, dossier.baseline) == (Clock.RUNNING, True)
    async with store.reading() as tx:
        numbers = list(await tx.scalars(select(DossierNumber)))
    assert {number.shown for number in numbers} == {"09xx***678", "056*******89"}
    assert PHONE not in str([vars(number) for number in numbers])


async def test_the_same_file_again_changes_nothing(store: Store) -> None:
    await imported(store, row(), row(code=OTHER), at=NOW)
    again = await imported(store, row(), row(code=OTHER), at=LATER)
    assert dict(again.counts) == {"unchanged": 2}
    assert await kinds(store) == [EventKind.SEEN, EventKind.SEEN]
    async with store.reading() as tx:
        assert await dossier_imports.as_of(tx, await one(store)) == LATER


async def test_an_older_export_never_rolls_back_but_brings_what_nobody_knew(store: Store) -> None:
    await imported(store, row(), at=NOW - timedelta(days=2))
    await imported(store, row(status="Đã xử lý xong"), at=NOW)
    old = await imported(store, row(), row(code=OTHER), at=NOW - timedelta(days=1))
    assert old.older
    assert dict(old.counts) == {"older": 1, "new": 1}
    assert (await one(store)).status == 9


async def test_a_row_that_cannot_be_taken_leaves_the_others_alone(store: Store) -> None:
    rows = [
        row(),
        row(code="2.000674"),
        row(code=""),
        row(code=OTHER, status="Đang bay"),
        row(code="H32.17-260226-000414", due="32/13/2026"),
        row(),
        row(code="H32.17-260226-000415"),
    ]
    report = await imported(store, *rows, at=NOW)
    assert dict(report.counts) == {
        "new": 2,
        "procedure_code": 1,
        "no_code": 1,
        "bad_status": 1,
        "due_at": 1,
        "duplicate": 1,
    }
    assert report.failed == 5
    assert [line.number for line in report.lines if line.outcome == "bad_status"] == [5]


async def test_what_the_database_refuses_is_one_row(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = dossier_numbers.rows

    def spoilt(tx: object, dossier_id: int, key: str, *given: object) -> object:
        found = list(plain(tx, dossier_id, key, *given))  # type: ignore[arg-type]  # a fault is played
        return found * 2 if key.endswith("000412") else found

    monkeypatch.setattr(dossier_numbers, "rows", spoilt)
    report = await imported(store, row(), row(code=OTHER), row(code="H32.17-260226-000413"), at=NOW)
    assert dict(report.counts) == {"new": 2, "refused": 1}


async def test_a_dry_run_says_everything_and_writes_nothing(store: Store) -> None:
    await imported(store, row(), at=NOW)
    tried = await imported(store, row(status="Đã xử lý xong"), row(code=OTHER), at=LATER, dry_run=True)
    assert dict(tried.counts) == {"changed": 1, "new": 1}
    assert await kinds(store) == [EventKind.SEEN]
    real = await imported(store, row(status="Đã xử lý xong"), row(code=OTHER), at=LATER)
    assert real.counts == tried.counts
    assert not real.baseline


async def test_what_a_whole_export_no_longer_names_has_vanished_until_it_is_back(store: Store) -> None:
    many = [row(code=f"H32.17-260226-{n:06}") for n in range(30)]
    await imported(store, *many, at=NOW)
    report = await imported(store, *many[1:], at=LATER)
    assert report.counts["vanished"] == 1
    assert (await one(store, "H32.17-260226-000000")).vanished_at == LATER
    back = await imported(store, *many, at=LATER + timedelta(hours=1))
    assert back.remarked["back"] == 1
    assert (await one(store, "H32.17-260226-000000")).vanished_at is None


async def test_what_stands_in_a_row_that_cannot_be_taken_has_not_vanished(sqlite_store: Store) -> None:
    many = [row(code=f"H32.17-260226-{n:06}") for n in range(3)]
    await imported(sqlite_store, *many, at=NOW)
    bad = row(code="h32.17-260226-000000", status="?")
    report = await imported(sqlite_store, bad, *many[1:], at=LATER)
    assert dict(report.counts) == {"bad_status": 1, "unchanged": 2}
    assert (await one(sqlite_store, "H32.17-260226-000000")).vanished_at is None


async def test_an_export_that_lacks_most_of_it_was_filtered(sqlite_store: Store) -> None:
    await imported(sqlite_store, *[row(code=f"H32.17-260226-{n:06}") for n in range(60)], at=NOW)
    report = await imported(sqlite_store, row(code="H32.17-260226-000001"), at=LATER)
    assert report.counts["vanished"] == 0
    assert report.counts["incomplete"] == 1
    async with sqlite_store.reading() as tx:
        assert await dossier_imports.as_of(tx, await one(sqlite_store, "H32.17-260226-000002")) == NOW


async def test_an_empty_file_is_no_baseline(sqlite_store: Store) -> None:
    await imported_file(sqlite_store, "hoso.csv", table([row()]).splitlines()[0], at=NOW)
    assert (await imported(sqlite_store, row(), at=LATER)).baseline


async def test_a_file_without_a_column_says_nothing_about_it(store: Store) -> None:
    await imported(store, row(), at=NOW)
    bare = {"Mã hồ sơ": CODE, "Trạng thái": "Đã xử lý xong"}
    report = await imported(store, bare, at=LATER, whole=False)
    assert report.remarked == {}
    dossier = await one(store)
    assert (dossier.status, dossier.applicant, dossier.officer) == (9, "Nguyễn Thị Bưởi", "Trần Minh")
    async with store.reading() as tx:
        assert await tx.scalar(select(func.count()).select_from(DossierNumber)) == 2


async def test_a_number_of_which_a_file_says_nothing_stays(store: Store) -> None:
    await imported(store, row(), at=NOW)
    bare = {"Mã hồ sơ": CODE, "Trạng thái": "Đang xử lý", "Điện thoại": "0987654321"}
    await imported(store, bare, at=LATER, whole=False)
    async with store.reading() as tx:
        shown = set(await tx.scalars(select(DossierNumber.shown)))
    assert shown == {"09xx***321", "056*******89"}


async def test_a_sum_that_no_database_holds_is_a_row_that_cannot_be_taken(store: Store) -> None:
    odd = {"Mã hồ sơ": OTHER, "Trạng thái": "Đang xử lý", "Lệ phí": "9" * 30}
    plain = odd | {"Mã hồ sơ": CODE, "Lệ phí": "150.000"}
    report = await imported(store, odd, plain, at=NOW)
    assert dict(report.counts) == {"fee": 1, "new": 1}


def _apart(sign: str) -> tuple[str, str]:
    marks = unicodedata.normalize("NFD", sign)
    return "".join(mark for mark in marks if mark not in TONES), "".join(mark for mark in marks if mark in TONES)


@pytest.mark.parametrize("separator", list(",;\t"))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
async def test_any_separator_and_encoding_is_read(sqlite_store: Store, separator: str, encoding: str) -> None:
    rows = [row(applicant="Đặng Thị Hường; “Bảy”"), row(code=OTHER)]
    content = table(rows, separator=separator)
    text = content.decode()
    if encoding == "cp1258":  # it has the vowels whole and their tones apart
        text = "".join(unicodedata.normalize("NFC", vowel) + tone for vowel, tone in map(_apart, text))
        text = text.replace("“", "").replace("”", "")
    content = text.encode(encoding)
    report = await imported_file(sqlite_store, "hoso.csv", content, at=NOW)
    assert report.counts["new"] == 2
    assert (await one(sqlite_store)).applicant.startswith("Đặng Thị Hường")


async def test_a_workbook_with_a_title_dates_numbers_and_formulas_is_read(sqlite_store: Store) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["SỞ CÔNG THƯƠNG – DANH SÁCH HỒ SƠ"])
    sheet.append([])
    sheet.append(["STT", "Mã hồ sơ", "Tình trạng", "Số điện thoại", "Ngày nhận", "Hẹn trả", "Lệ phí"])
    sheet.append([1, CODE, 4, 912345678, datetime(2026, 2, 25, 9, 15), 46092.6875, '=HYPERLINK("x")'])  # noqa: DTZ001 a sheet has no zones
    out = io.BytesIO()
    book.save(out)
    report = await imported_file(sqlite_store, "xuat.xlsx", out.getvalue(), at=NOW)
    assert dict(report.counts) == {"new": 1}
    dossier = await one(sqlite_store)
    assert dossier.due_at == datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
    assert dossier.fee is None
    async with sqlite_store.reading() as tx:
        assert (await tx.scalars(select(DossierNumber.shown))).all() == ["09xx***678"]


@pytest.mark.parametrize(
    "text",
    [
        '[{"code": "%s", "status": 4, "applicant": {"name": "A", "phone": "0912345678"}}]',
        '{"result": {"items": [{"MaHoSo": "%s", "TrangThai": "Đang xử lý"}], "total": 1}}',
        '{"code": "%s", "status": "4"}\n{"code": "H32.17-260226-000412", "status": 2}',
    ],
)
async def test_json_is_read_however_it_is_wrapped(sqlite_store: Store, text: str) -> None:
    await imported_file(sqlite_store, "x.json", (text % CODE).encode(), at=NOW)
    assert (await one(sqlite_store)).status == 4


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no_head"),
        (b"\x00\x01\x02", "no_head"),
        (b"PK\x03\x04broken", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "old_excel"),
        (b"[" * 100_000, "broken"),
        (b'{"a": {"b": 1}}', ""),
        (b"a,b\n1,2\n", "no_head"),
    ],
)
async def test_a_file_that_is_none_is_refused_in_a_word(sqlite_store: Store, content: bytes, why: str) -> None:
    if not why:
        assert (await imported_file(sqlite_store, "x", content, at=NOW)).counts["no_code"] == 1
        return
    with pytest.raises(UnreadableTable, match=why):
        await imported_file(sqlite_store, "x", content, at=NOW)


_LEAST = '[columns]\ncode = "x"\nstatus = "y"\n'


@pytest.mark.parametrize(
    "text",
    [
        *("columns = 3", '[columns]\ncode = "x"', '[columns]\nwrong = "y"', "= x", 'halted = "end"\n' + _LEAST),
        *(_LEAST + part for part in ('[clock_rules]\nstop = ["Dừng"]', '[status]\n4 = "a"', '[statuses]\n11 = "a"')),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(BadMapping):
        Columns.read(text)


def test_a_mapping_that_an_editor_of_windows_saved_is_read() -> None:
    assert Columns.read("\ufeff" + _LEAST.replace("\n", "\r\n")).knows("x")


async def test_two_imports_at_once_lose_nothing_and_double_nothing(
    store: Store, url: str, open_store: Callable[[str], Store]
) -> None:
    second = open_store(url)
    rows = [row(code=f"H32.17-260226-{n:06}") for n in range(400)]
    await asyncio.gather(imported(store, *rows, at=NOW), imported(second, *reversed(rows), at=NOW))
    await second.close()
    async with store.reading() as tx:
        assert await tx.scalar(select(func.count()).select_from(Dossier)) == 400
        assert await tx.scalar(select(func.count()).select_from(DossierEvent)) == 400


async def test_two_imports_in_different_order_refuse_nothing(
    store: Store, url: str, open_store: Callable[[str], Store]
) -> None:
    second = open_store(url)
    rows = [row(code=f"H32.17-260226-{number:06}") for number in range(600)]
    done = [one | {"Trạng thái": "Đã xử lý xong"} for one in reversed(rows)]
    for others in (rows[::-1], done):
        reports = await asyncio.gather(imported(store, *rows, at=NOW), imported(second, *others, at=LATER))
        assert [report.failed for report in reports] == [0, 0]
    await second.close()
    async with store.reading() as tx:
        assert set(await tx.scalars(select(Dossier.status))) == {9}


async def test_an_export_that_was_overtaken_knows_nothing_of_what_came_later(sqlite_store: Store) -> None:
    await imported(sqlite_store, row(), at=NOW)
    async with sqlite_store.begin() as tx:
        slow, _ = await dossier_imports.begin(
            tx, source="mot-cua", name="x", exported_at=NOW + timedelta(minutes=5), whole=True, by=None, at=NOW
        )
    await imported(sqlite_store, row(), row(code=OTHER), at=LATER)
    async with sqlite_store.reading() as tx:
        gone, _ = await dossier_imports.missing(tx, slow, frozenset({(await one(sqlite_store)).key}))
    assert gone == []


async def test_names_become_people_until_the_source_names_another(store: Store) -> None:
    async with store.begin() as tx:
        ids = {
            name: (await people.add(tx, name=name, roles=[Role.OFFICER], unit=unit, at=NOW, by=None)).id
            for name, unit in (("Trần Minh", "Phòng Quản lý thương mại"), ("Lê Lan", "Văn phòng"))
        }
    await imported(store, row(), at=NOW)
    dossier = await one(store)
    assert dossier.officer_id == ids["Trần Minh"]
    assert dossier.unit_id is not None
    async with store.begin() as tx:
        (await tx.get_one(Dossier, dossier.id)).officer_id = ids["Lê Lan"]
    await imported(store, row(status="Đã xử lý xong"), at=LATER, whole=False)
    assert (await one(store)).officer_id == ids["Lê Lan"], "what was handed on here stays"
    unknown = await imported(store, row(officer="Người Lạ"), at=LATER + timedelta(hours=1), whole=False)
    assert unknown.remarked["unknown_officer"] == 1
    assert (await one(store)).officer_id is None


async def test_after_a_stop_the_sources_new_appointment_holds(store: Store) -> None:
    await imported(store, row(), at=NOW)
    await imported(store, row(status="Yêu cầu bổ sung giấy tờ", missing="A"), at=LATER, whole=False)
    report = await imported(store, row(due="20/03/2026 16:30"), at=LATER + timedelta(hours=1), whole=False)
    assert report.remarked["due_moved"] == 0
    dossier = await one(store)
    assert dossier.due_at == datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
    assert dossier.printed_due_at == datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
    assert EventKind.DUE_MOVED in await kinds(store)


@pytest.mark.parametrize(
    ("then", "due"),
    [
        ({"due": "20/03/2026 16:30"}, datetime(2026, 3, 20, 9, 30, tzinfo=UTC)),
        ({"due": "25/03/2026 16:30"}, datetime(2026, 3, 25, 9, 30, tzinfo=UTC)),
        ({"due": "11/03/2026 16:30"}, datetime(2026, 3, 11, 9, 30, tzinfo=UTC)),
        ({"due": "11/03/2026 16:30", "again": "27/03/2026 16:30"}, datetime(2026, 3, 27, 9, 30, tzinfo=UTC)),
    ],
    ids=["the proposed one holds", "another one holds", "the printed one holds", "it is extended"],
)
async def test_nobody_is_asked_for_an_appointment_that_the_source_itself_has_given_up(
    sqlite_store: Store, then: dict[str, str], due: datetime
) -> None:
    await imported(sqlite_store, row(), at=NOW)
    await imported(sqlite_store, row(status="Yêu cầu bổ sung giấy tờ", missing="A"), at=LATER, whole=False)
    stopped = row(status="Yêu cầu bổ sung giấy tờ", missing="A", due="20/03/2026 16:30")
    await imported(sqlite_store, stopped, at=LATER + timedelta(hours=1), whole=False)
    assert (await one(sqlite_store)).proposed_due_at == datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
    await imported(sqlite_store, row(**then), at=LATER + timedelta(hours=2), whole=False)
    dossier = await one(sqlite_store)
    assert (dossier.due_at, dossier.proposed_due_at) == (due, None)


async def test_a_dossier_whose_term_nobody_can_count_is_there_all_the_same(sqlite_store: Store) -> None:
    report = await imported(sqlite_store, row(term="Theo quy định"), at=NOW)
    assert dict(report.counts) == {"new": 1}
    assert report.remarked["odd_term"] == 1
    assert (await one(sqlite_store)).term is None


async def test_an_appointment_that_is_not_what_the_term_comes_to_is_flagged(sqlite_store: Store) -> None:
    same = await imported(sqlite_store, row(term="10 ngày làm việc"), at=NOW)
    assert same.remarked["due_differs"] == 0
    other = await imported(sqlite_store, row(code=OTHER, term="5 ngày làm việc"), at=LATER, whole=False)
    assert other.remarked["due_differs"] == 1
    assert (await one(sqlite_store, OTHER)).due_at == datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


async def test_papers_that_were_asked_for_and_came_between_two_exports_are_known_of(store: Store) -> None:
    await imported(store, row(), at=NOW)
    asked = row() | {"Ngày yêu cầu bổ sung": "27/02/2026 10:00"}
    await imported(store, asked, at=LATER)
    assert (await one(store)).supplement_asked_at == datetime(2026, 2, 27, 3, tzinfo=UTC)


async def test_papers_that_a_nightly_export_tells_of_were_asked_for_on_the_day_before(sqlite_store: Store) -> None:
    await imported(sqlite_store, row(), at=NOW)
    night = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # two in the morning of Tuesday
    await imported(sqlite_store, row(status="Yêu cầu bổ sung"), at=night)
    assert (await one(sqlite_store)).supplement_asked_at == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


async def test_a_new_appointment_before_the_old_one_is_no_extension(store: Store) -> None:
    await imported(store, row(), at=NOW)
    report = await imported(store, row(again="06/03/2026 16:30"), at=LATER)
    dossier = await one(store)
    assert (dossier.extended_at, dossier.due_at) == (None, datetime(2026, 3, 11, 9, 30, tzinfo=UTC))
    assert report.remarked["due_moved"] == 1
