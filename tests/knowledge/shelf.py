"""The manual as the store would hold it, and small texts made up for one test."""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.library import Library
from knowledge.texts import Answer, Audience, Choices, Citation, ControlledText, Found, Place, Question, Refusal

DATA = Path(__file__).parent.parent / "data"
TODAY = date(2026, 11, 22)
LONG_AGO = date(2020, 1, 1)


def text(
    *places: tuple[str, str, str],
    document: str = "QC",
    version: str = "1",
    audience: Audience = Audience.PUBLIC,
    since: date = LONG_AGO,
    until: date | None = None,
) -> ControlledText:
    held = tuple(Place(*place) for place in places)
    return ControlledText(document, version, "Quy chế tiếp công dân", audience, since, until, held)


@cache
def manual() -> Library:
    clauses = json.loads((DATA / "clauses.json").read_text(encoding="utf-8"))
    places = tuple(Place(key, clause["title"], clause["text"]) for key, clause in clauses.items())
    return Library([ControlledText("STCL", "1", "Sổ tay chất lượng", Audience.PUBLIC, LONG_AGO, None, places)])


def labelled(name: str) -> Sequence[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines() if line]


def ask(words: str, *, previous: str | None = None) -> Found:
    return manual().ask(Question(words, TODAY, previous=previous))


def cited(found: Found) -> tuple[Citation, ...]:
    match found:
        case Answer(citations) | Choices(citations):
            return citations
        case Refusal(nearest) if nearest:
            return (nearest,)
        case _:
            return ()


def first(found: Found) -> str | None:
    return cited(found)[0].place if isinstance(found, Answer | Choices) else None
