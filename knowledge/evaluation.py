"""How well answers fit labelled questions: what `troly eval` prints. Pure scoring, no library."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from knowledge.texts import Answer, Choices, Citation, Courtesy, Found, Refusal


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with the places that answer it, best first (none: the documents do not say).

    `answer_has`: words that a right quotation contains.
    """

    id: str
    question: str
    kind: str = ""
    previous: str | None = None
    gold: tuple[str, ...] = ()
    answer_has: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Labelled":
        return cls(
            id=str(row["id"]),
            question=row["question"],
            kind=row.get("kind") or "",
            previous=row.get("previous"),
            gold=tuple(row.get("gold") or ()),
            answer_has=tuple(row.get("answer_has") or ()),
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """Of a question with an answer: `first`, `offered`, `contains`. Of one without: `refused`."""

    labelled: Labelled
    first: bool
    offered: bool
    contains: bool
    refused: bool

    @property
    def answerable(self) -> bool:
        return bool(self.labelled.gold)

    @property
    def right(self) -> bool:
        return self.first if self.answerable else self.refused


def mark(labelled: Labelled, found: Found) -> Mark:
    """Score one answer. A right place must be answered or offered first, not named in a refusal."""
    cited = _cited(found)
    places = [citation.place for citation in cited]
    said = _folded(" ".join(citation.quote for citation in cited if citation.place in labelled.gold))
    return Mark(
        labelled=labelled,
        first=bool(places) and places[0] in labelled.gold,
        offered=any(place in labelled.gold for place in places),
        contains=bool(said) and all(_folded(words) in said for words in labelled.answer_has),
        refused=isinstance(found, Refusal | Courtesy),
    )


def _cited(found: Found) -> tuple[Citation, ...]:
    match found:
        case Answer(citations) | Choices(citations):
            return citations
        case _:
            return ()


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


@dataclass(slots=True)
class Figures:
    """Counts over some questions; shares are None where nothing was asked."""

    answerable: int = 0
    first: int = 0
    offered: int = 0
    contains: int = 0
    unanswerable: int = 0
    refused: int = 0

    def add(self, one: Mark) -> None:
        if one.answerable:
            self.answerable += 1
            self.first += one.first
            self.offered += one.offered
            self.contains += one.contains
        else:
            self.unanswerable += 1
            self.refused += one.refused

    def shares(self) -> dict[str, float | None]:
        known, none = self.answerable, self.unanswerable
        return {
            "first": self.first / known if known else None,
            "offered": self.offered / known if known else None,
            "contains": self.contains / known if known else None,
            "refused": self.refused / none if none else None,
        }


@dataclass(slots=True)
class Report:
    """Figures in all and by kind of question."""

    total: Figures = field(default_factory=Figures)
    kinds: dict[str, Figures] = field(default_factory=dict)

    @classmethod
    def of(cls, marks: Iterable[Mark]) -> "Report":
        report = cls()
        for one in marks:
            report.total.add(one)
            report.kinds.setdefault(one.labelled.kind, Figures()).add(one)
        return report
