"""What the approved documents say: questions in, answers with their quotations out."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Protocol, Self

from knowledge.blocks import lines_of
from knowledge.followup import leans, points_back, together
from knowledge.index import Index
from knowledge.ranking import Ranked, Ranking
from knowledge.remarks import remarks_on
from knowledge.repair import Speech
from knowledge.scope import Zone, close, zone
from knowledge.smalltalk import courtesy
from knowledge.texts import (
    Answer,
    Audience,
    Choices,
    Citation,
    ControlledText,
    Courtesy,
    Found,
    Language,
    Question,
    Refusal,
)
from knowledge.understanding import Understanding, plain_question, understand, understand_plain
from knowledge.validity import LegalTexts, seeded
from knowledge.vectors import Vectors
from knowledge.vietnamese import language_of, nfc, syllables
from knowledge.windows import windows_of

_CHOICES = 5
_REJECTED = 3


class Embedder(Protocol):
    """A model of sentence vectors. `name` goes into the key under which vectors are stored."""

    name: str

    def embed(self, texts: Sequence[str], *, query: bool) -> list[bytes]:
        """Return unit vectors, float16 or float32 little-endian. Blocking."""
        ...


class Library:
    """An immutable index over approved texts; built once, swapped whole. Safe from several threads."""

    def __init__(
        self,
        texts: Sequence[ControlledText],
        *,
        vectors: Mapping[str, bytes] | None = None,
        embedder: Embedder | None = None,
        office_questions: Sequence[str] = (),
        law: LegalTexts | None = None,
    ) -> None:
        self._texts = tuple(texts)
        windows = [window for text in texts for window in windows_of(text)]
        self._index = Index(windows)
        lines = chain.from_iterable((place.title, *lines_of(place.text)) for text in texts for place in text.places)
        self._speech = Speech.of(lines, office_questions)
        self._names = _own_names(texts)
        self._embedder = embedder
        self._law = seeded() if law is None else law
        self._use(vectors)

    def with_vectors(self, vectors: Mapping[str, bytes]) -> Self:
        """Return a library over the same index with these vectors: they follow in the background, or are left out."""
        other = copy(self)
        other._use(vectors)  # noqa: SLF001  of its own class
        return other

    def _use(self, vectors: Mapping[str, bytes] | None) -> None:
        self._vectors = Vectors(self._index.windows, vectors, self._embedder)
        self._ranking = Ranking(self._texts, self._index, self._vectors)

    def windows(self) -> Mapping[str, str]:
        """Return what is to be embedded: key (sha256 hex of the text) to text."""
        return self._vectors.to_embed()

    def ask(self, question: Question) -> Found:
        """Answer from the texts in force on `question.day` for `question.audience`. Blocking; a few milliseconds."""
        plain = plain_question(question.text)
        typed_in = language_of(plain)
        language = question.language or typed_in
        if (about := courtesy(plain)) is not None:
            return Courtesy(about, language)
        ranked = self._ranked(question, plain, typed_in)
        return self._flagged(_verdict(ranked, language), question.day) if ranked else Refusal(None, (), language)

    def ranked(self, question: Question) -> Ranked | None:
        """Return the places found, best first, before any verdict: what calibration measures."""
        plain = plain_question(question.text)
        return self._ranked(question, plain, language_of(plain))

    def _ranked(self, question: Question, plain: str, typed_in: Language) -> Ranked | None:
        alone = understand_plain(plain, self._speech, question.language, typed_in, self._names)
        if question.previous and leans(alone):
            before = understand(question.previous, self._speech, question.language, self._names)
            ranked = self._best(together(alone, before), question)
            if ranked and (ranked.speaks_of_now() or (points_back(alone) and ranked.matcher.knows_now())):
                return ranked
        return self._best(alone, question)

    def _best(self, asked: Understanding, question: Question) -> Ranked | None:
        return self._ranking.best(asked, day=question.day, audience=question.audience)

    def place(self, document: str, place: str, *, day: date, audience: Audience) -> Citation | None:
        """Return a whole place of the text in force, quoted in full, or None if this reader may not see it."""
        for text in self._texts:
            if text.document != document or text.audience not in audience.reads() or not _in_force(text, day):
                continue
            for known in text.places:
                if known.id == place:
                    whole = "\n".join(lines_of(nfc(known.text)))
                    law = self._law.moved([whole], day)
                    return Citation(text.document, text.version, text.title, known.id, known.title, whole, 1.0, law)
        return None

    def _flagged(self, found: Found, day: date) -> Found:
        """Say of each quotation what has become of the law it cites."""
        if not isinstance(found, Answer) or not any("/" in citation.quote for citation in found.citations):
            return found
        cited = tuple(replace(each, law=self._law.moved([each.quote], day)) for each in found.citations)
        return replace(found, citations=cited)


def _verdict(ranked: Ranked, language: Language) -> Found:
    signs = ranked.signs()
    match zone(signs):
        case Zone.ANSWER:
            count = ranked.worth_showing()
            kept = ranked.cited(0, count)
            keys = remarks_on(citation.quote for citation in kept)
            return Answer(kept, ranked.named_only(count, count + _REJECTED), language, keys)
        case Zone.CHOICES if len(ranked.seen) > 1:
            return Choices(ranked.cited(0, _CHOICES), ranked.named_only(_CHOICES, _CHOICES + _REJECTED), language)
        case _ if close(signs) and ranked.speaks_of_now():
            return Refusal(ranked.cited(0, 1)[0], ranked.named_only(1, 1 + _REJECTED), language)
        case _:
            return Refusal(None, ranked.named_only(0, _REJECTED), language)


def _own_names(texts: Sequence[ControlledText]) -> frozenset[tuple[str, ...]]:
    """Return the names by which askers call the documents: the code, the title and its first two syllables."""
    names = {tuple(syllables(name)) for text in texts for name in (text.document, text.title)}
    return frozenset(name for full in names for name in (full, full[:2]) if name)


def _in_force(text: ControlledText, day: date) -> bool:
    return text.effective_from <= day and (text.effective_to is None or day < text.effective_to)
