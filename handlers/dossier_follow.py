"""`theo dõi`, `bỏ theo dõi`: hear of each change in the same chat, or of none; papers to add; the history."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.dossier import CODE
from handlers.dossier_view import code_of, listing
from handlers.office import Office
from handlers.says import Says, words
from handlers.turn import Button, Turn
from knowledge.workdays import today
from storage import Tx, dossier_links, dossier_rights
from storage.base import NoSuchRecord
from storage.dossiers import Dossier

router = Router(name=__name__)
say = words("handlers/dossier_follow")

_FOLLOWED = 8


async def _one(tx: Tx, turn: Turn, rest: str) -> Dossier | None:
    """Return the dossier that is meant, or the only one that this chat knows; None: it must be named.

    Raises NoSuchRecord for one that may not be shown here.
    """
    if code := code_of(turn, rest):
        dossier = await dossier_rights.find(tx, code[1], for_=turn.who, day=today(turn.now))
        if dossier is None:
            raise NoSuchRecord(rest)
        return dossier
    known = await dossier_rights.linked(tx, turn.who, limit=2)
    return known[0] if len(known) == 1 else None


@router.message(Says("theodoi", "theo doi", "theo doi ho so", "theo doi hs", "follow", then=CODE))
@router.callback_query(Says("theodoi"))
async def follow(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    async with turn.reading() as tx:
        dossier = await _one(tx, turn, rest)
    if dossier is None:
        await listing(turn, office)
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
async def papers(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    async with turn.reading() as tx:
        dossier = await _one(tx, turn, rest)
    if dossier is None:
        await listing(turn, office)
        return
    turn.say(say[turn.language].papers(dossier), buttons=_back(turn, dossier))


@router.message(Says("lichsu", "lich su ho so", "qua trinh ho so", "history", then=CODE))
@router.callback_query(Says("lichsu"))
async def history(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    async with turn.reading() as tx:
        dossier = await _one(tx, turn, rest)
        rows = await dossier_rights.history(tx, dossier.id) if dossier else ()
        works = dossier is not None and await dossier_rights.is_work(tx, dossier, turn.who, day=today(turn.now))
    if dossier is None:
        await listing(turn, office)
        return
    turn.say(say[turn.language].history(dossier, rows, staff=works), buttons=_back(turn, dossier))


def _back(turn: Turn, dossier: Dossier) -> tuple[tuple[Button, ...], ...]:
    return ((Button(say[turn.language].back_button(), f"/hoso {dossier.code}"),),)
