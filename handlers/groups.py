"""In a group only the documents are spoken of: nothing personal is asked, shown or begun where others listen."""

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from handlers import (
    absence,
    addresses,
    apology,
    calendar_work,
    cancel,
    digest,
    dossier,
    dossier_follow,
    dossier_pin,
    dossier_work,
    language,
    link,
    privacy,
    queue,
    start,
    ticket,
    tickets_work,
    validity,
)
from handlers.says import Says, words
from handlers.turn import Button, Turn

router = Router(name=__name__)
say = words("handlers/groups")

_PRIVATE = (
    absence,
    addresses,
    apology,
    calendar_work,
    cancel,
    digest,
    dossier,
    dossier_follow,
    dossier_pin,
    dossier_work,
    language,
    link,
    privacy,
    queue,
    start,
    ticket,
    tickets_work,
    validity,
)


def _commands() -> list[Says]:
    heard = [handler for module in _PRIVATE for handler in module.router.message.handlers]
    filters = [filter_.callback for handler in heard for filter_ in handler.filters or ()]
    return [one for one in filters if isinstance(one, Says)]


class NotHere(Filter):
    """Something in a group that is between one person and the office."""

    def __init__(self) -> None:
        self._commands = _commands()

    async def __call__(self, _event: Message | CallbackQuery, turn: Turn) -> bool:
        if not turn.in_group:
            return False
        personal = bool(turn.suspicion or turn.secret)
        return personal or any(says.match(turn.command) is not None for says in self._commands)


@router.message(NotHere())
@router.callback_query(NotHere())
async def go_private(_event: Message | CallbackQuery, turn: Turn) -> None:
    of = say[turn.language]
    turn.say(of.only_in_private(), buttons=((Button(of.write_to_me(), url=turn.home),),) if turn.home else ())
