"""Any other text is a question: answered from the documents, or honestly not."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers import spoken_of
from handlers.answering import Version, answer, moved, remarked, shown_places, sources
from handlers.office import Office
from handlers.pieces import in_pieces
from handlers.procedures import shown, speaker
from handlers.says import Says, Typed, number, words
from handlers.turn import Asker, Button, Turn
from knowledge.asked_aspect import cues, may_lean
from knowledge.procedure_found import DOCUMENT, AspectAnswer, Card, NothingSaid, WhichProcedure
from knowledge.remarks import remarks_on
from knowledge.tabled import in_words
from knowledge.texts import Answer, Choices, Citation, Courtesy, Found, Language, Question, Refusal
from knowledge.vietnamese import syllables
from knowledge.workdays import today
from storage import Tx, questions
from storage.base import NoSuchRecord
from storage.questions import Kind

router = Router(name=__name__)
# Free text comes after every command of every conversation.
free = Router(name=f"{__name__}.free")
say = words("handlers/ask")


@free.message(Typed())
async def ask(_event: Message, turn: Turn, asker: Asker, office: Office) -> None:
    started = perf_counter()
    about = spoken_of.procedure(turn) if may_lean(turn.text) and len(asker.catalogue) else None
    day = today(turn.now)
    asking = Question(turn.text, day=day, audience=turn.audience, previous=turn.previous, about=about)
    found = await asker.ask(asking)
    ms = (perf_counter() - started) * 1000
    cited, rejected = shown_places(found)
    async with turn.begin() as tx:
        question_id = await questions.record(
            tx,
            who=turn.who,
            chat_id=turn.chat_id,
            update_id=turn.update_id,
            text=turn.text,
            language=found.language.value,
            kind=kind_of(found),
            cited=[as_recorded(citation) for citation in cited],
            rejected=[as_recorded(citation) for citation in rejected],
            ms=ms,
            at=turn.now,
            masked=turn.masked,
        )
        if isinstance(found, AspectAnswer | Card | NothingSaid):
            await spoken_of.remember(tx, turn, found.procedure.cited, asked=turn.text)
        doubtful = unconfirmed(cited, asker)
        turn.sayings += answer(
            found,
            language=turn.language,
            office=office,
            question_id=question_id,
            day=day,
            unconfirmed=doubtful,
            staff=turn.who.is_staff,
        )


def kind_of(found: Found) -> Kind:
    match found:
        case Answer():
            return Kind.ANSWER
        case Choices():
            return Kind.CHOICES
        case WhichProcedure():
            return Kind.CHOICES  # it was asked back; nothing is missing that somebody would have to answer
        case Refusal():
            return Kind.REFUSAL
        case Courtesy():
            return Kind.SMALLTALK


def as_recorded(citation: Citation) -> dict[str, Any]:
    return {
        "document": citation.document,
        "version": citation.version,
        "place": citation.place,
        "score": round(citation.score, 4),
    }


def unconfirmed(citations: Sequence[Citation], asker: Asker) -> frozenset[Version]:
    """Return which quoted versions have an effective day that nobody confirmed."""
    versions = {(citation.document, citation.version) for citation in citations}
    return frozenset(version for version in versions if not asker.confirmed(*version))


@router.message(Says("chon"))
@router.callback_query(Says("chon"))
async def choose(_event: Message | CallbackQuery, turn: Turn, asker: Asker, office: Office, rest: str) -> None:
    """`/chon 12 0`: of the places offered for question 12, the first was meant."""
    row, place = await _asked_place(turn, rest)
    chosen = [*row.cited, *row.rejected][place]
    async with turn.begin() as tx:
        await questions.choose(tx, row.id, who=turn.who, place=place, at=turn.now)
        if chosen["document"] == DOCUMENT:
            await _say_procedure(tx, turn, chosen["place"], asker, office, asked=row)
        else:
            _say_whole(turn, row, place, asker, votable=True)


async def _say_procedure(
    tx: Tx, turn: Turn, place: str, asker: Asker, office: Office, *, asked: questions.Question
) -> None:
    """Say what was asked of the procedure that was chosen; it is spoken of from here on."""
    key, _, aspect = place.partition("#")
    language = "en" if asked.language == Language.EN else turn.language
    day = today(turn.now)
    procedure = asker.catalogue.find(key, day)
    if procedure is None:
        turn.say(say[language].gone(DOCUMENT, staff=turn.who.is_staff))
        return
    await spoken_of.remember(tx, turn, procedure.cited)
    # A card was to be shown where no aspect was asked for: those choices were recorded by what stands first on it.
    what = aspect if cues(syllables(asked.text or "")) else ""
    law = asker.catalogue.moved(procedure, day)
    turn.sayings += shown(speaker(turn, office, language), procedure, what, law=law)


@router.message(Says("muc"))
@router.callback_query(Says("muc"))
async def whole(_event: Message | CallbackQuery, turn: Turn, asker: Asker, rest: str) -> None:
    """`/muc 12 0`: the whole clause of the first place shown for question 12."""
    row, place = await _asked_place(turn, rest)
    _say_whole(turn, row, place, asker, votable=False)


async def _asked_place(turn: Turn, rest: str) -> tuple[questions.Question, int]:
    question_id, place = number(rest), number(rest.partition(" ")[2])
    if question_id is None or place is None:
        raise NoSuchRecord(rest)
    async with turn.reading() as tx:
        row = await questions.find(tx, question_id, for_=turn.who)
    if place >= len(row.cited) + len(row.rejected):
        raise NoSuchRecord(rest)
    return row, place


def _say_whole(turn: Turn, row: questions.Question, index: int, asker: Asker, *, votable: bool) -> None:
    place = [*row.cited, *row.rejected][index]
    found = asker.place(place["document"], place["place"], day=today(turn.now), audience=turn.audience)
    language = "en" if row.language == Language.EN else turn.language
    of = say[language]
    if found is None:  # withdrawn or suspended since
        turn.say(of.gone(place["document"], staff=turn.who.is_staff))
        return
    pieces = in_pieces(in_words(found.quote))
    for piece in pieces[:-1]:
        turn.say(of.piece(piece))
    votes = (Button(of.up_label(), f"/hay {row.id}"), Button(of.down_label(), f"/do {row.id}"))
    source = sources(found, language, unconfirmed=unconfirmed([found], asker))
    moved_on = remarked(remarks_on([found.quote]), language) + moved([found], language)
    turn.say(of.whole(pieces[-1], source, moved_on), buttons=(votes,) if votable else ())
