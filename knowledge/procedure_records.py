"""A procedure as plain data and back: what the store keeps of a version, and what a JSON file of the catalogue holds.

The keys are those of `Procedure` and its parts; days are ISO (2026-11-22), moments ISO with an offset, numbers of a
time limit text. What is missing has the default of `Procedure`. Aspects stand under "aspects" by their value
("le-phi"), each {"lines", "mark", "source", "until", "value"}.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar, cast

from knowledge.procedures import (
    Aspect,
    AspectValue,
    Authority,
    ClockRule,
    Fee,
    LegalBasis,
    LegalStatus,
    Mark,
    Paper,
    Procedure,
    Result,
    RoutedTo,
    TimeLimit,
    Unit,
    Value,
    Variant,
    Way,
)
from knowledge.wording import Words
from knowledge.wording import plain as words_plain

Record = Mapping[str, Any]
Word = TypeVar("Word", bound=StrEnum)

MOST_LINES = 2_000  # of one aspect
MOST_LETTERS = 200_000  # of one aspect; the longest of the national portal has 60,000
_MOST_VALUE = Decimal(10_000)
_MOST_AMOUNT = 10**12


class OddRecord(ValueError):  # noqa: N818  what is said of the row, not a fault of the program
    """Something in a record cannot be. `why`: the macro of procedure_import.<language>.j2 that says it."""

    def __init__(self, why: str, **values: object) -> None:
        super().__init__(why, values)
        self.why = why
        self.values = values

    def told(self, language: str = "vi") -> str:
        """Return the sentence for the person who gave the file."""
        return words_plain(getattr(Words("knowledge/procedure_import", language), self.why)(**self.values))

    def __str__(self) -> str:
        return self.told()


def plain(procedure: Procedure) -> dict[str, Any]:
    """Return the procedure as plain data that JSON can hold."""
    data: dict[str, Any] = _plain(procedure)
    return data


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    match value:
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case datetime() | date():
            return value.isoformat()
        case StrEnum() | Decimal():
            return str(value)
    return value


def procedure(record: Record) -> Procedure:
    """Build the procedure from plain data. Raises OddRecord for what cannot be, unknown aspects and words included."""
    name = " ".join(_text(record, "name").split())
    if not name:
        raise OddRecord("no_name")
    code = _text(record, "code") or None
    return Procedure(
        id=_text(record, "id") or code or "",
        code=code,
        name=name,
        everyday_names=_texts(record, "everyday_names"),
        fields=tuple(_field(number) for number in _list(record, "fields")),
        portal_field=_text(record, "portal_field"),
        level=_text(record, "level"),
        variant=_word(Variant, record, "variant", Variant.OTHER),
        aspects=MappingProxyType(dict(_aspects({} if record.get("aspects") is None else record["aspects"]))),
        source=_text(record, "source"),
        version=_text(record, "version"),
        effective_from=_day(record, "effective_from"),
        effective_to=_day(record, "effective_to"),
        routed_to=_word(RoutedTo, record, "routed_to", None),
        routed_note=_text(record, "routed_note"),
        owner_unit=_text(record, "owner_unit"),
        name_mark=_word(Mark, record, "name_mark", Mark.UNCONFIRMED),
        sample=record.get("sample") is True,
    )


def _aspects(said: Any) -> list[tuple[Aspect, AspectValue]]:
    if not isinstance(said, Mapping):
        raise OddRecord("not_a_table", name="aspects")
    known = {aspect.value: aspect for aspect in Aspect}
    for name in said:
        if name not in known:
            raise OddRecord("unknown_aspect", name=str(name), known=list(known))
    # In the order of the enumeration, whatever the order of the file: digests and cards rest on it.
    return [(aspect, _aspect(aspect, said[aspect.value])) for aspect in Aspect if aspect.value in said]


def _aspect(aspect: Aspect, said: Any) -> AspectValue:
    if not isinstance(said, Mapping):
        raise OddRecord("not_a_table", name=aspect.value)
    lines = tuple(line for line in _texts(said, "lines") if line)
    if len(lines) > MOST_LINES or sum(map(len, lines)) > MOST_LETTERS:
        raise OddRecord("too_long", name=aspect.value, most=MOST_LETTERS)
    value = _value(aspect, said.get("value"))
    if not lines and value is None:
        raise OddRecord("empty_aspect", name=aspect.value)
    return AspectValue(
        lines=lines,
        mark=_word(Mark, said, "mark", Mark.UNCONFIRMED),
        source=_text(said, "source"),
        value=value,
        until=_day(said, "until"),
        confirmed_by=_text(said, "confirmed_by") or None,
        confirmed_at=_moment(said, "confirmed_at"),
        decision=_text(said, "decision") or None,
    )


def _value(aspect: Aspect, said: Any) -> Value | None:
    if said is None or said in ([], {}):
        return None
    if aspect in _ONE:
        return _ONE[aspect](_table(said, aspect.value))
    if aspect in _MANY:
        rows = _list({aspect.value: said}, aspect.value)
        return cast("Value", tuple(_MANY[aspect](_table(row, aspect.value)) for row in rows))
    raise OddRecord("no_value_here", name=aspect.value)


def _limit(said: Record) -> TimeLimit:
    try:
        value = Decimal(str(said.get("value")).replace(",", "."))
    except InvalidOperation:
        raise OddRecord("not_a_number", name="value", given=str(said.get("value"))) from None
    if not (value.is_finite() and 0 <= value <= _MOST_VALUE):
        raise OddRecord("not_a_number", name="value", given=str(said.get("value")))
    unit = _word(Unit, said, "unit", None)
    if unit is None:
        raise OddRecord("no_unit")
    return TimeLimit(value, unit, _word(ClockRule, said, "rule", None))


def _authority(said: Record) -> Authority:
    receives, decides, signs, delegation = (_text(said, key) for key in ("receives", "decides", "signs", "delegation"))
    return Authority(receives, decides, signs, delegation, _day(said, "until"))


def _result(said: Record) -> Result:
    return Result(_text(said, "name"), _text(said, "validity"))


def _fee(said: Record) -> Fee:
    amount = said.get("amount")
    if amount is not None and (type(amount) is not int or not 0 <= amount <= _MOST_AMOUNT):
        raise OddRecord("not_a_number", name="amount", given=str(amount))
    from_day, to_day = _day(said, "from_day"), _day(said, "to_day")
    if from_day and to_day and to_day < from_day:
        raise OddRecord("days_backwards", first=from_day, last=to_day)
    return Fee(amount, _text(said, "what"), _text(said, "who"), from_day, to_day, _text(said, "basis"))


def _paper(said: Record) -> Paper:
    name = _text(said, "name")
    if not name:
        raise OddRecord("no_name")
    return Paper(name, _count(said, "originals"), _count(said, "copies"), _text(said, "form"), _text(said, "case"))


def _basis(said: Record) -> LegalBasis:
    number = _text(said, "number")
    title = _text(said, "title")
    if not number and not title:
        raise OddRecord("no_name")
    return LegalBasis(
        number=number,
        title=title,
        articles=_text(said, "articles"),
        issued=_day(said, "issued"),
        status=_word(LegalStatus, said, "status", LegalStatus.UNKNOWN),
        replaced_by=_texts(said, "replaced_by"),
        checked_on=_day(said, "checked_on"),
    )


def _way(said: Record) -> Way:
    limit = said.get("limit")
    return Way(
        channel=_text(said, "channel"),
        limit=None if limit is None else _limit(_table(limit, "limit")),
        fee=_text(said, "fee"),
        note=_text(said, "note"),
    )


# What shape the value of an aspect has; the others have words alone.
_ONE: Mapping[Aspect, Callable[[Record], TimeLimit | Authority | Result]] = {
    Aspect.TERM: _limit,
    Aspect.AUTHORITY: _authority,
    Aspect.RESULT: _result,
}
_MANY: Mapping[Aspect, Callable[[Record], Fee | Paper | LegalBasis | Way]] = {
    Aspect.FEE: _fee,
    Aspect.PAPERS: _paper,
    Aspect.BASIS: _basis,
    Aspect.FILING: _way,
}


def _text(said: Record, key: str) -> str:
    value = said.get(key)
    if value is None:
        return ""
    if isinstance(value, bool | float | Mapping | list | tuple):
        raise OddRecord("not_a_text", name=key)
    return str(value).strip()


def _list(said: Record, key: str) -> Sequence[Any]:
    value = said.get(key)
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise OddRecord("not_a_list", name=key)
    return value


def _texts(said: Record, key: str) -> tuple[str, ...]:
    return tuple(_text({key: each}, key) for each in _list(said, key))


def _table(said: Any, name: str) -> Record:
    if not isinstance(said, Mapping):
        raise OddRecord("not_a_table", name=name)
    return said


def _count(said: Record, key: str) -> int:
    value = said.get(key, 0)
    if type(value) is not int or not 0 <= value <= _MOST_COPIES:
        raise OddRecord("not_a_number", name=key, given=str(value))
    return value


_MOST_COPIES = 100
_MOST_FIELD = 16


def _field(number: Any) -> int:
    if type(number) is not int or not 1 <= number <= _MOST_FIELD:
        raise OddRecord("no_field", given=str(number))
    return number


def _word(words: type[Word], said: Record, key: str, default: Any) -> Any:
    given = said.get(key)
    if given in (None, ""):
        return default
    try:
        return words(given)
    except ValueError:
        raise OddRecord("unknown_word", name=key, given=str(given), known=[word.value for word in words]) from None


def _day(said: Record, key: str) -> date | None:
    given = said.get(key)
    if given in (None, ""):
        return None
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise OddRecord("not_a_day", name=key, given=str(given)) from None


def _moment(said: Record, key: str) -> datetime | None:
    given = said.get(key)
    if given is None or isinstance(given, datetime):
        return given
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise OddRecord("not_a_day", name=key, given=str(given)) from None
    if moment.utcoffset() is None:
        raise OddRecord("not_a_day", name=key, given=str(given))
    return moment
