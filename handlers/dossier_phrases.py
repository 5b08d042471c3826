"""What people say of dossiers without a command, in the words that they use: "0412 bo sung r", "hs toi dau r"."""

import re
from typing import Any

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from handlers import dossier_work as desk
from handlers.apology import letter
from handlers.dossier import forgotten
from handlers.dossier_follow import LINKED, added, follow, history, papers
from handlers.dossier_view import listing, show
from handlers.office import Office
from handlers.says import Told
from handlers.turn import Turn
from knowledge.dossier_phrases import Phrase, Wish, meant_by_citizen, meant_by_staff, spelled
from knowledge.vietnamese import fold
from storage import dossier_rights

# After what a form waits for, before what names a dossier by its whole code.
router = Router(name=__name__)

# What people call a thing, and what a procedure calls it.
_CALLED = {
    "xang": ("xang",),
    "dau": ("xang", "dau"),
    "gas": ("lpg", "khi"),
    "ga": ("lpg", "khi"),
    "ruou": ("ruou",),
    "bia": ("ruou", "bia"),
    "no": ("no",),
    "min": ("no",),
    "thuoc": ("thuoc",),
    "km": ("khuyen",),
}
_SHORT = 6
# "ngày nào có kết quả" may be asked of any procedure; "bao giờ có giấy" is asked by who waits for it.
_WHEN = re.compile(r"\b(?:bao gio|khi nao|bao lau|chua)\b")
_MINE = re.compile(r"\bcua (?:toi|em|minh|chau|cong ty)\b")


class ByCitizen(Told):
    """A citizen says something of a dossier of theirs, in a whole message."""

    def __init__(self) -> None:
        super().__init__(meant_by_citizen, staff=False)

    async def __call__(self, _event: Message, turn: Turn) -> bool | dict[str, Any]:
        found = await super().__call__(_event, turn)
        return found if isinstance(found, dict) and await self._is_of_dossiers(turn, found["rest"]) else False

    @staticmethod
    async def _is_of_dossiers(turn: Turn, phrase: Phrase) -> bool:
        """Tell it from a question to the documents: who has no dossier here may ask how long a procedure takes."""
        if phrase.wish not in {Wish.STATUS_PERHAPS, Wish.PAPERS}:
            return True
        async with turn.reading() as tx:
            if await dossier_rights.linked(tx, turn.who, limit=1):
                return True
        said = spelled(turn.text)
        short = (
            (len(said.split()) <= _SHORT or _MINE.search(said))
            and not phrase.topic
            and not turn.previous
            and not turn.spoken_of
        )
        return phrase.wish is Wish.STATUS_PERHAPS and bool(short) and _WHEN.search(said) is not None


@router.message(Told(meant_by_staff, staff=True))
async def by_staff(_event: Message, turn: Turn, state: FSMContext, office: Office, rest: Phrase) -> None:
    phrase = rest
    match phrase.wish:
        case Wish.WORK | Wish.LATE | Wish.SOON:
            await desk.work(_event, turn, office, "")
        case Wish.SHOW:
            await desk.work(_event, turn, office, phrase.which)
        case Wish.KNOWN:
            await desk.acknowledge(_event, turn, phrase.which)
        case Wish.IN_TIME:
            await desk.in_time(_event, turn, phrase.which)
        case Wish.NOT_IN_TIME:
            await desk.late(_event, turn, phrase.which)
        case Wish.SUPPLEMENTED:
            await desk.supplemented(_event, turn, office, phrase.which)
        case Wish.APOLOGY | Wish.HISTORY:
            await _gone_on_with(_event, turn, state, office, phrase)
        case Wish.HAND_ON:
            await desk.hand_on(turn, state, phrase.which, whom=phrase.whom, why=phrase.text)
        case _:
            await desk.note_at_once(turn, phrase.which, phrase.text)


async def _gone_on_with(event: Message, turn: Turn, state: FSMContext, office: Office, phrase: Phrase) -> None:
    """Go on with the whole code, as if its button had been pressed."""
    name = "xinloi" if phrase.wish is Wish.APOLOGY else "lichsu"
    if (found := await desk.meant(turn, phrase.which, name)) is None:
        return
    turn.command = f"/{name} {found.code}"
    if phrase.wish is Wish.APOLOGY:
        await letter(event, turn, office, found.code)
    else:
        await history(event, turn, state, office, found.code)


@router.message(ByCitizen())
async def by_citizen(_event: Message, turn: Turn, state: FSMContext, office: Office, rest: Phrase) -> None:
    phrase = rest
    match phrase.wish:
        case Wish.FORGOTTEN:
            await forgotten(_event, turn, office)
        case Wish.FOLLOW:
            await follow(_event, turn, state, office, phrase.which)
        case Wish.PAPERS:
            await papers(_event, turn, state, office, phrase.which)
        case Wish.SUPPLEMENTED:
            await added(turn, office, phrase.which)
        case _:
            await _status(turn, office, phrase)


async def _status(turn: Turn, office: Office, phrase: Phrase) -> None:
    async with turn.reading() as tx:
        rows = await dossier_rights.linked(tx, turn.who, limit=LINKED)
    meant = [row for row in rows if row.key.endswith(phrase.which)]
    named = [row for row in meant if _is_about(row.procedure_name, phrase.topic)]
    about = named or [row for row in meant if _is_about(row.field or "", phrase.topic)] or meant
    if len(about) == 1:
        await show(turn, office, about[0])
    else:
        await listing(turn, office)


def _is_about(name: str, topic: tuple[str, ...]) -> bool:
    """Tell whether what somebody calls their dossier stands in the name of its procedure, or of its field."""
    found = frozenset(fold(name).replace(",", " ").split())
    return any(word in found for said in topic for word in _CALLED.get(said, (said,)))
