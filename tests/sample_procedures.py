"""Makes the sample catalogue: `python -m tests.sample_procedures FACTS.jsonl [OUT.jsonl]`.

The source holds facts of 58 procedures with what was seen where, and what somebody only remembered (its texts say
"nhớ"). What was only remembered does not come in: a text that says so must have a word in sample-procedures.json for
what is left of it ("" for nothing), or this stops. The last line of the source is no procedure but says that field 16
has none; knowledge/data/fields.json says so.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from knowledge.procedure_lines import lines_of
from knowledge.procedure_records import plain
from knowledge.procedure_words import legal_spans, variant_of
from knowledge.procedures import (
    Aspect,
    AspectValue,
    Authority,
    ClockRule,
    Fee,
    LegalBasis,
    Mark,
    Paper,
    Procedure,
    Result,
    RoutedTo,
    TimeLimit,
    Unit,
)

DATA = Path(__file__).parent / "data" / "sample-procedures.json"
OUT = Path(__file__).parent.parent / "knowledge" / "data" / "procedures.jsonl"
REMEMBERED = "nhớ"
UNITS = {"working": Unit.WORKING_DAYS, "calendar": Unit.CALENDAR_DAYS}
GENERIC_STEPS = [
    "Nộp (trực tiếp, bưu chính, Cổng DVCQG)",
    "Kiểm tra đầy đủ, hợp lệ",
    "Thẩm định",
    "Trình ký",
    "Trả kết quả",
]
WRITTEN_OUT = {
    r"\bNĐ (?=\d)": "Nghị định ",
    r"\bTT (?=\d)": "Thông tư ",
    r"\bQĐ (?=\d)": "Quyết định ",
    r"\bNQ (?=\d)": "Nghị quyết ",
    r"\bĐ(?=\d)": "Điều ",
    r"\bk(?=\d)": "khoản ",
    r"\bPL (?=[IVX])": "Phụ lục ",
    r"\bGCN\b": "Giấy chứng nhận",
    r"\bGP\b": "Giấy phép",
    r"\bGXN\b": "Giấy xác nhận",
    r"(?<!-)\bUBND\b": "Ủy ban nhân dân",
    r"\bDVCQG\b": "Dịch vụ công quốc gia",
    r"\bDVC\b": "dịch vụ công",
}
RETAIL_FEES = (
    Fee(1_200_000, "điểm kinh doanh/lần", "tổ chức; thành phố, thị xã", basis="Thông tư 168/2016/TT-BTC Điều 4"),
    Fee(400_000, "điểm kinh doanh/lần", "hộ, cá nhân; thành phố, thị xã", basis="Thông tư 168/2016/TT-BTC Điều 4"),
    Fee(None, "Khu vực khác: bằng 50% mức trên", basis="Thông tư 168/2016/TT-BTC Điều 4"),
)
_BLASTING = "Thông tư 148/2016/TT-BTC, sửa bởi 63/2023"
BLASTING_FEES = (
    Fee(3_500_000, "lần", "trên đất liền", basis=_BLASTING),
    Fee(4_000_000, "lần", "thi công, phá dỡ công trình", basis=_BLASTING),
    Fee(2_000_000, "lần", "nghiên cứu", basis=_BLASTING),
    Fee(5_000_000, "lần", "biển, thềm lục địa", basis=_BLASTING),
    Fee(None, "Cấp lại, điều chỉnh mà không đổi điều kiện: bằng 50%", basis=_BLASTING),
)


def written(text: str) -> str:
    """Write out what officers abbreviate: a citizen reads it."""
    for short, full in WRITTEN_OUT.items():
        text = re.sub(short, full, text)
    return text


def kept(text: str, number: str, left: Mapping[str, str]) -> str:
    """Return what may be said of a text; what was only remembered has to be decided in the data."""
    if number in left:
        return left[number]
    if REMEMBERED in text.lower():
        raise SystemExit(f"line {number}: decide what is left of: {text}")
    return written(text)


class Sample:
    def __init__(self) -> None:
        self._said: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
        self._counts: dict[int, int] = {}

    def procedures(self, lines: list[str]) -> Iterator[Procedure]:
        for number, line in enumerate(lines, 1):
            row = json.loads(line)
            if str(number) in self._said["everyday"]:
                yield self.procedure(row, number)
        for row in self._said["commune"]:
            yield self.at_the_commune(row)

    def procedure(self, row: dict[str, Any], number: int) -> Procedure:
        field = row["field_no"]
        self._counts[field] = self._counts.get(field, 0) + 1
        source = source_of(row)
        note = self._said["committee"].get(str(number))
        aspects = {aspect: value for aspect, value in self.aspects(row, number, source, note) if value.lines}
        return Procedure(
            id=f"CT{field:02}-{self._counts[field]:02}",
            code=row["code"],
            name=row["name"],
            everyday_names=tuple(self._said["everyday"][str(number)]),
            fields=(field,),
            level=row["level"],
            variant=variant_of(row["name"]),
            aspects=aspects,
            source=source,
            version="0",
            routed_to=RoutedTo.PROVINCIAL_COMMITTEE if note else None,
            routed_note=note or "",
            name_mark=Mark.SEEN if row["name_sure"] else Mark.UNCONFIRMED,
            sample=True,
        )

    def aspects(
        self, row: dict[str, Any], number: int, source: str, note: str | None
    ) -> Iterator[tuple[Aspect, AspectValue]]:
        from_a_source, sure = not row["source"].startswith("Trí nhớ"), row["sure"]
        mark = Mark.SEEN if sure else Mark.UNCONFIRMED
        yield Aspect.TERM, self.term(row, number, source)
        yield Aspect.FEE, self.fee(row, number, source)
        if note:
            yield Aspect.AUTHORITY, said(Authority("", "Ủy ban nhân dân cấp tỉnh"), mark, source, note)
        elif sure or "thẩm quyền Sở" in row["source"]:
            yield Aspect.AUTHORITY, said(Authority("", "Sở Công Thương"), Mark.SEEN, source)
        if not from_a_source:
            return
        papers = tuple(Paper(written(paper)) for paper in row["components"])
        if "thành phần từ trí nhớ" not in row["notes"]:
            yield Aspect.PAPERS, said(papers, mark, source)
        if row["steps"] != GENERIC_STEPS:
            yield Aspect.STEPS, AspectValue(tuple(map(written, row["steps"])), mark, source)
        name, _, validity = written(row["result"]).partition(", thời hạn ")
        if name:
            yield Aspect.RESULT, said(Result(name, validity), mark, source)
        # Which articles apply was read where name and authority were.
        basis_mark = Mark.SEEN if row["name_sure"] else Mark.UNCONFIRMED
        yield Aspect.BASIS, said(tuple(basis(text) for text in row["legal_basis"]), basis_mark, source)

    def term(self, row: dict[str, Any], number: int, source: str) -> AspectValue:
        text = kept(row["time_limit_text"] or "", str(number), self._said["terms"])
        if not row["time_sure"]:
            return AspectValue((text,) if text else (), Mark.UNCONFIRMED, source)
        days, unit = row["time_limit_days"], UNITS.get(row["time_unit"] or "")
        rule = ClockRule.PAUSE if number in self._said["pauses"] else None
        value = TimeLimit(Decimal(days), unit, rule) if days and unit else None
        return AspectValue((text,), Mark.SEEN, source, value)

    def fee(self, row: dict[str, Any], number: int, source: str) -> AspectValue:
        text = kept(row["fee"] or "", str(number), self._said["fees"])
        if text.startswith("1.200.000"):
            source = "Thông tư 168/2016/TT-BTC Điều 4 (Bộ Pháp điển); mức giảm tạm thời, nếu có, chưa đối chiếu"
            return said(RETAIL_FEES, Mark.SEEN if row["name_sure"] else Mark.UNCONFIRMED, source)
        if text.startswith("Trên đất liền"):
            return said(BLASTING_FEES, Mark.SEEN, source)
        if text == "Không":
            return said((Fee(0),), Mark.SEEN if row["sure"] else Mark.UNCONFIRMED, source)
        return AspectValue((text,) if text else (), Mark.UNCONFIRMED, source)

    def at_the_commune(self, row: dict[str, Any]) -> Procedure:
        note = self._said["commune_note"]
        return Procedure(
            id=row["id"],
            code=None,
            name=row["name"],
            everyday_names=tuple(row["everyday"]),
            fields=(row["field"],),
            level="Cấp xã",
            variant=variant_of(row["name"]),
            aspects={Aspect.AUTHORITY: said(Authority("", "Ủy ban nhân dân cấp xã"), Mark.UNCONFIRMED, "", note)},
            source="Nghị định 139/2025/NĐ-CP (chưa đối chiếu chi tiết)",
            version="0",
            routed_to=RoutedTo.COMMUNE,
            routed_note=note,
            sample=True,
        )


def said(value: Any, mark: Mark, source: str, *more: str) -> AspectValue:
    return AspectValue((*lines_of(value), *more), mark, source, value)


def basis(text: str) -> LegalBasis:
    """Take "NĐ 83/2014/NĐ-CP Đ17, Đ20 (cắt giảm)" apart: its number, its articles."""
    spans = legal_spans(text)
    if not spans:
        return LegalBasis("", written(text))
    start, end, number = spans[0]
    rest = written(text[end:]).strip(" :;,")
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    return LegalBasis(number, written(text[:start] + number).removesuffix(number).strip(), rest)


def source_of(row: dict[str, Any]) -> str:
    parts = [part.strip() for part in row["source"].split(";")]
    said = "; ".join(part for part in parts if REMEMBERED not in part.lower())
    said = re.sub(r" \((?:bản sao )?GitHub[^)]*\)| \(TuanHuu168/CongBot\)| \(git \w+\)| \(bản lưu[^)]*\)", "", said)
    return written(said) or "Chưa có nguồn"


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    rows = [plain(replace(procedure)) for procedure in Sample().procedures(lines)]
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    print(f"{len(rows)} procedures in {out.name}")


if __name__ == "__main__":
    main()
