"""Never silence: what no conversation understands gets a fitting line."""

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from handlers.elsewhere import to_the_page
from handlers.office import Office
from handlers.says import words
from handlers.turn import Turn

# After every command, before free text.
router = Router(name=__name__)
# After everything.
last = Router(name=f"{__name__}.last")
say = words("handlers/otherwise")

_PAPERS = frozenset({"photo", "document", "animation", "voice", "audio", "video", "video_note", "paid_media"})
# A picture that was looked at for the code of a receipt.
_PICTURES = frozenset({"no_code", "too_large", "not_fetched", "too_many"})
_REMARKABLE = frozenset(
    {"sticker", "dice", "game", "location", "venue", "contact", "own_contact", "poll", "edited", "added"}
)
_KNOWN = _PAPERS | _PICTURES | _REMARKABLE


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
async def anything(_event: Message, turn: Turn, office: Office) -> None:
    kind = turn.attachment if turn.attachment in _KNOWN else "other"
    html = say[turn.language].anything(kind, staff=turn.who.is_staff)
    turn.say(html, buttons=to_the_page(turn, office) if kind in _PAPERS | _PICTURES else ())
