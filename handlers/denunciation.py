"""What sounds like a denunciation of a person, or of bribery, is not stored here: it is shown the right door."""

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import Message

from handlers.answering import at_the_right_door
from handlers.elsewhere import with_page
from handlers.office import Office
from handlers.turn import Turn

router = Router(name=__name__)


class Suspicious(Filter):
    async def __call__(self, _event: Message, turn: Turn) -> bool:
        return turn.suspicion is not None


@router.message(Suspicious())
async def show_the_door(_event: Message, turn: Turn, office: Office) -> None:
    # No question row, no journal entry, no log line: nothing but the reply says that there was such a text.
    for saying in with_page(turn, office, at_the_right_door(language=turn.language, office=office)):
        turn.say(saying.html, buttons=saying.buttons)
