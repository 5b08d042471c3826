"""All that is known, asked at once: the Library of documents and the catalogue, and which of them answers."""

from dataclasses import dataclass
from datetime import date

from knowledge.catalogue import Catalogue
from knowledge.library import Library
from knowledge.procedure_asking import Considered, Guide
from knowledge.procedure_found import DOCUMENT, WhichProcedure, cited, parted
from knowledge.smalltalk import courtesy
from knowledge.texts import Answer, Audience, Choices, Citation, Found, Question, Refusal
from knowledge.understanding import plain_question

# How likely a procedure must be meant, to answer without looking into the documents, and against what they say.
_CERTAIN, _OVER_ANSWER, _OVER_CHOICES, _OVER_REFUSAL = 0.9, 0.7, 0.45, 0.35


@dataclass(frozen=True, slots=True)
class Shelves:
    """Library and catalogue, one immutable pair."""

    library: Library
    guide: Guide

    @classmethod
    def of(cls, library: Library, catalogue: Catalogue) -> "Shelves":
        return cls(library, Guide(catalogue))

    def ask(self, question: Question) -> Found:
        """Answer from procedures and documents. Blocking; a few milliseconds."""
        if not len(self.guide.catalogue) or courtesy(plain_question(question.text)) is not None:
            return self.library.ask(question)
        considered = self.guide.consider(question)
        if considered.sure or considered.field or (considered.chance >= _CERTAIN and not considered.weak):
            return self.guide.found(considered, question.day)
        documents = self.library.ask(question)
        if considered.weak and isinstance(documents, Answer):
            return documents
        # After a question on the documents, a few words that name no procedure for certain go on about them.
        goes_on = bool(question.previous) and considered.short and not considered.leant
        if considered.chance >= (_CERTAIN if goes_on and isinstance(documents, Answer) else _needed(documents)):
            return self.guide.found(considered, question.day)
        return _asked_which(considered, documents) or documents

    def place(self, document: str, place: str, *, day: date, audience: Audience) -> Citation | None:
        """Return a whole place of what is in force, quoted in full, or None if this reader may not see it."""
        if document != DOCUMENT:
            return self.library.place(document, place, day=day, audience=audience)
        key, aspect = parted(place)
        procedure = self.guide.catalogue.find(key, day)
        return cited(procedure, aspect) if procedure and aspect else None


def _needed(documents: Found) -> float:
    match documents:
        case Answer():
            return _OVER_ANSWER
        case Choices():
            return _OVER_CHOICES
        case _:
            return _OVER_REFUSAL


def _asked_which(considered: Considered, documents: Found) -> Found | None:
    """Ask back which procedure is meant: an aspect was asked for and nothing else, and none was spoken of."""
    plainly = [cue for cue in considered.asking.cues if cue.plain]
    if not plainly or considered.asking.telling or not isinstance(documents, Refusal) or not considered.aspects:
        return None
    return WhichProcedure(documents.nearest, documents.rejected, documents.language, aspect=considered.aspects[0])
