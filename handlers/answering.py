"""What a finding sounds like: the words of an answer, in one place for the chat and the command line."""

import re
from collections.abc import Collection, Sequence
from datetime import date

from handlers.office import Office
from handlers.pieces import glimpse
from handlers.procedure_saying import ProcedureFound, Speaker
from handlers.turn import Button, Rows, Saying, counted
from knowledge.remarks import remarks
from knowledge.tabled import in_words
from knowledge.texts import Answer, Choices, Citation, Courtesy, Found, Language, Refusal
from knowledge.validity import told
from knowledge.wording import Words

# More quotations than this are no longer read on a phone; the rest is one press away.
SHOWN = 3
_NUMBERED = re.compile(r"\d+(?:\.\d+)*")
_LEADING = re.compile(r"^\s*(?:\d+(?:\.\d+)*)[.:)]?\s+")
_LABEL = 48

Version = tuple[str, str]


def spoken_in(found: Found, language: str) -> str:
    """Return the language of the framing: the question's when it was English, else the chat's."""
    return "en" if found.language is Language.EN else language


def answer(
    found: Found,
    *,
    language: str,
    office: Office,
    question_id: int | None,
    day: date,
    unconfirmed: Collection[Version] = (),
    staff: bool = False,
) -> list[Saying]:
    """Return what is said to a finding. `question_id` None: nothing was recorded, so there is nothing to press.

    `unconfirmed`: (document, version) of texts whose effective day nobody has confirmed yet. `staff`: a colleague asks.
    `day`: today in Viet Nam.
    """
    language = spoken_in(found, language)
    say = Words("handlers/answering", language)
    if isinstance(found, ProcedureFound):
        under = () if question_id is None else votes(say, question_id)
        return [Speaker(language, office, day, staff=staff).found(found, question_id, under)]
    match found:
        case Answer():
            return [_answered(found, say, language, question_id, unconfirmed)]
        case Choices():
            return [_choices(found, say, question_id, staff=staff)]
        case Refusal():
            return [_refused(found, say, office, question_id, staff=staff)]
        case Courtesy():
            return [Saying(say.courtesy(found.about.value, office, staff))]


def at_the_right_door(*, language: str, office: Office) -> list[Saying]:
    """Return what is said to a text that sounds like a denunciation and is not stored.

    Law 25/2018/QH14: articles 22-23 (what a denunciation needs), 25 (unsigned ones), 13 (directors: the chairman).
    """
    return [Saying(Words("handlers/answering", language).right_door(office))]


def shown_places(found: Found) -> tuple[list[Citation], list[Citation]]:
    """Return (cited, rejected) as they are recorded; a button names a place by its index in cited + rejected."""
    match found:
        case Answer(citations=citations, rejected=rejected) | Choices(citations=citations, rejected=rejected):
            return list(citations), list(rejected)
        case Refusal(nearest=nearest, rejected=rejected):
            others = [
                c for c in rejected if nearest is None or (c.document, c.place) != (nearest.document, nearest.place)
            ]
            return [], ([nearest] if nearest else []) + others
        case Courtesy():
            return [], []


def heading(citation: Citation) -> str:
    """Return a heading without the number that the place names already; a passage without any is called by its name."""
    if _NUMBERED.fullmatch(citation.place):
        return _LEADING.sub("", citation.heading)
    return citation.heading or citation.place


def clause(place: str) -> str:
    """Return the number of a clause ("9.1.2"), "" for a place that has only a name."""
    return place if _NUMBERED.fullmatch(place) else ""


def label(citation: Citation, say: Words) -> str:
    """Return the words of a button that opens this place."""
    name = heading(citation)
    if number := clause(citation.place):
        name = f"{say.clause_label()} {number}" + (f": {name}" if name else "")
    return glimpse(name, _LABEL)


def sources(citation: Citation, language: str, *, unconfirmed: Collection[Version] = ()) -> str:
    """Return the line that says which clause of which version of which document was quoted."""
    doubtful = (citation.document, citation.version) in unconfirmed
    return Words("handlers/answering", language).cited(citation, clause(citation.place), heading(citation), doubtful)


def remarked(keys: Sequence[str], language: str) -> list[str]:
    """Return in words what has moved on since the text was approved."""
    known = {remark.key: remark for remark in remarks()}
    return [known[key].en if language == "en" else known[key].vi for key in keys]


def moved(cited: Sequence[Citation], language: str) -> list[str]:
    """Return in words what has become of the law that these quotations rest on, each text once."""
    return told(dict.fromkeys(text for citation in cited for text in citation.law), language)


def _answered(
    found: Answer, say: Words, language: str, question_id: int | None, unconfirmed: Collection[Version]
) -> Saying:
    shown = found.citations[:SHOWN]
    quoted = [(in_words(one.quote), sources(one, language, unconfirmed=unconfirmed)) for one in shown]
    html = say.answered(quoted, remarked(found.remarks, language) + moved(shown, language))
    return Saying(html, () if question_id is None else _under_an_answer(shown, say, question_id))


def _under_an_answer(shown: Sequence[Citation], say: Words, question_id: int) -> Rows:
    if len(shown) == 1:
        whole: Rows = ((Button(say.whole_label(), f"/muc {question_id} 0"),),)
    else:
        whole = tuple((Button(label(c, say), f"/muc {question_id} {n}"),) for n, c in enumerate(shown))
    return (*whole, votes(say, question_id))


def votes(say: Words, question_id: int) -> tuple[Button, ...]:
    """Return the row of buttons by which an answer is judged."""
    return (Button(say.up_label(), f"/hay {question_id}"), Button(say.down_label(), f"/do {question_id}"))


def _choices(found: Choices, say: Words, question_id: int | None, *, staff: bool) -> Saying:
    if question_id is None:
        return Saying(say.choices([label(c, say) for c in found.citations], staff))
    rows: Rows = tuple((Button(label(c, say), f"/chon {question_id} {n}"),) for n, c in enumerate(found.citations))
    none = (Button(say.none_label(), f"/khongphai {question_id}"),)
    return Saying(say.choices([], staff), counted((*rows, none)), numbered=True)


def _refused(found: Refusal, say: Words, office: Office, question_id: int | None, *, staff: bool) -> Saying:
    near = found.nearest
    html = say.refused(
        near, clause(near.place) if near else "", heading(near) if near else "", office, question_id, staff
    )
    if question_id is None:
        return Saying(html)
    nearest: Rows = ((Button(label(near, say), f"/muc {question_id} 0"),),) if near else ()
    return Saying(html, (*nearest, (Button(say.person_label(), f"/gapcanbo {question_id}"),)))
