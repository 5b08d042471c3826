"""What is found about procedures: answers, choices and refusals of their own kinds, beside those of the documents.

Each is an Answer, Choices or Refusal as well, so that what records, votes on and scores findings needs no other case.
"""

from dataclasses import dataclass
from typing import Any

from knowledge.law import LegalText
from knowledge.procedures import Aspect, Procedure
from knowledge.texts import Answer, Choices, Citation, Refusal

# The catalogue as a citation names it: "document". The place is the procedure's code or id, "#", the aspect.
DOCUMENT = "TTHC"

# What a card says of a procedure, in this order; the rest is a press away.
ON_CARD = (Aspect.TERM, Aspect.FEE, Aspect.FILING, Aspect.AUTHORITY, Aspect.RESULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class AspectAnswer(Answer):
    """The aspects of a procedure that were asked for, one or two; each citation quotes one, or lines of it."""

    procedure: Procedure
    aspects: tuple[Aspect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(Answer):
    """A procedure that was named and nothing asked of it."""

    procedure: Procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureChoices(Choices):
    """Procedures that may be meant (2 to 5), best first. `aspect`: what was asked of whichever it is."""

    procedures: tuple[Procedure, ...]
    aspect: Aspect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingSaid(Refusal):
    """The procedure is known; of the aspect asked for the catalogue says nothing."""

    procedure: Procedure
    aspect: Aspect


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichProcedure(Refusal):
    """An aspect was asked for and no procedure named, nor spoken of before."""

    aspect: Aspect


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAnswer(Choices):
    """The procedures of one of the manual's sixteen fields were asked for."""

    field: int
    procedures: tuple[Procedure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyField(Refusal):
    """A field was asked for of which the catalogue has no procedure."""

    field: int


def cited(
    procedure: Procedure,
    aspect: Aspect,
    quote: str | None = None,
    *,
    score: float = 1.0,
    law: tuple[LegalText, ...] = (),
) -> Citation:
    """Return an aspect as a citation; `quote` None: all of it ("" where nothing is said).

    `law`: what of the law that the procedure rests on has moved on.
    """
    said = procedure.aspects.get(aspect)
    words = (said.text if said else "") if quote is None else quote
    place = procedure.place(aspect)
    return Citation(DOCUMENT, procedure.version, procedure.name, place, procedure.name, words, round(score, 4), law)


def parted(place: str) -> tuple[str, Aspect | None]:
    """Return (code or id, aspect) of a place: "2.000674#le-phi"."""
    key, _, aspect = place.partition("#")
    known: Any = {one.value: one for one in Aspect}
    return key, known.get(aspect)
