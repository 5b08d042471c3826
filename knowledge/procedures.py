"""A procedure as the catalogue holds it: what it is, and for each aspect what is said of it and how sure that is.

Facts of a procedure are data that the Department confirms, aspect by aspect. An aspect that nobody confirmed says so
whenever it is shown; what was only remembered by somebody does not come in at all (knowledge/procedure_sample.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType


class Aspect(StrEnum):
    """What may be asked about a procedure; the value is what stands after `#` in a place."""

    PAPERS = "thanh-phan"
    TERM = "thoi-han"
    FEE = "le-phi"
    FILING = "cach-nop"
    STEPS = "trinh-tu"
    RESULT = "ket-qua"
    BASIS = "can-cu"
    CONDITIONS = "dieu-kien"
    APPLICANTS = "doi-tuong"
    AUTHORITY = "co-quan"


class Mark(StrEnum):
    """How sure a value is. CONFIRMED: by the Department, with who, when and the decision's number."""

    CONFIRMED = "confirmed"
    SEEN = "seen"  # in a source that is named, and not confirmed by the Department
    UNCONFIRMED = "unconfirmed"


class Variant(StrEnum):
    """Procedures of one paper differ in this; it is told from the name."""

    NEW = "new"
    AMENDED = "amended"
    REISSUED = "reissued"
    RENEWED = "renewed"
    ENDED = "ended"
    OTHER = "other"


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"  # of work, eight a day


class ClockRule(StrEnum):
    """What a request to supplement does to the term: it is counted on, or counted anew from a complete dossier."""

    PAUSE = "pause"
    RESTART = "restart"


class LegalStatus(StrEnum):
    IN_FORCE = "in_force"
    PARTLY = "partly"
    SUSPENDED = "suspended"
    REPLACED = "replaced"
    UNKNOWN = "unknown"  # nobody has looked it up


class RoutedTo(StrEnum):
    """Who handles what the Department does not (any more): the person is told where to go, not how the papers look."""

    COMMUNE = "commune"
    PROVINCIAL_COMMITTEE = "provincial_committee"
    MINISTRY = "ministry"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A term. `value` in `unit`; `rule` None: the source does not say what a supplement does to the clock."""

    value: Decimal
    unit: Unit
    rule: ClockRule | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """A row of what is to be paid, in đồng. `amount` None: named without a figure. Days are inclusive, Viet Nam's."""

    amount: int | None
    what: str = ""
    who: str = ""
    from_day: date | None = None
    to_day: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A part of the dossier. `case`: in which case it is asked for ("" always)."""

    name: str
    originals: int = 0
    copies: int = 0
    form: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A text of law that the procedure rests on. `number`: "83/2014/NĐ-CP"; `articles`: what of it is meant."""

    number: str
    title: str = ""
    articles: str = ""
    issued: date | None = None
    status: LegalStatus = LegalStatus.UNKNOWN
    replaced_by: tuple[str, ...] = ()
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to file: "Trực tiếp", "Trực tuyến", "Dịch vụ bưu chính", with what the source says of it."""

    channel: str
    limit: TimeLimit | None = None
    fee: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who takes the dossier in, who decides, who signs. `until`: last day of the delegation, Viet Nam's."""

    receives: str = ""
    decides: str = ""
    signs: str = ""
    delegation: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the person is given, and how long it holds ("05 năm")."""

    name: str
    validity: str = ""


Value = TimeLimit | Result | Authority | tuple[Fee, ...] | tuple[Paper, ...] | tuple[LegalBasis, ...] | tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class AspectValue:
    """What is said of one aspect. `lines`: plain text, what is shown and quoted; `value`: the same in its shape.

    `value` by aspect: TERM TimeLimit, FEE Fees, PAPERS Papers, BASIS LegalBasis rows, FILING Ways, AUTHORITY Authority,
    RESULT Result; None where the source only gives words. `until`: last day of a temporary rule. CONFIRMED has
    `confirmed_by` (a name), `confirmed_at` (aware, UTC) and `decision` (its number); no other mark has them.
    """

    lines: tuple[str, ...]
    mark: Mark
    source: str = ""
    value: Value | None = None
    until: date | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    decision: str | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


_NOTHING: Mapping[Aspect, AspectValue] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Procedure:
    """One version of a procedure. `id`: the office's own, never changing; `code`: the national portal's, if any.

    `fields`: numbers 1-16 of the manual's clause 4.3 (knowledge/fields.py), none for what lies outside. `level`:
    as the source says it ("Cấp tỉnh"). `routed_to` None: the Department handles it. `sample`: of the demonstration.
    `version`: a number or a day; "" where its source numbers none. It holds on days
    `effective_from <= D < effective_to`, Viet Nam's; None: from ever, until replaced.
    """

    id: str
    code: str | None
    name: str
    everyday_names: tuple[str, ...] = ()
    fields: tuple[int, ...] = ()
    portal_field: str = ""
    level: str = ""
    variant: Variant = Variant.OTHER
    aspects: Mapping[Aspect, AspectValue] = field(default_factory=lambda: _NOTHING)
    source: str = ""
    version: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    routed_to: RoutedTo | None = None
    routed_note: str = ""
    owner_unit: str = ""
    name_mark: Mark = Mark.UNCONFIRMED
    sample: bool = False

    @property
    def cited(self) -> str:
        """What a citation names: the national code, else the office's own id."""
        return self.code or self.id

    def place(self, aspect: Aspect) -> str:
        """Return the place of an aspect: "2.000674#le-phi"."""
        return f"{self.cited}#{aspect.value}"

    @property
    def fees(self) -> tuple[Fee, ...]:
        return tuple(row for row in self._rows(Aspect.FEE) if isinstance(row, Fee))

    @property
    def papers(self) -> tuple[Paper, ...]:
        return tuple(row for row in self._rows(Aspect.PAPERS) if isinstance(row, Paper))

    @property
    def basis(self) -> tuple[LegalBasis, ...]:
        return tuple(row for row in self._rows(Aspect.BASIS) if isinstance(row, LegalBasis))

    @property
    def ways(self) -> tuple[Way, ...]:
        return tuple(row for row in self._rows(Aspect.FILING) if isinstance(row, Way))

    @property
    def time_limit(self) -> TimeLimit | None:
        value = self._value(Aspect.TERM)
        return value if isinstance(value, TimeLimit) else None

    @property
    def authority(self) -> Authority | None:
        value = self._value(Aspect.AUTHORITY)
        return value if isinstance(value, Authority) else None

    def _value(self, aspect: Aspect) -> Value | None:
        said = self.aspects.get(aspect)
        return said.value if said else None

    def _rows(self, aspect: Aspect) -> tuple[object, ...]:
        value = self._value(aspect)
        return value if isinstance(value, tuple) else ()
