"""What a finding about procedures sounds like: an aspect with mark and source, a card, choices, what is missing."""

from collections.abc import Sequence
from datetime import date

from handlers.office import Office
from handlers.pieces import in_pieces
from handlers.short_labels import short_labels
from handlers.turn import Button, Rows, Saying, counted
from knowledge.fields import named
from knowledge.law import LegalText
from knowledge.procedure_found import (
    ON_CARD,
    AspectAnswer,
    Card,
    EmptyField,
    FieldAnswer,
    NothingSaid,
    ProcedureChoices,
    WhichProcedure,
    parted,
)
from knowledge.procedure_quoting import is_whole, quoted
from knowledge.procedures import Aspect, Procedure
from knowledge.validity import told
from knowledge.wording import Words

ProcedureFound = AspectAnswer | Card | ProcedureChoices | NothingSaid | WhichProcedure | FieldAnswer | EmptyField
Law = Sequence[LegalText]  # what has moved on of the law that a procedure rests on
PAGE = 8
_IN_ROW = 3
_ON_CARD_WORDS = 45


class Speaker:
    """Says what is known of procedures: in one language, to one kind of reader, as of one day (Viet Nam's)."""

    def __init__(self, language: str, office: Office, day: date, *, staff: bool) -> None:
        self.words = Words("handlers/procedures", language)
        self._answering = Words("handlers/answering", language)
        self._language = language
        self._office = office
        self._day = day
        self._staff = staff

    def found(self, found: ProcedureFound, question_id: int | None, votes: tuple[Button, ...] = ()) -> Saying:
        """Return what is said to a finding; with `question_id` None nothing can be pressed."""
        match found:
            case AspectAnswer():
                parts = [(parted(c.place)[1], c.quote) for c in found.citations]
                said = self.aspects(found.procedure, parts, _law(found))
                said = Saying(said.html, (*said.buttons, votes), said.numbered)
            case Card():
                said = self.card(found.procedure, _law(found))
                said = Saying(said.html, (*said.buttons, votes), said.numbered)
            case ProcedureChoices():
                said = self._choices(found, question_id)
            case FieldAnswer():
                said = self.listed(found.procedures, f"/thutuc {found.field}", pressable=question_id is not None)
                title = self.words.field(named(found.field), len(found.procedures))
                said = Saying(_joined(title, said.html), said.buttons, said.numbered)
            case _:
                said = self._missing(found, question_id)
        return said if question_id is not None else Saying(said.html)

    def aspects(self, procedure: Procedure, parts: Sequence[tuple[Aspect | None, str]], law: Law) -> Saying:
        """Return aspects of a procedure, each quoted with its mark and source, and buttons for the others."""
        say, html, whole = self.words, [self._head(procedure)], []
        for aspect, quote in parts:
            said = procedure.aspects.get(aspect) if aspect else None
            if aspect is None or said is None:
                continue
            complete = is_whole(procedure, aspect, quote)
            name = say.aspect(aspect.value)
            html.append(say.part(name, quote, say.marked(said), complete))
            if not complete:
                whole.append(
                    (Button(say.whole_label(say.short(aspect.value)), f"/tt {procedure.cited} {aspect.value}"),)
                )
        shown = [aspect for aspect, _ in parts if aspect]
        html += [self._warnings(procedure, law), self._origin(procedure, [say.aspect(one.value) for one in shown])]
        rows = (*whole, *self._others(procedure, shown))
        return self._counted(Saying(_joined(*html), rows))

    def whole(self, procedure: Procedure, aspect: Aspect, law: Law) -> list[Saying]:
        """Return one aspect with all that is said of it, in several messages where it is long."""
        said = procedure.aspects.get(aspect)
        *before, last = in_pieces(said.text if said else "")
        name = self.words.aspect(aspect.value)
        if said and before:
            pieces = [Saying(_joined(self._head(procedure), self.words.piece(name, piece))) for piece in before]
            html = [self.words.continued(), self.words.part(name, last, self.words.marked(said), whole=True)]
            html += [self._warnings(procedure, law), self._origin(procedure, [name])]
            return [*pieces, self._counted(Saying(_joined(*html), self._others(procedure, [aspect])))]
        return [self.aspects(procedure, [(aspect, last)], law)]

    def card(self, procedure: Procedure, law: Law) -> Saying:
        """Return a short card: the aspects most asked for in a few words each, each with its mark."""
        say = self.words
        rows = [self._row(procedure, aspect) for aspect in ON_CARD if aspect in procedure.aspects]
        html = [self._head(procedure), say.card(rows), self._warnings(procedure, law), self._origin(procedure, ())]
        buttons = self._others(procedure, ())
        html.append(say.more() if procedure.aspects else "")
        return self._counted(Saying(_joined(*html), buttons))

    def everything(self, procedure: Procedure, law: Law) -> list[Saying]:
        """Return all aspects in full, in several messages where one would be too long; the last has the buttons."""
        say, pieces = self.words, [str(self._head(procedure))]
        for aspect in Aspect:
            if said := procedure.aspects.get(aspect):
                quote = quoted(procedure, aspect)
                part = say.part(say.aspect(aspect.value), quote, say.marked(said), is_whole(procedure, aspect, quote))
                if len(pieces[-1]) + len(part) > _MESSAGE:
                    pieces.append(str(say.continued()))
                pieces[-1] += str(part)
        pieces[-1] = _joined(pieces[-1], self._warnings(procedure, law), self._origin(procedure, ()))
        *before, last = pieces
        return [*(Saying(one) for one in before), self._counted(Saying(last, self._others(procedure, ())))]

    def listed(self, procedures: Sequence[Procedure], command: str, page: int = 1, *, pressable: bool = True) -> Saying:
        """Return a page of procedures; `command` and a number open another one."""
        if not pressable:
            return Saying(self.words.listed([one.name for one in procedures]))
        pages = max(1, -(-len(procedures) // PAGE))
        page = min(max(1, page), pages)
        shown = procedures[(page - 1) * PAGE : page * PAGE]
        labels = short_labels([one.name for one in shown])
        rows: Rows = tuple((Button(said, f"/tt {one.cited}"),) for said, one in zip(labels, shown, strict=True))
        turns = [Button(self.words.previous_label(), f"{command} {page - 1}")] if page > 1 else []
        turns += [Button(self.words.next_label(), f"{command} {page + 1}")] if page < pages else []
        names = self.words.listed(_cut_names(shown, labels))
        return self._counted(Saying(str(names), (*rows, *((tuple(turns),) if turns else ()))))

    def _choices(self, found: ProcedureChoices, question_id: int | None) -> Saying:
        say = self.words
        name = say.aspect(found.aspect.value) if found.aspect else ""
        names = [one.name for one in found.procedures]
        if question_id is None:
            return Saying(say.choices(name, names, self._staff))
        labels = short_labels(names)
        html = say.choices(name, _cut_names(found.procedures, labels), self._staff)
        rows: Rows = tuple((Button(said, f"/chon {question_id} {number}"),) for number, said in enumerate(labels))
        none = (Button(say.none_label(), f"/khongphai {question_id}"),)
        return self._counted(Saying(html, (*rows, none)))

    def _missing(self, found: NothingSaid | WhichProcedure | EmptyField, question_id: int | None) -> Saying:
        say = self.words
        hours = self._answering.hours(self._office)
        ask = say.unrecorded(hours, self._staff) if question_id is None else say.recorded(hours, self._staff)
        officer: Rows = ((Button(say.person_label(), f"/gapcanbo {question_id}"),),)
        match found:
            case NothingSaid(procedure=procedure, aspect=aspect):
                html = _joined(self._head(procedure), say.nothing_said(say.aspect(aspect.value), self._staff))
                rows = (*self._others(procedure, ()), *officer)
                html = _joined(html, ask, self._origin(procedure, ()))
                return self._counted(Saying(html, rows))
            case EmptyField(field=field):
                html = _joined(say.empty_field(named(field), self._staff), ask)
                return Saying(html, ((self._catalogue(),), *officer))
            case WhichProcedure(aspect=aspect):
                return Saying(say.which(say.aspect(aspect.value), self._staff), ((self._catalogue(),), *officer))

    def _head(self, procedure: Procedure) -> str:
        return _joined(self.words.head(procedure), self.words.routed(procedure, self._staff))

    def _row(self, procedure: Procedure, aspect: Aspect) -> str:
        said = procedure.aspects[aspect]
        words = " ".join(said.text.replace("\n", "; ").split()[: _ON_CARD_WORDS + 1])
        if words.count(" ") >= _ON_CARD_WORDS:
            words = words.rpartition(" ")[0] + " …"
        return self.words.row(self.words.aspect(aspect.value), words, said.mark.value)

    def _warnings(self, procedure: Procedure, law: Law) -> str:
        authority = procedure.authority
        late = authority.until if authority and authority.until and authority.until < self._day else None
        return _joined(self.words.flagged(told(law, self._language)), self.words.ended(late) if late else "")

    def _origin(self, procedure: Procedure, names: Sequence[str]) -> str:
        sample = self.words.sample() if procedure.sample else ""
        return _joined(self.words.origin(procedure, ", ".join(names)), sample)

    def _others(self, procedure: Procedure, shown: Sequence[Aspect]) -> Rows:
        """Return the buttons of the aspects that are not shown, of the checklist and of everything."""
        say = self.words
        buttons = [
            Button(say.short(aspect.value), f"/tt {procedure.cited} {aspect.value}")
            for aspect in Aspect
            if aspect in procedure.aspects and aspect not in shown
        ]
        rows = [tuple(buttons[start : start + _IN_ROW]) for start in range(0, len(buttons), _IN_ROW)]
        last = (
            [Button(say.checklist_label(), f"/danhdau {procedure.cited}")] if Aspect.PAPERS in procedure.aspects else []
        )
        last += [Button(say.card_label(), f"/tt {procedure.cited} tat-ca")] if procedure.aspects else []
        return (*rows, *((tuple(last),) if last else ()))

    def _catalogue(self) -> Button:
        return Button(self.words.catalogue_label(), "/thutuc")

    @staticmethod
    def _counted(saying: Saying) -> Saying:
        return Saying(saying.html, counted(saying.buttons), numbered=True)


_MESSAGE = 3300  # characters of HTML: what a message of every channel holds


def _cut_names(procedures: Sequence[Procedure], labels: Sequence[str]) -> list[str]:
    """Return the names to be listed in full above their buttons: all of them where any had to be cut, else none."""
    names = [one.name for one in procedures]
    return names if names != list(labels) else []


def _joined(*parts: str) -> str:
    # Markup escapes what is added to it; these are all words of our own files.
    return "".join(map(str, parts))


def _law(found: AspectAnswer | Card) -> Law:
    return tuple(dict.fromkeys(text for citation in found.citations for text in citation.law))
