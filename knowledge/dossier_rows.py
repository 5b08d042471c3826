"""From a row of an export to a dossier: which column means what stands in a mapping file (TOML) of the office."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any, Self

from knowledge import dossier_codes
from knowledge.clocks import ClockRule
from knowledge.dossier_tables import heading
from knowledge.dossier_values import lines, moment, sum_of_money, term
from knowledge.numbers import MaskedKind, masked_number
from knowledge.statuses import Status
from knowledge.vietnamese import fold, nfc
from knowledge.workdays import Hours, Term, TermUnit

READY = Path(__file__).parent / "data" / "dossier-mapping.toml"
# Columns that a mapping may name; the first two must be there.
COLUMNS = (
    *("code", "status", "procedure_code", "procedure_name", "procedure_version", "field", "applicant"),
    *("applicant_kind", "phone", "filer_phone", "personal_id", "tax_code", "received_at", "due_at", "extended_due_at"),
    *("done_at", "returned_at", "updated_at", "term", "clock_rule", "unit", "officer", "clerk", "stage", "agency"),
    *("missing", "supplement_at", "fee"),
)
# What a mapping file may have beside its comments.
_KEYS = {"source", "term_unit", "halted", "columns", "statuses", "clock_rules", "units", "officers"}
_NUMBERS = {
    "phone": MaskedKind.PHONE,
    "filer_phone": MaskedKind.PHONE,
    "personal_id": MaskedKind.PERSONAL_ID,
    "tax_code": MaskedKind.TAX_CODE,
}
# Spreadsheets eat the zero that a number begins with.
_EATEN = {"phone": range(9, 10), "filer_phone": range(9, 10), "personal_id": range(11, 12), "tax_code": range(9, 10)}
_COMPANY = re.compile(r"^(?:cong ty|cty|doanh nghiep|dntn|hop tac xa|htx|chi nhanh|tap doan|tong cong ty|ngan hang)\b")
_COMPANY_KIND = re.compile(r"doanh nghiep|to chuc|cong ty|company|organi[sz]ation|enterprise")
# Between two numbers in one cell; a space alone also parts those of one.
_OF_SEVERAL = re.compile(r"[;,/|()]|\s-+\s|\b(?:và|hoặc|hay)\b|(?<=\d{9})\s+")
_FEWEST_OF_SEVERAL = 9
_LONGEST = 500
_MOST_PAPERS = 40


class BadMapping(ValueError):  # noqa: N818  named after what it tells; it is shown to whoever runs the import
    """The mapping file cannot be used. The text names the key."""


class BadRow(ValueError):  # noqa: N818  named after what it tells; it goes into the report
    """A row cannot be taken. `what`: no_code, procedure_code, bad_code, no_status, bad_status, or a column's name."""

    def __init__(self, what: str, code: str = "", value: str = "") -> None:
        super().__init__(what)
        self.what, self.code, self.value = what, code, value


@dataclass(frozen=True, slots=True)
class DossierRow:
    """A dossier as a row tells it. `numbers`: digits, in memory alone; `shown`: the same, masked. Moments are UTC.

    `odd_term`: how long it may take is said in words that nobody can count; the dossier is there all the same.
    `given`: which of COLUMNS the file has at all; of the others it says nothing, not even that they are empty.
    """

    code: str
    key: str
    status: int
    is_company: bool
    applicant: str
    numbers: Mapping[str, str] = field(repr=False)
    shown: Mapping[str, str]
    moments: Mapping[str, datetime | None]
    words: Mapping[str, str | None]
    term: Term | None
    missing: tuple[str, ...]
    fee: int | None
    odd_code: bool
    odd_term: bool
    given: frozenset[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a source mean. `halted_ends`: status 8 ends a dossier here, instead of holding it."""

    source: str
    columns: Mapping[str, str]
    order: Mapping[str, int]
    statuses: Mapping[str, int]
    clock_rules: Mapping[str, str]
    units: Mapping[str, str]
    officers: Mapping[str, str]
    term_unit: TermUnit = TermUnit.WORKING_DAYS
    halted_ends: bool = False
    hours: Hours = field(default_factory=Hours)

    @classmethod
    def read(cls, text: str, *, hours: Hours | None = None) -> Self:
        """Read a mapping file. Raises BadMapping."""
        try:
            plan = tomllib.loads(text.removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as error:
            raise BadMapping(str(error)) from error
        if unknown := plan.keys() - _KEYS:  # "[status]" would be passed over in silence
            raise BadMapping(min(unknown))
        if plan.get("halted", "stopped") not in {"stopped", "ended"}:
            raise BadMapping("halted")
        columns = {heading(name): what for what, names in _table(plan, "columns").items() for name in _names(names)}
        if unknown := set(columns.values()) - set(COLUMNS):
            raise BadMapping(f"columns.{min(unknown)}")
        if missing := {"code", "status"} - set(columns.values()):
            raise BadMapping(f"columns.{min(missing)}")
        if unknown := _table(plan, "clock_rules").keys() - set(ClockRule):
            raise BadMapping(f"clock_rules.{min(unknown)}")
        try:
            unit = TermUnit(plan.get("term_unit", "working_days"))
            statuses = {
                heading(w): Status(int(n)) for n, names in _table(plan, "statuses").items() for w in _names(names)
            }
        except ValueError as error:
            raise BadMapping(str(error)) from error
        return cls(
            source=str(plan.get("source", "")).strip() or "mot-cua",
            columns=columns,
            order={name: place for place, name in enumerate(columns)},
            statuses=statuses,
            clock_rules={
                heading(w): rule for rule, names in _table(plan, "clock_rules").items() for w in _names(names)
            },
            units={heading(name): str(known) for name, known in _table(plan, "units").items()},
            officers={heading(name): str(known) for name, known in _table(plan, "officers").items()},
            term_unit=unit,
            halted_ends=plan.get("halted") == "ended",
            hours=hours or Hours(),
        )

    def knows(self, name: str) -> bool:
        """Tell whether a heading, as `heading` gives it, is one of the mapping's."""
        return name in self.columns

    def row(self, values: Mapping[str, Any]) -> DossierRow:
        """Return what a row tells. Raises BadRow."""
        cells = self._cells(values)
        code = " ".join(nfc(_text(cells.get("code"))).split())
        self._check_code(code)
        numbers = {name: digits for name in _NUMBERS if (digits := _digits(name, cells.get(name)))}
        applicant = _text(cells.get("applicant"))[:_LONGEST]
        lasts, odd_term = self._term(cells.get("term"))
        return DossierRow(
            code=code,
            key=dossier_codes.key(code),
            status=self._status(code, _text(cells.get("status"))),
            is_company=_is_company(applicant, _text(cells.get("applicant_kind")), numbers),
            applicant=applicant,
            numbers=numbers,
            shown={name: masked_number(_NUMBERS[name], digits) for name, digits in numbers.items()},
            moments=self._moments(code, cells),
            words=self._words(cells),
            term=lasts,
            missing=lines(cells.get("missing"))[:_MOST_PAPERS],
            fee=_read(code, "fee", cells, sum_of_money),
            odd_code=dossier_codes.day_of(code) is None,
            odd_term=odd_term,
            given=frozenset(cells),
        )

    def _cells(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values by what they mean; of two columns that mean the same, the first in the mapping."""
        cells: dict[str, Any] = {}
        for name in sorted((name for name in values if name in self.columns), key=self.order.__getitem__):
            if cells.get(self.columns[name]) is None:
                cells[self.columns[name]] = values[name]
        return cells

    @staticmethod
    def _check_code(code: str) -> None:
        if not code:
            raise BadRow("no_code")
        if not dossier_codes.written(code):
            raise BadRow("procedure_code" if dossier_codes.procedure(code) == code else "bad_code", code)

    def _status(self, code: str, text: str) -> int:
        if not text:
            raise BadRow("no_status", code)
        number = text.removesuffix(".0")
        status = int(number) if number.isascii() and number.isdigit() else self.statuses.get(heading(text), 0)
        if not 1 <= status <= 10:  # noqa: PLR2004  the codes of the national portal
            raise BadRow("bad_status", code, text[:40])
        return status

    def _moments(self, code: str, cells: Mapping[str, Any]) -> dict[str, datetime | None]:
        opens, closes = self.hours.sessions[0][0], self.hours.sessions[-1][1]
        hour = dict.fromkeys(("due_at", "extended_due_at"), closes)
        names = ("received_at", "due_at", "extended_due_at", "supplement_at", "done_at", "returned_at", "updated_at")
        return {name: _read(code, name, cells, _at(hour.get(name, opens))) for name in names}

    def _term(self, value: Any) -> tuple[Term | None, bool]:
        try:
            return term(value, unit=self.term_unit), False
        except (ValueError, ArithmeticError):
            return None, True

    def _words(self, cells: Mapping[str, Any]) -> dict[str, str | None]:
        words = {
            name: _text(cells.get(name))[:_LONGEST] or None
            for name in ("procedure_code", "procedure_name", "procedure_version", "field", "clerk", "stage", "agency")
        }
        unit, officer, clerk = (_text(cells.get(name)) for name in ("unit", "officer", "clerk"))
        words["unit"] = self.units.get(heading(unit), unit)[:_LONGEST] or None
        words["officer"] = self.officers.get(heading(officer), officer)[:_LONGEST] or None
        words["clerk"] = self.officers.get(heading(clerk), clerk)[:_LONGEST] or None
        words["clock_rule"] = self.clock_rules.get(heading(_text(cells.get("clock_rule"))))
        return words


def _at(hour: time) -> Callable[[Any], datetime | None]:
    return lambda value: moment(value, at=hour)


def _read(code: str, name: str, cells: Mapping[str, Any], how: Callable[[Any], Any]) -> Any:
    value = cells.get(name)
    if value is None or not str(value).strip():
        return None
    try:
        return how(value)
    except (ValueError, OverflowError, ArithmeticError) as error:
        raise BadRow(name, code, str(value)[:40]) from error


def _text(value: Any) -> str:
    return "" if value is None else " ".join(nfc(str(value)).split())


def _digits(name: str, value: Any) -> str:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else _text(value)
    digits = _only(text)
    if len(digits) > dossier_codes.MOST_DIGITS:  # two phones in one cell: the first is the one that is called
        digits = next((one for part in _OF_SEVERAL.split(text) if len(one := _only(part)) >= _FEWEST_OF_SEVERAL), "")
    # Also of what is text: in a CSV everything is.
    if len(digits) in _EATEN[name] and not digits.startswith("0") and not re.search(r"[^\d. ]", text):
        digits = f"0{digits}"
    return digits if dossier_codes.FEWEST_DIGITS <= len(digits) <= dossier_codes.MOST_DIGITS else ""


def _only(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_company(applicant: str, kind: str, numbers: Mapping[str, str]) -> bool:
    if kind:
        return _COMPANY_KIND.search(fold(kind)) is not None
    return _COMPANY.search(fold(applicant)) is not None or ("tax_code" in numbers and "personal_id" not in numbers)


def _table(plan: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = plan.get(name, {})
    if not isinstance(table, dict):
        raise BadMapping(name)
    return table


def _names(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
