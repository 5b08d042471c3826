"""Reads what One-Stop systems export: workbooks, CSV in UTF-8 or Windows-1258 with either separator, JSON.

A file becomes rows of heading and value, each with the number that a person sees beside it. Formulas are never
evaluated: what the program that wrote the file last saw is what counts.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

from knowledge.vietnamese import fold, nfc

Row = Mapping[str, Any]

MOST_BYTES = 300_000_000
_MOST_UNPACKED = 1_500_000_000
MOST_ROWS = 500_000
_MOST_COLUMNS = 200
# A sheet whose borders go down to row 1,048,576 is not read to its end.
_MOST_BLANK = 1_000
_HEAD_WITHIN = 30
_FEWEST_HEADINGS = 2
_SEPARATORS = ",;\t|"
# Under what a JSON answer keeps its list.
_LISTS = ("data", "items", "rows", "content", "result", "results", "hoso", "dossiers", "danhsach")
_DEEPEST = 4
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class UnreadableTable(ValueError):  # noqa: N818  named after what it tells; it is shown to whoever runs the import
    """The file cannot be read. The text is a word: too_large, locked, macros, broken, old_excel, no_head, no_list."""


Known = Callable[[str], bool]


def rows(name: str, source: bytes, known: Known) -> Iterator[tuple[int, Row]]:
    """Yield (line, values by heading) of a file; a cell that is empty is None.

    `known`: whether a heading means something to whoever asks.

    Raises UnreadableTable, also in the middle. Reads by what is in the file, not by its name alone.
    """
    if len(source) > MOST_BYTES:
        raise UnreadableTable("too_large")
    if source.startswith(_OLE):
        raise UnreadableTable("old_excel")
    if source.startswith(b"PK"):
        return _limited(_book(source, known))
    text = decoded(source)
    if Path(name).suffix.lower() in {".json", ".jsonl", ".ndjson"} or text.lstrip()[:1] in {"{", "["}:
        return _limited(_objects(text, known))
    return _limited(_headed(_separated(text, known), known))


def heading(text: object) -> str:
    """Return a heading as headings are compared: folded, letters and digits alone."""
    return "".join(sign for sign in fold(nfc(str(text))) if sign.isalnum())


def decoded(source: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, or Windows-1258 with its marks composed."""
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return nfc(source.decode("utf-16", "replace"))
    try:
        return nfc(source.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return nfc(source.decode("cp1258", "replace"))


def _limited(found: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    for count, row in enumerate(found):
        if count >= MOST_ROWS:
            raise UnreadableTable("too_large")
        yield row


def _book(source: bytes, known: Known) -> Iterator[tuple[int, Row]]:
    """Yield the rows of the first sheet with a head, and of those that go on with the same columns."""
    like = frozenset[str]()
    for lines in _sheets(source):
        top = list(islice(lines, _HEAD_WITHIN))
        at, names = _head([values for _, values in top], known)
        meant = frozenset(filter(known, names))
        if len(meant) < _FEWEST_HEADINGS or 2 * len(meant & like) < len(like):
            continue
        like = like or meant
        yield from _under(at, names, top, lines)
    if not like:
        raise UnreadableTable("no_head")


def _headed(lines: Iterator[tuple[int, Sequence[Any]]], known: Known) -> Iterator[tuple[int, Row]]:
    top = list(islice(lines, _HEAD_WITHIN))
    at, names = _head([values for _, values in top], known)
    if sum(map(known, names)) < _FEWEST_HEADINGS:
        raise UnreadableTable("no_head")
    yield from _under(at, names, top, lines)


def _head(top: Sequence[Sequence[Any]], known: Known) -> tuple[int, list[str]]:
    """Return the headings, and in which line they end: the one, of the first thirty, with the most that mean something.

    A head of two lines (cells merged downwards, groups above their columns) is one: each column has its name in either.
    """
    lines = [[heading(value) if value is not None else "" for value in values] for values in top]
    counts = [sum(map(known, names)) for names in lines]
    at = max(range(len(top)), key=counts.__getitem__, default=0)
    if not top:
        return 0, []
    names = lines[at]
    for other in (at + 1, at - 1):
        if not 0 <= other < len(lines) or not any(map(known, lines[other])):
            continue
        both = list(zip_longest(names, lines[other], fillvalue=""))
        if other < at or not any(known(name) and more for name, more in both):
            return max(at, other), [name if known(name) or not known(more) else more for name, more in both]
    return at, names


def _under(
    at: int, names: Sequence[str], top: Sequence[tuple[int, Sequence[Any]]], rest: Iterator[tuple[int, Sequence[Any]]]
) -> Iterator[tuple[int, Row]]:
    """Yield the rows under the head, but for blank lines, and the head itself printed again on another page."""
    head = list(top[at][1])
    for number, values in chain(top[at + 1 :], rest):
        row = {name: value if _filled(value) else None for name, value in _paired(names, values) if name}
        if any(value is not None for value in row.values()) and list(values) != head:
            yield number, row


def _paired(names: Sequence[str], values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Pair headings with values; of two columns of one name, and of cells that a short line lacks, nothing is lost."""
    found: dict[str, Any] = {}
    for name, value in zip_longest(names, values[: len(names)]):
        found[name] = found.get(name) if not _filled(value) else found.get(name) or value
    yield from found.items()


def _filled(value: Any) -> bool:
    return value is not None and str(value).strip() != ""


def _sheets(source: bytes) -> Iterator[Iterator[tuple[int, Sequence[Any]]]]:
    from openpyxl import load_workbook  # noqa: PLC0415  a light start does without

    _check(source)
    try:
        book = load_workbook(io.BytesIO(source), read_only=True, data_only=True, keep_links=False)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except Exception as error:  # damage has as many names in openpyxl as in the format
        raise UnreadableTable("broken") from error
    yield from map(_sheet, shown)


def _sheet(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        sheet.reset_dimensions()  # what a file says of its own size is often wrong
        blank = 0
        for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS), 1):
            blank = 0 if any(value is not None for value in values) else blank + 1
            if blank > _MOST_BLANK:
                break
            yield number, values
    except Exception as error:
        raise UnreadableTable("broken") from error


def _check(source: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as opened:
            entries = opened.infolist()
    except Exception as error:
        raise UnreadableTable("broken") from error
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise UnreadableTable("too_large")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableTable("locked")
    if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        raise UnreadableTable("macros")


def _separated(text: str, known: Known) -> Iterator[tuple[int, Sequence[str]]]:
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) > len("sep="):
        return _lines(rest, first.strip()[4], 1)
    return _lines(text, max(_SEPARATORS, key=lambda sign: _meant(text, sign, known)), 0)


def _meant(text: str, separator: str, known: Known) -> int:
    """Count the headings that mean something if lines were parted so."""
    return max((sum(known(heading(value)) for value in line) for _, line in _top(text, separator)), default=0)


def _top(text: str, separator: str) -> list[tuple[int, Sequence[str]]]:
    try:
        return list(islice(_lines(text[:200_000], separator, 0), _HEAD_WITHIN))
    except UnreadableTable:
        return []


def _lines(text: str, separator: str, before: int) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for number, values in enumerate(reader, 1 + before):  # as a spreadsheet counts: a cell may have several lines
            yield number, values[:_MOST_COLUMNS]
    except csv.Error as error:
        raise UnreadableTable("broken") from error


def _objects(text: str, known: Known) -> Iterator[tuple[int, Row]]:
    for number, item in enumerate(_listed(text, known), 1):
        yield number, dict(_flat(item)) if isinstance(item, Mapping) else {}


def _listed(text: str, known: Known) -> Iterable[Any]:
    try:
        tree = json.loads(text)
    except ValueError:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            raise UnreadableTable("broken") from error
    except RecursionError as error:
        raise UnreadableTable("broken") from error
    found = _list_in(tree, known, _DEEPEST)
    if found is None and not isinstance(tree, Mapping):
        raise UnreadableTable("no_list")
    return [tree] if found is None else found


def _list_in(tree: Any, known: Known, depth: int) -> list[Any] | None:
    """Return the list that an answer is about: by its name, else by what it is. An object with columns is one row."""
    if isinstance(tree, list):
        return tree
    if not isinstance(tree, Mapping) or not depth:
        return None
    named = {heading(name): value for name, value in tree.items()}
    for name in _LISTS:
        if (found := _list_in(named.get(name), known, depth - 1)) is not None:
            return found
    if any(map(known, named)):
        return [tree]
    for value in named.values():
        if isinstance(value, list) and _are_objects(value):
            return value
    inner = (_list_in(value, known, depth - 1) for value in named.values() if isinstance(value, Mapping))
    return next((found for found in inner if found is not None), None)


def _are_objects(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(one, Mapping) for one in values)


def _flat(item: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for name, value in item.items():
        path = before + heading(name)
        match value:
            case Mapping() if depth < _DEEPEST:
                yield from _flat(value, path, depth + 1)
            case list():
                yield path, "\n".join(str(one) for one in value if _filled(one))
            case _:
                yield path, value if _filled(value) else None
