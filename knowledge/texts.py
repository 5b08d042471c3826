"""The shapes of what is known and of what is answered. Every room above speaks in these."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge.law import LegalText


class Audience(StrEnum):
    """Who may be told a text. Staff read what the public reads, and more."""

    PUBLIC = "public"
    STAFF = "staff"

    def reads(self) -> frozenset["Audience"]:
        """Return the audiences whose texts this reader may see."""
        return frozenset(Audience) if self is Audience.STAFF else frozenset({Audience.PUBLIC})


class Language(StrEnum):
    VI = "vi"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Place:
    """One citable place of a document: a clause, an article, a passage.

    `id` is what a citation names ("9.1.2", "bia"); `text` is plain text, one paragraph or list item a line.
    """

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ControlledText:
    """An approved version of a document, as the store holds it (ISO 9001:2015 clause 7.5.3).

    It answers on day D when `effective_from <= D < effective_to` (`None`: until replaced). Days are days in Viet Nam.
    """

    document: str
    version: str
    title: str
    audience: Audience
    effective_from: date
    effective_to: date | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, in their own words; `previous` is the question of the turn before, for follow-ups.

    `about`: the procedure (code or own id) that was spoken of just before.
    """

    text: str
    day: date
    audience: Audience = Audience.PUBLIC
    previous: str | None = None
    language: Language | None = None  # None: told from the text
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A place of an approved text, and the words of it that answer.

    `quote` stands in the stored text word for word, after NFC and folding of white space; several quoted paragraphs
    or list items are separated by newlines, in the order of the text. `score` is comparable within one answer only.
    `law`: the texts of law that the quoted words rest on and that have moved on by the day of the question.
    """

    document: str
    version: str
    title: str
    place: str
    heading: str
    quote: str
    score: float
    law: tuple[LegalText, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The documents say it. `citations`: best first, at least one. `rejected`: looked at and not shown.

    `remarks` are keys of knowledge/data/remarks.jsonl whose law has moved on since the text was approved.
    """

    citations: tuple[Citation, ...]
    rejected: tuple[Citation, ...]
    language: Language
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """The documents may say it in one of these places (2 to 5): "did you mean …?"."""

    citations: tuple[Citation, ...]
    rejected: tuple[Citation, ...]
    language: Language


@dataclass(frozen=True, slots=True)
class Refusal:
    """The documents do not say. `nearest` is the closest place all the same, if anything is close."""

    nearest: Citation | None
    rejected: tuple[Citation, ...]
    language: Language


class Smalltalk(StrEnum):
    GREETING = "greeting"
    THANKS = "thanks"
    WHO_ARE_YOU = "who_are_you"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class Courtesy:
    """No question at all: a greeting, thanks, "who are you"."""

    about: Smalltalk
    language: Language


Found = Answer | Choices | Refusal | Courtesy
