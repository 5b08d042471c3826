"""The sample's dossiers: invented, and as many days old as the sample is meant to look, whenever it is made."""

import json
from datetime import date, datetime, time
from typing import Any, cast

from bot.intake import Export, Intake
from knowledge.dossier_rows import READY, Columns
from knowledge.workdays import VIETNAM, Calendar, today
from storage import Store, days

# What opens the one that the demonstration names: the first.
PROOF = "4567"
_UNIT, _OFFICER, _CLERK = "Phòng Quản lý thương mại", "Cán bộ mẫu", "Cán bộ Một cửa mẫu"
_OPENS, _CLOSES = time(8, 15), time(16, 30)


def _plan() -> list[dict[str, Any]]:
    plan = json.loads((READY.parent / "sample-dossiers.json").read_text(encoding="utf-8"))
    return cast("list[dict[str, Any]]", plan["dossiers"])


async def seed(store: Store, *, at: datetime) -> None:
    """Take the sample dossiers in as a first export, a baseline that alerts nobody."""
    async with store.reading() as tx:
        calendar = Calendar.of(await days.calendar(tx))
    day = today(at)
    first = day if calendar.is_working(day) else calendar.next_working(day)
    rows = [_row(each, calendar, first) for each in _plan()]
    columns = Columns.read(READY.read_text(encoding="utf-8"))
    content = json.dumps(rows, ensure_ascii=False).encode()
    await Intake(store, columns, calendar, at).take(Export("ho-so-mau.json", content, at))


def _row(each: dict[str, Any], calendar: Calendar, now: date) -> dict[str, Any]:
    def on(name: str, at: time) -> str | None:
        away = each.get(name)
        if away is None:
            return None
        step = calendar.next_working if away >= 0 else calendar.previous_working
        return datetime.combine(step(now, abs(away)) if away else now, at, VIETNAM).isoformat()

    received = on("received", _OPENS) or ""
    return {
        "Mã hồ sơ": f"H32.17-{received[2:10].replace('-', '')}-{each['number']:04}",
        "Trạng thái": each["status"],
        "Tên thủ tục": each["name"],
        "Lĩnh vực": each["field"],
        "Chủ hồ sơ": each["applicant"],
        "Số điện thoại": each.get("phone"),
        "Số CMND/CCCD": each.get("id"),
        "Mã số thuế": each.get("tax"),
        "Ngày tiếp nhận": received,
        "Ngày hẹn trả": on("due", _CLOSES),
        "Hẹn lại": on("again", _CLOSES),
        "Ngày hoàn thành": on("done", _OPENS),
        "Ngày trả kết quả": on("returned", _OPENS),
        "Đơn vị xử lý": _UNIT,
        "Cán bộ xử lý": _OFFICER,
        "Người tiếp nhận": _CLERK,
        "Cơ quan đang giữ": each.get("agency"),
        "Giấy tờ cần bổ sung": each.get("missing", []),
        "Lệ phí": each.get("fee"),
    }
