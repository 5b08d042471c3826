"""`theo dõi`, `bỏ theo dõi`: hear of each change in the same chat, or of none; papers to add; the history."""

from typing import Literal

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from handlers.dossier import CODE, asked
from handlers.dossier_view import code_of, listing
from handlers.office import Office
from handlers.says import Says, words
from handlers.turn import Button, Turn
from knowledge.workdays import today
from storage import Tx, dossier_imports, dossier_links, dossier_rights, dossier_work
from storage.dossiers import Dossier, Status

router = Router(name=__name__)
say = words("handlers/dossier_follow")

_FOLLOWED = 8
# As many of somebody's dossiers are looked through for the one that is meant.
LINKED = 50


async def _one(tx: Tx, turn: Turn, rest: str) -> Dossier | None:
    """Return the dossier that is meant, or the only one that this chat knows; None: it must be named, or proved."""
    if code := code_of(turn, rest):
        return await dossier_rights.find(tx, code[1], for_=turn.who, day=today(turn.now))
    known = await dossier_rights.linked(tx, turn.who, limit=LINKED)
    meant = [one for one in known if one.key.endswith(rest)] if rest.isdigit() else known
    return meant[0] if len(meant) == 1 else None


async def _not_yet(
    turn: Turn, state: FSMContext, office: Office, rest: str, *, then: Literal["show", "follow"] = "show"
) -> None:
    """Ask for the proof of a dossier that was named, existing or not, and for the name of one that was not."""
    if code := code_of(turn, rest):
        await asked(turn, state, office, *code, then=then)
    else:
        await listing(turn, office)


@router.message(Says("theodoi", "theo doi", "theo doi ho so", "theo doi hs", "follow", then=CODE))
@router.callback_query(Says("theodoi"))
async def follow(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, office: Office, rest: str) -> None:
    async with turn.reading() as tx:
        dossier = await _one(tx, turn, rest)
    if dossier is None:
        await _not_yet(turn, state, office, rest, then="follow")
        return
    async with turn.begin() as tx:
        await dossier_links.follow(tx, turn.who, dossier, on=True, at=turn.now)
        of = say[turn.language]
        stop = ((Button(of.stop_button(), f"/botheodoi {dossier.code}"),),)
        turn.say(of.followed(dossier, dossier_links.FOLLOWED_FOR.days), buttons=stop)


@router.message(
    Says("botheodoi", "bo theo doi", "bo theo doi ho so", "khong theo doi nua", "dung theo doi", "unfollow", then=CODE)
)
@router.callback_query(Says("botheodoi"))
async def unfollow(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    of = say[turn.language]
    async with turn.reading() as tx:
        followed = await dossier_links.followed(tx, turn.who.person_id, limit=_FOLLOWED)
        named = await _one(tx, turn, rest) if code_of(turn, rest) else None
    dossier = named or (followed[0] if len(followed) == 1 else None)
    if dossier is None:
        buttons = tuple((Button(of.stop_one(one), f"/botheodoi {one.code}"),) for one in followed)
        turn.say(of.which(len(followed)), buttons=buttons)
        return
    async with turn.begin() as tx:
        was = await dossier_links.follow(tx, turn.who, dossier, on=False, at=turn.now)
        turn.say(of.unfollowed(dossier, was))


@router.message(Says("giayto", "giay to", "giay to can bo sung", "giay to con thieu", "missing papers", then=CODE))
@router.callback_query(Says("giayto"))
async def papers(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, office: Office, rest: str) -> None:
    async with turn.reading() as tx:
        dossier = await _one(tx, turn, rest)
        if dossier is None and not code_of(turn, rest):
            known = await dossier_rights.linked(tx, turn.who, limit=LINKED)
            lacking = [one for one in known if one.missing and one.is_open]
            dossier = lacking[0] if len(lacking) == 1 else None
        as_of = await dossier_imports.as_of(tx, dossier) if dossier else None
    if dossier is None:
        await _not_yet(turn, state, office, rest)
        return
    turn.say(say[turn.language].papers(dossier, as_of), buttons=_back(turn, dossier))


@router.message(Says("lichsu", "lich su ho so", "qua trinh ho so", "history", then=CODE))
@router.callback_query(Says("lichsu"))
async def history(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, office: Office, rest: str) -> None:
    async with turn.reading() as tx:
        dossier = await _one(tx, turn, rest)
        rows = await dossier_rights.history(tx, dossier.id) if dossier else ()
        works = dossier is not None and await dossier_rights.is_work(tx, dossier, turn.who, day=today(turn.now))
        as_of = await dossier_imports.as_of(tx, dossier) if dossier else None
    if dossier is None:
        await _not_yet(turn, state, office, rest)
        return
    turn.say(say[turn.language].history(dossier, rows, as_of, staff=works), buttons=_back(turn, dossier))


async def added(turn: Turn, office: Office, rest: str) -> None:
    """Hear from whoever filed a dossier that they added the papers: its officer sees that, its status stays.

    The status is the source's; papers are handed in where the dossier was, and this chat takes none.
    """
    of, code = say[turn.language], code_of(turn, rest)
    async with turn.reading() as tx:
        known = await dossier_rights.linked(tx, turn.who, limit=LINKED)
    ending = code[1] if code else rest if rest.isdigit() else ""
    meant = [one for one in known if one.key.endswith(ending)]
    waiting = [one for one in meant if one.status == Status.TO_SUPPLEMENT]
    if not meant:
        await listing(turn, office)
        return
    if len(waiting) != 1:
        turn.say(
            of.which_was_added(len(waiting)),
            buttons=tuple((Button(one.code, f"/bosung {one.code}"),) for one in waiting),
        )
        return
    async with turn.begin() as tx:
        dossier = waiting[0]
        await dossier_work.said_to_be_added(tx, dossier, turn.who, of.said_to_be_added(), at=turn.now)
        turn.say(of.added(dossier, await dossier_imports.as_of(tx, dossier)), buttons=_back(turn, dossier))


def _back(turn: Turn, dossier: Dossier) -> tuple[tuple[Button, ...], ...]:
    return ((Button(say[turn.language].back_button(), f"/hoso {dossier.code}"),),)
