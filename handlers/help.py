"""`/trogiup`: what can be said here, by role."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.office import Office
from handlers.says import Says, words
from handlers.start import menu
from handlers.turn import Turn

router = Router(name=__name__)
say = words("handlers/help")


@router.message(Says("trogiup", "tro giup", "giup", "help", "huong dan"))
@router.callback_query(Says("trogiup"))
async def help_(_event: Message | CallbackQuery, turn: Turn, office: Office) -> None:
    turn.say(
        say[turn.language].help(office, staff=turn.who.is_staff), buttons=menu(turn.who, turn.language), numbered=True
    )
