"""The 16 fields of the manual (clause 4.3), and which of them a name used elsewhere may mean."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.vietnamese import fold

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Field:
    """`everyday`: what people call it. `portal`: its names on the national portal, which puts several into one.

    `none`: what is known of a field in which the Department handles nothing, "" for the others.
    """

    no: int
    name: str
    everyday: tuple[str, ...]
    portal: tuple[str, ...]
    none: str = ""


@cache
def fields() -> tuple[Field, ...]:
    rows = json.loads((_DATA / "fields.json").read_text(encoding="utf-8"))
    return tuple(
        Field(row["no"], row["name"], tuple(row["everyday"]), tuple(row["portal"]), row.get("none", "")) for row in rows
    )


def named(no: int) -> str:
    """Return the name of a field as the manual writes it; raises KeyError."""
    return _names()[no]


def meant(name: str) -> tuple[int, ...]:
    """Return the numbers of the fields that `name` may mean: a number, the manual's name, the portal's; () if none."""
    wanted = _plain(name)
    if wanted.isascii() and wanted.isdigit():
        return tuple(field.no for field in fields() if str(field.no) == str(int(wanted[:4])))
    return tuple(field.no for field in fields() if wanted in _called(field))


@cache
def _names() -> dict[int, str]:
    return {field.no: field.name for field in fields()}


@cache
def _called(field: Field) -> frozenset[str]:
    names: Iterable[str] = (field.name, *field.portal)
    return frozenset(_plain(name) for name in names)


def _plain(name: str) -> str:
    words = fold(name).replace("linh vuc", " ", 1).replace(",", " ").replace(".", " ").split()
    return " ".join(words)
