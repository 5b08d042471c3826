"""The catalogue in a chat: by field, by letter, one procedure and its aspects, and its papers to tick off."""

from dataclasses import dataclass

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers import spoken_of
from handlers.office import Office
from handlers.pieces import glimpse
from handlers.procedure_saying import Law, Speaker
from handlers.says import Says, words
from handlers.turn import Asker, Button, Rows, Saying, Turn
from knowledge.asked_aspect import by_name
from knowledge.fields import fields, named
from knowledge.procedures import Aspect, Procedure
from knowledge.workdays import today
from storage import Tx, messages

router = Router(name=__name__)
say = words("handlers/procedures")

ALL = "tat-ca"
_PAPERS = 20  # on one message
_LABEL = 44
_DIGITS = 4


def speaker(turn: Turn, office: Office, language: str | None = None) -> Speaker:
    return Speaker(language or turn.language, office, today(turn.now), staff=turn.who.is_staff)


@router.message(Says("thutuc", "thu tuc", "danh muc thu tuc", "danh sach thu tuc", "tra cuu thu tuc", "procedures"))
@router.callback_query(Says("thutuc"))
async def browse(_event: Message | CallbackQuery, turn: Turn, asker: Asker, office: Office, rest: str) -> None:
    """`/thutuc`, `/thutuc 4 [page]` (a field), `/thutuc chu b [page]` (names that begin so)."""
    day, of = today(turn.now), say[turn.language]
    first, _, others = rest.strip().partition(" ")
    if not len(asker.catalogue):
        turn.say(of.no_procedures())
    elif first == "chu":
        _say_letters(turn, asker, office, others.strip())
    elif first.isascii() and first.isdigit() and int(first[:3]) in {field.no for field in fields()}:
        number = int(first[:3])
        held = asker.catalogue.of_field(number, day)
        if not held:
            turn.say(of.empty_field(named(number), turn.who.is_staff), buttons=((_menu(turn),),))
            return
        listed = speaker(turn, office).listed(held, f"/thutuc {number}", _page(others))
        turn.sayings.append(
            Saying(str(of.field(named(number), len(held))) + listed.html, listed.buttons, numbered=True)
        )
    else:
        held = asker.catalogue.holding(day)
        turn.say(of.menu(len(held), any(one.sample for one in held)), buttons=_fields(turn, asker), numbered=True)


def _fields(turn: Turn, asker: Asker) -> Rows:
    day = today(turn.now)
    counts = {field.no: len(asker.catalogue.of_field(field.no, day)) for field in fields()}
    buttons = [Button(f"{field.name} ({counts[field.no]})", f"/thutuc {field.no}") for field in fields()]
    rows = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    return (*rows, (Button(say[turn.language].letters_label(), "/thutuc chu"),))


def _say_letters(turn: Turn, asker: Asker, office: Office, rest: str) -> None:
    of, day = say[turn.language], today(turn.now)
    beginning, _, page = rest.rpartition(" ") if rest.rpartition(" ")[2].isdigit() and " " in rest else (rest, "", "")
    if not beginning:
        letters = asker.catalogue.letters(day)
        buttons = [Button(f"{letter} ({count})", f"/thutuc chu {letter}") for letter, count in letters.items()]
        rows = tuple(tuple(buttons[start : start + 4]) for start in range(0, len(buttons), 4))
        turn.say(of.letters(), buttons=rows)
        return
    held = asker.catalogue.beginning(beginning, day)
    if not held:
        turn.say(of.nothing_under(beginning), buttons=((_menu(turn),),))
        return
    listed = speaker(turn, office).listed(held, f"/thutuc chu {beginning[:24]}", _page(page))
    turn.sayings.append(Saying(str(of.letter(beginning, len(held))) + listed.html, listed.buttons, numbered=True))


def _menu(turn: Turn) -> Button:
    return Button(say[turn.language].catalogue_label(), "/thutuc")


def _page(said: str) -> int:
    return int(said[:4]) if said.isascii() and said.isdigit() else 1


@router.message(Says("tt"))
@router.callback_query(Says("tt"))
async def show(_event: Message | CallbackQuery, turn: Turn, asker: Asker, office: Office, rest: str) -> None:
    """`/tt 2.000674`: the card. `/tt 2.000674 le-phi`: an aspect, whole. `/tt 2.000674 tat-ca`: everything."""
    key, _, what = rest.partition(" ")
    day = today(turn.now)
    procedure = asker.catalogue.find(key, day)
    if procedure is None:
        turn.say(say[turn.language].gone(staff=turn.who.is_staff), buttons=((_menu(turn),),))
        return
    async with turn.begin() as tx:
        await spoken_of.remember(tx, turn, procedure.cited)
        turn.sayings += shown(speaker(turn, office), procedure, what.strip(), law=asker.catalogue.moved(procedure, day))


def shown(speak: Speaker, procedure: Procedure, what: str, *, law: Law) -> list[Saying]:
    """Return what a press on a procedure opens: an aspect by its name, everything, or the card."""
    aspect = by_name().get(what)
    if what == ALL:
        return speak.everything(procedure, law)
    if aspect is None or aspect not in procedure.aspects:
        return [speak.card(procedure, law)]
    return speak.whole(procedure, aspect, law)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the checklist: its number from 1, what it is, in which case it is asked for ("" always)."""

    number: int
    said: str
    case: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Checklist:
    """All papers of a dossier, the page of them that is shown (from 0), and the one just pressed (0: untick all)."""

    papers: tuple[Paper, ...]
    page: int
    pressed: int | None

    @property
    def shown(self) -> tuple[Paper, ...]:
        return self.papers[self.page * _PAPERS : (self.page + 1) * _PAPERS]


@router.message(Says("danhdau"))
@router.callback_query(Says("danhdau"))
async def checklist(_event: Message | CallbackQuery, turn: Turn, asker: Asker, rest: str) -> None:
    """`/danhdau KEY`: the papers to tick off. `/danhdau KEY 3` ticks the third, or takes it away; `0` takes all."""
    key, _, pressed = rest.partition(" ")
    procedure, of = asker.catalogue.find(key, today(turn.now)), say[turn.language]
    if procedure is None:
        turn.say(of.gone(staff=turn.who.is_staff), buttons=((_menu(turn),),))
        return
    said = papers(procedure)
    if not said:
        turn.say(of.no_papers())
        return
    number, page = _pressed(pressed, len(said))
    async with turn.begin() as tx:
        await spoken_of.remember(tx, turn, procedure.cited)
        ticked = await spoken_of.ticked(tx, turn, procedure.cited, procedure.version)
        if number is not None:
            ticked = ticked ^ {number} if number else set()
            await spoken_of.tick(tx, turn, procedure.cited, procedure.version, ticked)
            turn.toast(of.ticked_toast(number in ticked))
        held = tuple(Paper(place, name, case, place in ticked) for place, (name, case) in enumerate(said, 1))
        await _say_checklist(tx, turn, procedure, Checklist(held, page, number), again=bool(pressed))


def _pressed(said: str, count: int) -> tuple[int | None, int]:
    """Return (paper, page): what `3` or `p2` after the procedure means; 0 is no paper and unticks all."""
    digits = said.removeprefix("p")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):
        return None, 0
    number, most = int(digits), (count - 1) // _PAPERS
    if said.startswith("p"):
        return None, min(number, most)
    return (number, max(0, number - 1) // _PAPERS) if number <= count else (None, 0)


async def _say_checklist(tx: Tx, turn: Turn, procedure: Procedure, listed: Checklist, *, again: bool) -> None:
    """Show a page of the list; a tick changes the message that was pressed."""
    of, number = say[turn.language], listed.pressed
    done, total = sum(paper.ticked for paper in listed.papers), len(listed.papers)
    html = str(of.head(procedure)) + str(of.checklist(listed.shown, done, total, turn.who.is_staff))
    saying = Saying(html, _boxes(turn, procedure, listed), numbered=True)
    row = turn.pressed_on if again else None
    if row is None or not await messages.one(tx, row, turn.bot_id, turn.chat_id):
        turn.sayings.append(saying)
        return
    turn.edits.append((row, saying))
    if turn.text and number is not None:
        # Who typed a number may not see that a message further up has changed.
        ticked = any(paper.number == number and paper.ticked for paper in listed.papers)
        turn.say(of.ticked_line(number, ticked, done, total) if number else of.unticked_line())


def _boxes(turn: Turn, procedure: Procedure, listed: Checklist) -> Rows:
    of, command, page = say[turn.language], f"/danhdau {procedure.cited}", listed.page
    rows: Rows = tuple(
        (Button(f"{place}. {'☑' if paper.ticked else '☐'} {glimpse(paper.said, _LABEL)}", f"{command} {paper.number}"),)
        for place, paper in enumerate(listed.shown, 1)
    )
    turns = [Button(of.previous_label(), f"{command} p{page - 1}")] if page else []
    turns += [Button(of.next_label(), f"{command} p{page + 1}")] if (page + 1) * _PAPERS < len(listed.papers) else []
    return (*rows, *((tuple(turns),) if turns else ()), (Button(of.clear_label(), f"{command} 0"),))


def papers(procedure: Procedure) -> list[tuple[str, str]]:
    """Return the papers of the dossier in order: (what, in which case); from the lines where no table is known."""
    if procedure.papers:
        return [(paper.name, paper.case) for paper in procedure.papers]
    said = procedure.aspects.get(Aspect.PAPERS)
    return [(line.strip(" -•+"), "") for line in said.lines if line.strip(" -•+")] if said else []
