"""A procedure from the national portal's export: one JSON object with the portal's field names (ma_thu_tuc …).

The export glues the cells of the portal's tables together without a space; what can be told apart is, the rest stays in
the words of the portal. Nothing of a text is dropped but the portal's own headings and buttons.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from knowledge.fields import meant
from knowledge.procedure_lines import limit as limit_line
from knowledge.procedure_lines import line, lines_of
from knowledge.procedure_records import MOST_LETTERS, OddRecord
from knowledge.procedure_words import LOWER, UPPER, legal_spans, sums, variant_of
from knowledge.procedures import (
    Aspect,
    AspectValue,
    Authority,
    Fee,
    LegalBasis,
    Mark,
    Paper,
    Procedure,
    Result,
    RoutedTo,
    TimeLimit,
    Unit,
    Value,
    Way,
)
from knowledge.vietnamese import nfc

KEYS = frozenset({"ma_thu_tuc", "ten_thu_tuc"})
_NOTHING = re.compile(r"(?:-+|không có thông tin|chưa có thông tin|n/a)?[.\s]*", re.IGNORECASE)
_CODE = re.compile(r"\d\.\d{6}", re.ASCII)
_WAYS_HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"
_PAPERS_HEAD = re.compile(r"Tên giấy tờ\s*Mẫu đơn, tờ khai\s*Số lượng")
_BASIS_HEAD = re.compile(r"^Tên văn bản pháp lý\s*Mã văn bản")
_CHANNEL = re.compile(r"(Trực tuyến|Trực tiếp|Dịch vụ bưu chính)(?=\d|Không|Miễn|\(|[A-ZĐ]|$)")
_TIME = re.compile(
    r"(\d{1,4}(?:[.,]\d{1,2})?)\s*(Ngày làm việc|Ngày|Giờ làm việc|Giờ|Tháng|Năm)"
    r"|(\d{1,4})(?![\d.,]*\d|\s*(?:VNĐ|Việt Nam))"
)
_NO_TIME = re.compile(r"Không có thông tin|Không quy định|Không phải trả kết quả")
_FEE = re.compile(
    r"(?:Miễn phí|Không có thông tin|\d[\d.,]*\s*(?:Việt Nam Đồng|VNĐ|USD))(?:\s*\((?:[^()]|\([^()]*\))*\))?", re.DOTALL
)
# A year that ends the name of a paper is glued to the count.
_COUNT = r"((?<!\d)\d{1,2}|(?<=\d)\d)"
_COUNTS = re.compile(rf"\s*{_COUNT}\s*bản chính(?:\s*,\s*(\d{{1,2}})\s*bản sao)?|\s*{_COUNT}\s*bản sao")
_FORM = re.compile(rf"(.*?[{LOWER}0-9;.,)\]”\"])([{UPPER}][^;\n]{{0,90}}\.(?i:docx?|pdf|xlsx?|rar|zip))", re.DOTALL)
_RESULT_CODE = re.compile(r"Mã:\s*(?:KQ\.[A-Z]\d{2,3}\.\d+|[A-Z]\d{2}-KQ\d+|[A-Z0-9.\-]*\d)")
_RESULT_END = re.compile(r"(?:Từ khóa|Chọn cơ quan thực hiện)(?=[A-ZĐKhôngTỉnh])")
_UNITS = {
    "Ngày làm việc": Unit.WORKING_DAYS,
    "Ngày": Unit.CALENDAR_DAYS,
    "Giờ làm việc": Unit.HOURS,
    "Giờ": Unit.HOURS,
}
_FREE = re.compile(r"Miễn phí\s*(?:\((?:không|không có|không quy định|chưa quy định|không thu)[. ]*\))?", re.IGNORECASE)
_SHORTEST = 3
_LEAST = 1_000  # đồng: "50 VNĐ" was meant as thousands, or as something else


def is_portal(row: Mapping[str, Any]) -> bool:
    return not KEYS.isdisjoint(row)


def procedure(row: Mapping[str, Any]) -> Procedure:
    """Build the procedure from a row of the export. Raises OddRecord without a name, or for what cannot be read.

    A row without a code is known by no name that would last: it is refused.
    """
    code, name = _said(row, "ma_thu_tuc"), _said(row, "ten_thu_tuc")
    if not name:
        raise OddRecord("no_name")
    if not _CODE.fullmatch(code):
        raise OddRecord("no_code", given=code)
    field, level = _said(row, "linh_vuc"), _said(row, "cap_thuc_hien")
    numbers = meant(field)
    source = line("portal", _said(row, "so_quyet_dinh"))
    aspects = {
        aspect: AspectValue(lines, Mark.SEEN, source, value) for aspect, lines, value in _aspects(row) if lines or value
    }
    return Procedure(
        id=code,
        code=code,
        name=" ".join(name.split()),
        fields=numbers,
        portal_field=field,
        level=level,
        variant=variant_of(name),
        aspects=MappingProxyType(aspects),
        source=source,
        version=_said(row, "phien_ban") or _said(row, "version"),
        # Of the Department's own fields, what only the commune does is the commune's now.
        routed_to=RoutedTo.COMMUNE if numbers and level == "Cấp xã" else None,
        name_mark=Mark.SEEN,
    )


def _aspects(row: Mapping[str, Any]) -> Iterator[tuple[Aspect, tuple[str, ...], Value | None]]:
    ways, leading = _ways(_said(row, "cach_thuc_thuc_hien"))
    papers = _papers(_said(row, "thanh_phan_ho_so"))
    yield Aspect.PAPERS, lines_of(papers), papers or None
    yield _term(ways)
    yield _fee(ways)
    filing = tuple(dict.fromkeys(each for way in ways for each in _way_lines(way)))
    yield Aspect.FILING, (*_lines(leading), *filing), tuple(ways) or None
    yield Aspect.STEPS, _lines(_said(row, "trinh_tu_thuc_hien")), None
    yield _result(_said(row, "ket_qua_xu_ly"))
    basis, rest = _basis(_said(row, "can_cu_phap_ly"))
    yield Aspect.BASIS, (*lines_of(basis), *_lines(rest)), basis or None
    yield Aspect.CONDITIONS, _lines(_said(row, "yeu_cau_dieu_kien")), None
    yield Aspect.APPLICANTS, _lines(_said(row, "doi_tuong_thuc_hien")), None
    yield _authority(row)


def _said(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if isinstance(value, list):
        value = "\n".join(str(each) for each in value if isinstance(each, str | int))
    if value is None or isinstance(value, bool | float | Mapping):
        return ""
    text = nfc(str(value)).strip()
    if len(text) > MOST_LETTERS:
        raise OddRecord("too_long", name=key, most=MOST_LETTERS)
    return "" if _NOTHING.fullmatch(text) else text


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for raw in text.splitlines() if (line := " ".join(raw.split())))


def _ways(text: str) -> tuple[list[Way], str]:
    """Return the ways to file, and what stands before the first of them."""
    body = text.removeprefix(_WAYS_HEAD)
    parts = _CHANNEL.split(body)
    found = [_way(channel, said) for channel, said in zip(parts[1::2], parts[2::2], strict=True)]
    return found, parts[0].strip()


def _way(channel: str, said: str) -> Way:
    limit, rest, time = None, said, ""
    if found := _NO_TIME.match(said):
        rest = said[found.end() :]
    elif found := _TIME.match(said):
        unit, rest = _UNITS.get(found[2] or ""), said[found.end() :]
        if unit is None:
            time = found[0].strip() if found[2] else line("bare_term", found[3], "")
        else:
            limit = TimeLimit(Decimal(found[1].replace(",", ".")), unit)
    fees = []
    while found := _FEE.match(rest):
        if not found[0].startswith("Không có thông tin"):
            fees.append(found[0].strip())
        rest = rest[found.end() :]
    note = "\n".join(each for each in (time, rest.strip()) if each)
    return Way(channel, limit, "\n".join(dict.fromkeys(fees)), note)


def _way_lines(way: Way) -> tuple[str, ...]:
    first, *more = _lines(way.note) or ("",)
    return (f"{way.channel}: {first}" if first else way.channel, *more)


def _term(ways: list[Way]) -> tuple[Aspect, tuple[str, ...], Value | None]:
    limits = {way.limit for way in ways}
    only = limits.pop() if len(limits) == 1 else None
    if only is not None:
        said = [limit_line(only)]
    else:
        said = [line("term", limit_line(way.limit), way.channel) for way in ways if way.limit is not None]
    # What the portal's officers wrote beside the figure often says what it is counted from.
    told = [
        each
        for way in ways
        for each in _lines(way.note)
        if re.search(r"\d\s*(?:\([^)]*\)\s*)?(?:ngày|giờ|tháng|\()", each)
    ]
    return Aspect.TERM, tuple(dict.fromkeys([*said, *told])), only


def _fee(ways: list[Way]) -> tuple[Aspect, tuple[str, ...], Value | None]:
    texts = list(dict.fromkeys(way.fee for way in ways if way.fee))
    if len(texts) == 1 or len({way.fee for way in ways}) == 1:
        said = [each for text in texts[:1] for each in _lines(text)]
    else:
        said = [f"{way.channel}: {each}" for way in ways for each in _lines(way.fee)]
    rows: tuple[Fee, ...] = ()
    if len(texts) == 1 and _FREE.fullmatch(texts[0]):
        rows = (Fee(0),)
    elif len(texts) == 1 and len(amounts := sums(texts[0])) == 1 and amounts[0] >= _LEAST:
        rows = (Fee(amounts[0]),)
    told = [each for way in ways for each in _lines(way.note) if re.search(r"\b(?:lệ )?phí\b", each, re.IGNORECASE)]
    return Aspect.FEE, tuple(dict.fromkeys([*said, *told])), rows or None


def _papers(text: str) -> tuple[Paper, ...]:
    found: list[Paper] = []
    case, *tables = _PAPERS_HEAD.split(text)
    if not tables:
        return tuple(Paper(each) for each in _lines(case))
    for table in tables:
        at = 0
        for counts in _COUNTS.finditer(table):
            found.append(_paper(table[at : counts.start()], counts, _case(case)))
            at = counts.end()
        case = table[at:]
    if rest := _case(case):  # after the last table: a heading without one, or a part whose count is missing
        found.append(Paper(rest))
    return tuple(paper for paper in found if paper.name)


def _paper(name: str, counts: re.Match[str], case: str) -> Paper:
    name = " ".join(name.split())
    form = ""
    if found := _FORM.fullmatch(name):
        name, form = found[1], found[2]
    name = name.lstrip("-+*• ").rstrip(" ;")
    return Paper(name or form, int(counts[1] or 0), int(counts[2] or counts[3] or 0), form if name else "", case)


def _case(text: str) -> str:
    said = " ".join(text.split()).strip("-: ")
    return said if len(said) >= _SHORTEST else ""


def _result(text: str) -> tuple[Aspect, tuple[str, ...], Value | None]:
    body = _RESULT_END.split(text)[0]
    names = [each for part in _RESULT_CODE.split(body) for each in _lines(part)]
    lines = tuple(dict.fromkeys(names))
    return Aspect.RESULT, lines, Result(lines[0]) if len(lines) == 1 else None


def _basis(text: str) -> tuple[tuple[LegalBasis, ...], str]:
    """Return the texts of law by their numbers, and what is left over.

    A number in the middle of a title is followed by a space; the one in the column of numbers by the next title.
    """
    body = _BASIS_HEAD.sub("", text)
    spans = legal_spans(body)
    codes = [span for span in spans if not body[span[1] : span[1] + 1].isspace()] or spans
    found: dict[str, LegalBasis] = {}
    at = 0
    for start, end, number in codes:
        title = " ".join(body[at:start].split()).strip(" :;,.-–")
        at = end
        if number not in found or not found[number].title:
            found[number] = LegalBasis(number, title if len(title) > _SHORTEST else "")
    rest = " ".join(body[at:].split()).strip(" :;,.-–")
    return tuple(found.values()), rest if len(rest) > _SHORTEST else ""


def _authority(row: Mapping[str, Any]) -> tuple[Aspect, tuple[str, ...], Value | None]:
    carries_out, decides = _said(row, "co_quan_thuc_hien"), _said(row, "co_quan_co_tham_quyen")
    told = [
        *([line("carries_out", " ".join(carries_out.split()))] if carries_out else []),
        *([line("decides", " ".join(decides.split()))] if decides else []),
        *([line("delegated", delegated, None)] if (delegated := _said(row, "co_quan_duoc_uy_quyen")) else []),
        *([line("joins", joins)] if (joins := _said(row, "co_quan_phoi_hop")) else []),
        *([line("at", at)] if (at := " ".join(_said(row, "dia_chi_tiep_nhan").split())) else []),
    ]
    value = Authority(carries_out, decides, "", delegated) if told else None
    return Aspect.AUTHORITY, tuple(told), value
