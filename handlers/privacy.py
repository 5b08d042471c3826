"""`/riengtu`: what is held about me, a copy of it, forget me, take a consent back (Law 91/2025/QH15)."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.held import address
from handlers.office import Office
from handlers.says import Says, words
from handlers.turn import Button, Rows, Turn
from storage import consents, privacy

router = Router(name=__name__)
say = words("handlers/privacy")


@router.message(Says("riengtu", "rieng tu", "quyen rieng tu", "du lieu ve toi", "privacy", "my data"))
@router.callback_query(Says("riengtu"))
async def show(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    wish, _, about = rest.partition(" ")
    match wish:
        case "tai":
            _copy(turn)
        case "xoa":
            of = say[turn.language]
            rows: Rows = ((Button(of.erase_yes(), "/riengtu xoahet"),), (Button(of.erase_no(), "/riengtu"),))
            turn.say(of.erase_sure(staff=turn.who.is_staff), buttons=rows, numbered=True)
        case "xoahet":
            await _erase(turn)
        case "rut":
            await _withdraw(turn, about)
        case _:
            await _summary(turn, office)


async def _summary(turn: Turn, office: Office) -> None:
    async with turn.reading() as tx:
        held = await privacy.held(tx, turn.who)
        standing = [given for given in await consents.of(tx, turn.who.person_id) if given.withdrawn_at is None]
    of = say[turn.language]
    rows: list[tuple[Button, ...]] = [(Button(of.copy(), "/riengtu tai"),), (Button(of.erase(), "/riengtu xoa"),)]
    rows += [(Button(of.withdraw(given.purpose), f"/riengtu rut {given.purpose}"),) for given in standing]
    counts = {name: len(held[name]) for name in ("messages", "questions", "tickets", "addresses")}
    turn.say(
        of.summary(held["person"], counts, standing, office, staff=turn.who.is_staff),
        buttons=tuple(rows),
        numbered=True,
    )


def _copy(turn: Turn) -> None:
    of = say[turn.language]
    turn.say(of.copied(staff=turn.who.is_staff), buttons=((Button(of.fetch(), url=address(turn.language)),),))


async def _erase(turn: Turn) -> None:
    staff = turn.who.is_staff
    async with turn.begin() as tx:
        counts = await privacy.erase(tx, turn.who, turn.now)
        turn.form.state, turn.form.data = None, {}
        turn.say(say[turn.language].erased(counts, staff=staff))


async def _withdraw(turn: Turn, purpose: str) -> None:
    async with turn.begin() as tx:
        was = await consents.withdraw(tx, turn.who.person_id, purpose, at=turn.now)
        of = say[turn.language]
        turn.say(of.withdrawn(purpose) if was else of.nothing_to_withdraw())
