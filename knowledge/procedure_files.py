"""Files of procedures: the office's workbook, JSON or JSON lines in our own shape, the national portal's export."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from knowledge import procedure_portal
from knowledge.procedure_records import OddRecord, procedure
from knowledge.procedure_sheet import Row, rows
from knowledge.procedures import AspectValue, Mark, Procedure
from knowledge.readers.reading import Unreadable, spoken
from knowledge.readers.zipped import is_locked, is_zip

MOST_BYTES = 200_000_000
MOST_PROCEDURES = 60_000
_LONGEST_LINE = 4_000_000
_CODE = re.compile(r"\d\.\d{6}", re.ASCII)
_ID = re.compile(r"\w[\w.\-/]{0,31}", re.ASCII)  # SQLite tells no capital Đ from a small one, nor that they are one
_LONGEST_NAME = 4_000  # one of the portal has 1,100
_UNDER = ("procedures", "data", "items", "thu_tuc")


def read(source: bytes) -> Iterator[Row]:
    """Yield what each row of the file comes to. Raises Unreadable, or OddRecord, for a file that has no rows."""
    if is_zip(source) or is_locked(source):
        yield from map(_checked, rows(source))
        return
    if len(source) > MOST_BYTES:
        raise Unreadable("too_large", most_mb=MOST_BYTES // 1_000_000)
    for count, row in enumerate(_json(source)):
        if count >= MOST_PROCEDURES:
            raise Unreadable("too_many_rows", most=MOST_PROCEDURES)
        yield _checked(row)


def _json(source: bytes) -> Iterator[Row]:
    start = source.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if start not in (b"{", b"["):
        raise OddRecord("no_rows")
    whole = _whole(source, quiet=start == b"{")
    if whole is None:
        yield from _lines(source)
        return
    for number, said in enumerate([whole] if _is_row(whole) else _under(whole), 1):
        yield _row(said, number)


def _whole(source: bytes, *, quiet: bool) -> Any:
    try:
        return json.loads(_text(source))
    except (ValueError, RecursionError) as error:
        if quiet:
            return None
        at = getattr(error, "lineno", 1)
        raise Unreadable("bad_json", line=at) from None


def _is_row(said: Any) -> bool:
    return isinstance(said, Mapping) and ("name" in said or procedure_portal.is_portal(said))


def _under(said: Any) -> list[Any]:
    """Return the rows of a list, or of an object with one list under a name that says so."""
    if isinstance(said, list):
        return said
    for key in _UNDER:
        if isinstance(said, Mapping) and isinstance(said.get(key), list):
            return list(said[key])
    raise OddRecord("no_rows")


def _lines(source: bytes) -> Iterator[Row]:
    for number, raw in enumerate(source.removeprefix(codecs.BOM_UTF8).splitlines(), 1):
        if not raw.strip():
            continue
        if len(raw) > _LONGEST_LINE:
            yield Row(number, "", "", problem=OddRecord("too_long", name="JSON", most=_LONGEST_LINE))
            continue
        try:
            said = json.loads(_text(raw))
        except (ValueError, RecursionError, Unreadable):
            yield Row(number, "", "", problem=OddRecord("bad_line"))
            continue
        yield _row(said, number)


def _text(source: bytes) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("not_utf8", at=error.start + 1) from None


def _row(said: Any, number: int) -> Row:
    if not isinstance(said, Mapping):
        return Row(number, "", "", problem=OddRecord("not_a_table", name="JSON"))
    clean = _clean(said)
    name = str(clean.get("code") or clean.get("ma_thu_tuc") or clean.get("id") or clean.get("name") or "")[:80]
    try:
        built = procedure_portal.procedure(clean) if procedure_portal.is_portal(clean) else procedure(clean)
    except OddRecord as odd:
        return Row(number, "", name, problem=odd)
    return Row(number, "", name, built)


def _clean(value: Any) -> Any:
    match value:
        case str():
            return spoken(value)
        case Mapping():
            return {str(key): _clean(item) for key, item in value.items()}
        case list():
            return [_clean(item) for item in value]
        case _:
            return value


def _checked(row: Row) -> Row:
    """Refuse names that could not be cited; what a file calls confirmed has only been seen."""
    if row.procedure is None:
        return row
    found = row.procedure
    try:
        _names(found)
    except OddRecord as odd:
        return replace(row, procedure=None, problem=odd)
    claimed = [aspect for aspect, said in found.aspects.items() if said.mark is Mark.CONFIRMED]
    if not claimed and found.name_mark is not Mark.CONFIRMED and not found.sample:
        return row
    aspects = {aspect: _seen(said) for aspect, said in found.aspects.items()}
    mark = Mark.SEEN if found.name_mark is Mark.CONFIRMED else found.name_mark
    notes = (*row.notes, OddRecord("not_confirmed_here")) if claimed else row.notes
    return replace(row, procedure=replace(found, aspects=aspects, name_mark=mark, sample=False), notes=notes)


def _seen(said: AspectValue) -> AspectValue:
    if said.mark is not Mark.CONFIRMED:
        return said
    return replace(said, mark=Mark.SEEN, confirmed_by=None, confirmed_at=None, decision=None)


def _names(found: Procedure) -> None:
    if found.code is not None and not _CODE.fullmatch(found.code):
        raise OddRecord("no_code", given=found.code[:40])
    if not _ID.fullmatch(found.id):
        raise OddRecord("bad_id" if found.id else "no_code", given=found.id[:40])
    if len(found.name) > _LONGEST_NAME:
        raise OddRecord("too_long", name="name", most=_LONGEST_NAME)
