"""The beginning: what this is, what it stores and for how long, how to be forgotten; a menu by role."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.office import Office
from handlers.says import Says, words
from handlers.turn import Button, Rows, Turn
from storage.who import Role, Who

router = Router(name=__name__)
say = words("handlers/start")

# Whose work the unanswered questions are.
_ASKED = frozenset(
    {Role.QMS_SECRETARY, Role.DIRECTOR, Role.DEPUTY_DIRECTOR, Role.HEAD_OF_UNIT, Role.OFFICER, Role.CLERK}
)
# The role a person is greeted by, when holding several.
_BY_RANK = (
    Role.DIRECTOR,
    Role.DEPUTY_DIRECTOR,
    Role.QMS_SECRETARY,
    Role.HEAD_OF_UNIT,
    Role.INTERNAL_AUDITOR,
    Role.OFFICER,
    Role.CLERK,
    Role.ADMINISTRATOR,
)


def short_notice(language: str, office: Office) -> str:
    """Return the privacy notice in its short form: what stands above the first answer in a chat."""
    return say[language].short_notice(office)


def menu(who: Who, language: str) -> Rows:
    """Return the buttons of the menu of this person: only what they may do."""
    of = say[language]
    rows: list[tuple[Button, ...]] = [(Button(of.procedures(), "/thutuc"),)]
    if who.is_staff:
        rows.append((Button(of.tickets_to_work(), "/phieu"),))
        if who.roles & _ASKED:
            rows.append((Button(of.unanswered(), "/cauhoi"),))
        rows.append((Button(of.dossiers_to_work(), "/viec"),))
    else:
        rows.append((Button(of.person(), "/gapcanbo"),))
        rows.append((Button(of.own_tickets(), "/phieu"),))
        rows.append((Button(of.dossiers(), "/hoso"),))
    other = "en" if language == "vi" else "vi"
    rows += [(Button(of.help(), "/trogiup"),), (Button(of.privacy(), "/riengtu"),)]
    return (*rows, (Button(of.other_language(), f"/ngonngu {other}"),))


def rank(who: Who) -> str:
    """Return the role somebody is greeted by."""
    return next((role.value for role in _BY_RANK if role in who.roles), Role.CITIZEN.value)


@router.message(Says("start", "bat dau", "menu", "thuc don"))
@router.callback_query(Says("start"))
@router.message(Says("batdau"))
async def start(_event: Message | CallbackQuery, turn: Turn, office: Office) -> None:
    # These words are the notice in full: the short form above them would say it twice.
    turn.notice = ""
    turn.say(
        say[turn.language].greeting(office, turn.who, rank(turn.who)),
        buttons=menu(turn.who, turn.language),
        numbered=True,
    )
