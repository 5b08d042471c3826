"""Dossiers as a One-Stop system exports them: a few invented ones, or as many as a benchmark needs."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.intake import Export, Intake, Report
from knowledge.dossier_rows import READY, Columns
from knowledge.workdays import Calendar
from storage import Store, days

CODE = "000.00.17.H32-260225-0001"
OTHER = "H32.17-260226-000412"
UNKNOWN = "000.00.17.H32-260225-0999"
PHONE = "0912345678"

_ROW = {
    "Mã hồ sơ": CODE,
    "Trạng thái": "Đang xử lý",
    "Tên thủ tục": "Cấp giấy chứng nhận đủ điều kiện bán lẻ xăng dầu",
    "Lĩnh vực": "Kinh doanh khí",
    "Chủ hồ sơ": "Nguyễn Thị Bưởi",
    "Số điện thoại": PHONE,
    "Số CMND/CCCD": "056123456789",
    "Mã số thuế": "",
    "Ngày tiếp nhận": "25/02/2026 09:15",
    "Ngày hẹn trả": "11/03/2026 16:30",
    "Đơn vị xử lý": "Phòng Quản lý thương mại",
    "Cán bộ xử lý": "Trần Minh",
    "Người tiếp nhận": "Lê Hoa",
}


def row(**changes: str) -> dict[str, str]:
    """Return a row; a key of `changes` is a heading with "_" for spaces, or one of these short names."""
    short = {
        "code": "Mã hồ sơ",
        "status": "Trạng thái",
        "phone": "Số điện thoại",
        "personal_id": "Số CMND/CCCD",
        "tax": "Mã số thuế",
        "due": "Ngày hẹn trả",
        "again": "Hẹn lại",
        "received": "Ngày tiếp nhận",
        "officer": "Cán bộ xử lý",
        "unit": "Đơn vị xử lý",
        "clerk": "Người tiếp nhận",
        "field": "Lĩnh vực",
        "applicant": "Chủ hồ sơ",
        "missing": "Giấy tờ cần bổ sung",
        "fee": "Lệ phí",
        "term": "Thời hạn giải quyết",
        "returned": "Ngày trả kết quả",
    }
    return _ROW | {short[name]: value for name, value in changes.items()}


def table(rows: Iterable[Mapping[str, str]], *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Return rows as a CSV file."""
    rows = list(rows)
    names = list(dict.fromkeys(name for one in rows for name in one))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, delimiter=separator, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


async def imported(
    store: Store, *rows: Mapping[str, str], at: datetime, whole: bool = True, dry_run: bool = False
) -> Report:
    """Take rows in, as of `at`."""
    return await imported_file(store, "hoso.csv", table(rows), at=at, whole=whole, dry_run=dry_run)


async def imported_file(
    store: Store, name: str, content: bytes, *, at: datetime, whole: bool = True, dry_run: bool = False
) -> Report:
    columns = Columns.read(READY.read_text(encoding="utf-8"))
    async with store.reading() as tx:
        calendar = Calendar.of(await days.calendar(tx))
    intake = Intake(store, columns, calendar, at, dry_run=dry_run)
    return await intake.take(Export(name, content, at, whole=whole))
