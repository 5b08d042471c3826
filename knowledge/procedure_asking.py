"""Asked about procedures: which one, which aspect, and what is answered. Beside the Library of documents, not in it."""

from dataclasses import dataclass, replace
from datetime import date

from knowledge.asked_field import field_asked
from knowledge.called import VARIANT_WORDS, called, variants_left_out
from knowledge.catalogue import Catalogue
from knowledge.denunciation import sounds_like_denunciation
from knowledge.procedure_found import (
    ON_CARD,
    AspectAnswer,
    Card,
    EmptyField,
    FieldAnswer,
    NothingSaid,
    ProcedureChoices,
    WhichProcedure,
    cited,
)
from knowledge.procedure_question import Asking, read
from knowledge.procedure_quoting import quoted
from knowledge.procedure_ranking import Candidate, ranked
from knowledge.procedure_scope import chance
from knowledge.procedures import Aspect, Procedure, Variant
from knowledge.texts import Citation, Found, Language, Question
from knowledge.understanding import plain_question
from knowledge.vietnamese import language_of

# Ahead by this much, the first was the right one for every question that this was chosen on.
_AHEAD = 0.35
_NEAR = 1.2  # behind the first by more than this, nothing is a choice
_CHOICES, _REJECTED = 5, 3
_SOME = 5  # telling syllables: with more, a question stands for itself
_COMMON = 1.39  # rarity: a word of more than a quarter of all names tells nothing
_BESIDE = 3  # content words: with more beside a variant ("còn cấp lại thì sao?"), it may be about something else
# How likely a procedure is meant, to be answered with, and to be what the next question leans on.
ANSWERED, LEANT_ON = 0.55, 0.45
# What a text must say of a name, to be nothing but its name: telling syllables, shares of the text and of its pairs.
_A_NAME, _MOST, _TOGETHER = 4, 0.8, 0.6


@dataclass(frozen=True, slots=True)
class Considered:
    """What the catalogue makes of a question. `chance`: how likely the first candidate is what is asked about, 0..1.

    `sure`: named by its code, or spoken of just before. `field`: the procedures of this field are asked for.
    `leant`: read together with what was spoken of before; `weak`: though it has words of its own besides.
    """

    asking: Asking
    candidates: tuple[Candidate, ...]
    chance: float
    language: Language
    aspects: tuple[Aspect, ...]
    sure: bool = False
    field: int | None = None
    leant: bool = False
    weak: bool = False

    @property
    def short(self) -> bool:
        """Tell whether a question says so little that it may be about what was spoken of before."""
        return len(self.asking.telling) <= _SOME

    @property
    def alone(self) -> bool:
        """Tell whether the first candidate stands out."""
        ahead = [one for one in self.candidates[1:] if one.score >= self.candidates[0].score - _AHEAD]
        return self.sure or not ahead or self._only_one_of_variant(ahead)

    def _only_one_of_variant(self, others: list[Candidate]) -> bool:
        asked = self.asking.variants
        return (
            self.leant and bool(asked & self.candidates[0].variants) and not any(asked & one.variants for one in others)
        )


class Guide:
    """Knows its way about the catalogue. Immutable like it; safe from several threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def consider(self, question: Question) -> Considered:
        """Read a question, alone or with the one it leans on, and find the procedures that it may be about."""
        now = self._considered(question.text, question)
        if now.sure or now.field or not (question.about or question.previous):
            return now
        leaning = self._leaning(now, question)
        return replace(leaning, leant=True) if leaning else self._told_which(now, question)

    def plainly_named(self, text: str, day: date) -> bool:
        """Tell whether a text says little but the name of a procedure, and what is asked of it.

        Official names ("… công an nhân dân …", "… tố cáo …") sound like denunciations, above all without marks; 0 of
        777 denunciations say one (tests/data). What stands beside the name must not sound like one either.
        """
        asking = read(plain_question(text), self.catalogue)
        best = next(iter(ranked(asking, self.catalogue, day)), None)
        if best is None or len(asking.telling) < _A_NAME or best.said < _MOST or best.pairs < _TOGETHER:
            return False
        named = {key for name in best.names for key in name.core}
        words = zip(asking.understood.words, asking.tokens, strict=True)
        return not sounds_like_denunciation(" ".join(word.typed for word, token in words if token.folded not in named))

    def found(self, considered: Considered, day: date) -> Found:
        """Return what is answered from the catalogue; whether it is answered from there at all is not asked here."""
        if considered.field:
            return self._field(considered, considered.field, day)
        if not considered.candidates:
            return WhichProcedure(None, (), considered.language, aspect=_first(considered) or Aspect.PAPERS)
        if considered.alone and (considered.sure or considered.chance >= ANSWERED or len(considered.candidates) == 1):
            return self._answer(considered, considered.candidates[0].procedure, day)
        return self._choices(considered, day)

    def _considered(self, text: str, question: Question) -> Considered:
        plain = plain_question(text)
        language = question.language or language_of(plain)
        asking = read(plain, self.catalogue, language)
        if named := self.catalogue.coded(plain, question.day):
            candidates = tuple(map(_sure, named))
            return Considered(asking, candidates, 1.0, language, _left(asking, named[0]), sure=len(named) == 1)
        found = tuple(ranked(asking, self.catalogue, question.day))
        likely = chance(asking, found, self.catalogue)
        aspects = asking.aspects(found[0].names if found else ())
        return Considered(asking, found, likely, language, aspects, field=field_asked(plain))

    def _told_which(self, now: Considered, question: Question) -> Considered:
        """Return a question that names the procedure of which an aspect was asked before: "lệ phí bao nhiêu?"."""
        if now.aspects or not question.previous or now.chance < LEANT_ON:
            return now
        before = read(plain_question(question.previous), self.catalogue, question.language)
        return now if before.telling else replace(now, aspects=before.aspects())

    def _leaning(self, now: Considered, question: Question) -> Considered | None:
        """Return what a question means together with what was spoken of before; None if it stands for itself."""
        if not now.short:
            return None
        spoken_of = self.catalogue.find(question.about, question.day) if question.about else None
        before = None if spoken_of else self._considered(question.previous or "", question)
        kept: tuple[Candidate, ...]
        if spoken_of:
            kept, text = (_sure(spoken_of),), spoken_of.name
        elif before and before.candidates and before.chance >= LEANT_ON:
            kept, text = before.candidates[:1] if before.alone else before.candidates, question.previous or ""
        else:
            return None
        if self._names_another(now, kept):
            return None
        aspects = now.asking.aspects()
        if now.asking.variants or self._told_by(now):
            earlier = before.aspects if before else ()
            return self._together(replace(now, aspects=aspects or earlier), text, question)
        if not (aspects or now.asking.framed):
            return None
        return replace(now, aspects=aspects, candidates=kept, chance=1.0, sure=len(kept) == 1)

    def _together(self, now: Considered, text: str, question: Question) -> Considered:
        """Read a question with the words of the earlier one, or the name spoken of: "còn cấp lại thì sao?"."""
        found = self._considered(f"{variants_left_out(text)} {question.text}", question)
        more = [word for word in now.asking.understood.content if word.folded not in VARIANT_WORDS]
        return replace(
            found,
            candidates=_of_variant(found.candidates, now.asking.variants),
            aspects=now.aspects or found.aspects,
            chance=max(found.chance, ANSWERED),
            weak=len(more) > _BESIDE or not all(one.folded in VARIANT_WORDS for one in now.asking.telling),
        )

    def _told_by(self, now: Considered) -> frozenset[str]:
        """Return the words of a question by which it is told what it is about, folded: not many names have them."""
        telling = (token for token in now.asking.telling if not token.light and token.folded not in VARIANT_WORDS)
        return frozenset(token.folded for token in telling if self.catalogue.rarity(token.folded) > _COMMON)

    def _names_another(self, now: Considered, kept: tuple[Candidate, ...]) -> bool:
        """Tell whether a question is about something else than what was spoken of."""
        known = {key for one in kept[:_CHOICES] for name in one.names for key in name.core}
        told_by = self._told_by(now)
        if now.asking.opens:  # "thế còn xe của tôi thì lệ phí bao nhiêu?": a story goes on
            return any(self.catalogue.names_have(word) for word in told_by - known)
        return bool(told_by - known) or (bool(told_by) and now.chance >= ANSWERED)

    def _answer(self, considered: Considered, procedure: Procedure, day: date) -> Found:
        rejected = _citations(considered.candidates[1 : 1 + _REJECTED], considered)
        law = self.catalogue.moved(procedure, day)
        if not considered.aspects:
            shown = [aspect for aspect in ON_CARD if aspect in procedure.aspects] or list(procedure.aspects)
            cards = tuple(cited(procedure, aspect, law=law) for aspect in shown[:_CHOICES])
            nothing = (cited(procedure, Aspect.STEPS),)
            return Card(cards or nothing, rejected, considered.language, procedure=procedure)
        held = tuple(aspect for aspect in considered.aspects if aspect in procedure.aspects)
        if not held and procedure.routed_to and Aspect.AUTHORITY in procedure.aspects:
            held = (Aspect.AUTHORITY,)  # where to go is the answer, whatever was asked
        if not held:
            asked_for = considered.aspects[0]
            nearest = cited(procedure, asked_for)
            return NothingSaid(nearest, rejected, considered.language, procedure=procedure, aspect=asked_for)
        about = _beside_the_name(considered.asking, procedure)
        score = considered.candidates[0].score
        quotes = tuple(cited(procedure, one, quoted(procedure, one, about), score=score, law=law) for one in held)
        return AspectAnswer(quotes, rejected, considered.language, procedure=procedure, aspects=held)

    def _choices(self, considered: Considered, day: date) -> Found:
        best = considered.candidates[0].score
        near = [one for one in considered.candidates if one.score >= best - _NEAR]
        kept = (near if len(near) > 1 else list(considered.candidates))[:_CHOICES]
        if len(kept) == 1:
            return self._answer(considered, kept[0].procedure, day)
        rest = considered.candidates[len(kept) : len(kept) + _REJECTED]
        return ProcedureChoices(
            _citations(kept, considered),
            _citations(rest, considered),
            considered.language,
            procedures=tuple(one.procedure for one in kept),
            aspect=_first(considered),
        )

    def _field(self, considered: Considered, number: int, day: date) -> Found:
        procedures = tuple(self.catalogue.of_field(number, day))
        if not procedures:
            return EmptyField(None, (), considered.language, field=number)
        places = tuple(cited(one, _shown_of(one)) for one in procedures)
        return FieldAnswer(places, (), considered.language, field=number, procedures=procedures)


def _of_variant(candidates: tuple[Candidate, ...], asked: frozenset[Variant]) -> tuple[Candidate, ...]:
    """Return the candidates with those first that are near and of the variant that was asked for now."""
    if not asked or not candidates:
        return candidates
    near = candidates[0].score - _NEAR
    return tuple(sorted(candidates, key=lambda one: not (one.score >= near and asked & one.variants)))


def _sure(procedure: Procedure) -> Candidate:
    name = called(procedure.name)
    return Candidate(procedure, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, (name,), name.variants)


def _left(asking: Asking, procedure: Procedure) -> tuple[Aspect, ...]:
    return asking.aspects((called(procedure.name),))


def _first(considered: Considered) -> Aspect | None:
    return considered.aspects[0] if considered.aspects else None


def _shown_of(procedure: Procedure) -> Aspect:
    """Return the aspect by which a procedure is cited where none was asked for."""
    return next((aspect for aspect in (*ON_CARD, *procedure.aspects) if aspect in procedure.aspects), Aspect.STEPS)


def _citations(candidates: "tuple[Candidate, ...] | list[Candidate]", considered: Considered) -> tuple[Citation, ...]:
    aspect = _first(considered)
    return tuple(cited(one.procedure, aspect or _shown_of(one.procedure), "", score=one.score) for one in candidates)


def _beside_the_name(asking: Asking, procedure: Procedure) -> frozenset[str]:
    """Return the telling words of a question that do not belong to the procedure's name."""
    name = called(procedure.name)
    return frozenset(token.folded for token in asking.telling if token.folded not in name.core)
