"""The office's own workbook of procedures: four tables, joined by the code of the procedure (procedure-sheet.json)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from knowledge.fields import meant
from knowledge.procedure_cells import Cells, plan
from knowledge.procedure_lines import lines_of
from knowledge.procedure_records import OddRecord, procedure
from knowledge.procedure_words import day_of, legal_spans, limits, variant_of
from knowledge.procedures import Procedure
from knowledge.sheets import Line, Table, label, tables

Parts = Mapping[str, Sequence[Cells]]


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of a file comes to: a procedure, or why not. `line`: as the person counts; `sheet`: "" without any."""

    line: int
    sheet: str
    name: str
    procedure: Procedure | None = None
    problem: OddRecord | None = None
    notes: tuple[OddRecord, ...] = field(default=())


def rows(source: bytes) -> list[Row]:
    """Read a workbook. Raises Unreadable, and OddRecord ("no_table") where it has no table of procedures."""
    found = tables(source, _heads())
    if "procedures" not in found:
        raise OddRecord("no_table")
    parts: dict[str, dict[str, list[Cells]]] = {
        kind: _by_code(found[kind], kind) for kind in ("papers", "fees", "basis") if kind in found
    }
    main = found["procedures"]
    known = _codes(main)
    read = [_row(line, main.title, parts) for line in main.lines]
    strays = [
        Row(number, found[kind].title, code, problem=OddRecord("stray", code=code))
        for kind, by_code in parts.items()
        for code, cells in by_code.items()
        for number in [each.number for each in cells[:1]]
        if code not in known
    ]
    if main.unknown and read:
        read[0] = replace(read[0], notes=(OddRecord("unknown_columns", names=list(main.unknown)),))
    return read + strays


@cache
def _heads() -> dict[str, dict[str, str]]:
    return {
        kind: {label(said): column["key"] for column in table["columns"] for said in (column["label"], *column["also"])}
        for kind, table in plan()["tables"].items()
    }


def _by_code(table: Table, kind: str) -> dict[str, list[Cells]]:
    """Return the rows of a side table by the code they name; the code of the row above goes on over empty cells."""
    found: dict[str, list[Cells]] = {}
    code = ""
    for line in table.lines:
        cells = Cells(line, kind)
        code = cells.code("ref") or code
        found.setdefault(code, []).append(cells)
    return found


def _codes(table: Table) -> set[str]:
    return {code for line in table.lines for key in ("code", "id") if (code := Cells(line, "procedures").code(key))}


def _row(line: Line, sheet: str, parts: Mapping[str, Mapping[str, Sequence[Cells]]]) -> Row:
    cells = Cells(line, "procedures")
    called = str(line.values.get("code") or line.values.get("id") or line.values.get("name") or "")[:80]
    try:
        codes = [code for key in ("code", "id") if (code := cells.code(key))]
        mine = {
            kind: [each for code in dict.fromkeys(codes) for each in by_code.get(code, ())]
            for kind, by_code in parts.items()
        }
        return Row(line.number, sheet, codes[0] if codes else called, procedure(_record(cells, mine)))
    except OddRecord as odd:
        return Row(line.number, sheet, called, problem=odd)


def _record(cells: Cells, parts: Parts) -> dict[str, Any]:
    name, version = cells.text("name"), cells.text("version")
    if not name:
        raise OddRecord("no_name")
    if not version:
        raise OddRecord("no_version")
    if not cells.code("code") and not cells.code("id"):
        raise OddRecord("no_code", given="")
    day = day_of(version)
    return {
        "id": cells.code("id"),
        "code": cells.code("code"),
        "name": " ".join(name.split()),
        "everyday_names": cells.several("everyday"),
        "fields": _fields(cells),
        "level": cells.text("level"),
        "variant": cells.choice("variant", "variants") or variant_of(name).value,
        "aspects": _aspects(cells, parts),
        "source": cells.text("source"),
        "version": f"{day:%Y-%m-%d}" if day else version,
        "effective_from": cells.day("effective_from"),
        "effective_to": cells.day("effective_to"),
        "routed_to": cells.choice("routed_to", "routes"),
        "routed_note": cells.text("routed_note"),
        "owner_unit": " ".join(cells.text("owner_unit").split()),
        "name_mark": cells.choice("sure", "marks") or "unconfirmed",
    }


def _fields(cells: Cells) -> list[int]:
    numbers: list[int] = []
    for said in cells.several("fields"):
        found = meant(said.partition(".")[0]) if said[:1].isdigit() else meant(said)
        if not found:
            raise OddRecord("no_field", given=said[:60])
        numbers += [number for number in found if number not in numbers]
    return numbers


def _aspects(cells: Cells, parts: Parts) -> dict[str, dict[str, Any]]:
    mark, source, until = cells.choice("sure", "marks") or "unconfirmed", cells.text("source"), cells.day("until")
    said: dict[str, tuple[list[str], Any]] = {
        "thanh-phan": (cells.lines("paper_text"), _papers(parts, cells)),
        "thoi-han": (cells.lines("term_text"), _term(cells)),
        "le-phi": (cells.lines("fee_text"), _side(parts, "fees", _fee)),
        "cach-nop": (cells.lines("filing"), None),
        "trinh-tu": (cells.lines("steps"), None),
        "ket-qua": ([], {"name": cells.text("result"), "validity": cells.text("validity")}),
        "can-cu": ([], _basis(parts, cells)),
        "dieu-kien": (cells.lines("conditions"), None),
        "doi-tuong": (cells.lines("applicants"), None),
        "co-quan": ([], _authority(cells)),
    }
    shaped = {name: (lines, value) for name, (lines, value) in said.items() if lines or _holds(value)}
    records: dict[str, dict[str, Any]] = {
        name: {
            "lines": lines,
            "mark": mark,
            "source": source,
            "until": until,
            "value": value if _holds(value) else None,
        }
        for name, (lines, value) in shaped.items()
    }
    built = procedure({"name": "-", "aspects": {name: {**each, "lines": ["-"]} for name, each in records.items()}})
    for aspect, value in built.aspects.items():
        told = lines_of(value.value) if value.value is not None else ()
        own = records[aspect.value]["lines"]
        # A list written out in the main table says the same as the rows made of it.
        records[aspect.value]["lines"] = list(told) if aspect.value == "thanh-phan" else [*told, *own]
    return records


def _holds(value: Any) -> bool:
    return any(_holds(each) for each in value.values()) if isinstance(value, dict) else bool(value) or value == 0


def _term(cells: Cells) -> dict[str, Any] | None:
    said = cells.text("term_value")
    if not said:
        return None
    unit, rule = cells.choice("term_unit", "units"), cells.choice("term_rule", "rules")
    told = limits(said)
    if len(told) == 1 and unit is None:  # "15 ngày làm việc" in one cell
        return {"value": str(told[0].value), "unit": told[0].unit.value, "rule": rule}
    try:
        Decimal(said.replace(",", "."))
    except InvalidOperation:
        raise OddRecord("not_a_number", name="Thời hạn", given=said[:40]) from None
    return {"value": said, "unit": unit, "rule": rule}


def _side(parts: Parts, kind: str, read: Callable[[Cells], dict[str, Any]]) -> list[dict[str, Any]]:
    """Read the rows of a side table; a row that cannot be leaves out its procedure, or a paper would be missing."""
    found = []
    for cells in parts.get(kind, ()):
        try:
            found.append(read(cells))
        except OddRecord as odd:
            raise OddRecord("side_row", sheet=plan()["tables"][kind]["title"], line=cells.number, odd=odd) from None
    return found


def _papers(parts: Parts, cells: Cells) -> list[dict[str, Any]]:
    return _side(parts, "papers", _paper) or [{"name": line} for line in cells.lines("paper_text")]


def _paper(cells: Cells) -> dict[str, Any]:
    name = " ".join(cells.text("paper").split())
    if not name:
        raise OddRecord("no_paper")
    counts = {key: cells.count(key) for key in ("originals", "copies")}
    return {"name": name, **counts, "form": cells.text("form"), "case": cells.text("case")}


def _fee(cells: Cells) -> dict[str, Any]:
    days = {"from_day": cells.day("from_day"), "to_day": cells.day("to_day")}
    if days["from_day"] and days["to_day"] and days["to_day"] < days["from_day"]:
        raise OddRecord("days_backwards", first=days["from_day"], last=days["to_day"])
    return {"amount": cells.money("amount"), **{key: cells.text(key) for key in ("what", "who", "basis")}, **days}


def _basis(parts: Parts, cells: Cells) -> list[dict[str, Any]]:
    return _side(parts, "basis", _basis_row) or [_basis_line(line) for line in cells.lines("basis_text")]


def _basis_row(cells: Cells) -> dict[str, Any]:
    if not cells.text("number") and not cells.text("title"):
        raise OddRecord("no_number")
    return {
        **{key: cells.text(key) for key in ("number", "title", "articles")},
        "issued": cells.day("issued"),
        "status": cells.choice("status", "statuses"),
        "replaced_by": cells.several("replaced_by"),
        "checked_on": cells.day("checked_on"),
    }


def _basis_line(line: str) -> dict[str, Any]:
    spans = legal_spans(line)
    if not spans:
        return {"number": "", "title": line}
    start, end, number = spans[0]
    return {"number": number, "title": line[:start].strip(" ,;:-–"), "articles": line[end:].strip(" ,;:-–")}


def _authority(cells: Cells) -> dict[str, Any]:
    said = {key: cells.text(key) for key in ("receives", "decides", "signs", "delegation")}
    return {**said, "until": cells.day("delegation_until")}
