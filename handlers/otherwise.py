"""Never silence: what no conversation understands gets a fitting line."""

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from handlers.says import words
from handlers.turn import Turn

# After every command, before free text.
router = Router(name=__name__)
# After everything.
last = Router(name=f"{__name__}.last")
say = words("handlers/otherwise")

_KNOWN = frozenset(
    {"photo", "document", "voice", "audio", "video", "video_note", "sticker", "location", "contact", "edited"}
)


class Slashed(Filter):
    """A command with a slash that no conversation knows."""

    async def __call__(self, _event: Message, turn: Turn) -> bool:
        return turn.command.startswith("/")


@router.message(Slashed())
async def unknown_command(_event: Message, turn: Turn) -> None:
    turn.say(say[turn.language].unknown_command())


@last.callback_query()
async def unknown_button(_event: CallbackQuery, turn: Turn) -> None:
    turn.say(say[turn.language].stale_button(staff=turn.who.is_staff))


@last.message()
@last.edited_message()
async def anything(_event: Message, turn: Turn) -> None:
    kind = turn.body.get("attachment", "")
    turn.say(say[turn.language].anything(kind if kind in _KNOWN else "other", staff=turn.who.is_staff))
