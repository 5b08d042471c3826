"""`/xinloi CODE`: the letter of apology of a dossier that will be late, drafted for whoever works on it."""

from urllib.parse import quote

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.dossier import CODE
from handlers.dossier_view import calendar, code_of
from handlers.office import Office
from handlers.says import Says, words
from handlers.turn import Button, Turn
from knowledge.deadlines import apology_by
from knowledge.workdays import today
from storage import dossier_rights
from storage.base import NoSuchRecord
from storage.dossier_work import WORKS

router = Router(name=__name__)
say = words("handlers/apology")

# Where the page hands it out (bot/web/papers).
PAGE = "xin-loi"


@router.message(
    Says("xinloi", "xin loi", "van ban xin loi", "du thao xin loi", "letter of apology", then=CODE, alone=False)
)
@router.callback_query(Says("xinloi"))
async def letter(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    code, of = code_of(turn, rest), say[turn.language]
    if code is None or not turn.who.roles & WORKS:
        raise NoSuchRecord(rest)
    async with turn.reading() as tx:
        dossier = await dossier_rights.worked(tx, code[1], for_=turn.who, day=today(turn.now), held=False)
        worked_by = await calendar(tx, office)
    if dossier.due_at is None or not dossier.is_open or dossier.extended_at is not None:
        turn.say(of.needless(dossier))
        return
    # On the page itself it is one step away; elsewhere only where the page has an address of its own.
    page = "" if turn.who.channel == "web" else office.web_url
    can_be_reached = turn.who.channel == "web" or page.startswith("https://")
    buttons = ((Button(of.fetch(), url=f"{page}/{PAGE}/{quote(dossier.code, safe='')}"),),) if can_be_reached else ()
    by = apology_by(worked_by, today(dossier.due_at))
    turn.say(of.drafted(dossier, by, by < today(turn.now), can_be_reached), buttons=buttons)
