"""The words for what an aspect holds in figures: the lines that are shown and quoted.

They are data of the catalogue, written once when a procedure is taken in, in Vietnamese like the texts around them.
"""

from collections.abc import Iterable
from decimal import Decimal

from knowledge.procedures import Authority, Fee, LegalBasis, Paper, Result, TimeLimit, Value, Way
from knowledge.wording import Words, amount, plain

SAY = Words("knowledge/procedure_lines")


def line(name: str, *given: object) -> str:
    """Return one line in plain text."""
    return plain(str(getattr(SAY, name)(*given)))


def lines_of(value: Value) -> tuple[str, ...]:
    """Return the lines that say a value; papers of one case stand under its name."""
    match value:
        case TimeLimit():
            return (limit(value),)
        case Result():
            return (line("result", value),) if value.name or value.validity else ()
        case Authority():
            return tuple(_authority(value))
        case _:
            return tuple(_rows(value))


def limit(value: TimeLimit) -> str:
    return line("limit", value, number(value.value))


def number(value: Decimal) -> str:
    """Return a number as it is written in Vietnamese: 0,5; 1.200."""
    whole, _, rest = f"{value.normalize():f}".partition(".")
    return amount(int(whole)) + (f",{rest}" if rest else "")


def _authority(value: Authority) -> Iterable[str]:
    if value.receives:
        yield line("receives", value.receives)
    if value.decides:
        yield line("decides", value.decides)
    if value.signs:
        yield line("signs", value.signs)
    if value.delegation or value.until:
        yield line("delegated", value.delegation, value.until)


def _rows(rows: Iterable[Fee | Paper | LegalBasis | Way]) -> Iterable[str]:
    case = ""
    for row in rows:
        match row:
            case Paper():
                if row.case and row.case != case:
                    yield f"{row.case}:"
                case = row.case
                yield line("paper", row)
            case Fee():
                yield line("fee", row)
            case LegalBasis():
                yield line("basis", row)
            case Way():
                yield line("way", row)
