"""`/ngonngu vi|en`: in which language this person is spoken to, on every channel."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.says import Says, plainly, words
from handlers.start import menu
from handlers.turn import Button, Turn
from storage import people

router = Router(name=__name__)
say = words("handlers/language")

_NAMES = {
    "vi": "vi",
    "tieng viet": "vi",
    "vietnamese": "vi",
    "en": "en",
    "english": "en",
    "tieng anh": "en",
}
_NAMED = "|".join(_NAMES)


@router.message(Says("ngonngu", "ngon ngu", "language", then=_NAMED))
@router.message(Says("english", "tieng anh", "tieng viet", "vietnamese"))
@router.callback_query(Says("ngonngu"))
async def choose(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    language = _NAMES.get(plainly(rest)) or _NAMES.get(plainly(turn.command))
    if language is None:
        turn.say(say[turn.language].which(), buttons=_BOTH, numbered=True)
        return
    turn.language = language
    turn.reminder = ""
    async with turn.begin() as tx:
        await people.speak(tx, turn.who.person_id, language, at=turn.now)
        turn.say(say[language].chosen(), buttons=menu(turn.who, language), numbered=True)


_BOTH = ((Button("Tiếng Việt", "/ngonngu vi"), Button("English", "/ngonngu en")),)
