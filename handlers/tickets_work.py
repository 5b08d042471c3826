"""`/phieu`: a citizen's own tickets, an officer's work on them: take, reply, close."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.pieces import glimpse
from handlers.says import Says, Typed, number, words
from handlers.turn import Button, Turn
from storage import tickets
from storage.base import NoSuchRecord
from storage.tickets import Ticket, TicketState

router = Router(name=__name__)
forms = Router(name=f"{__name__}.forms")
say = words("handlers/tickets_work")

# As many as a phone shows without scrolling for long; the oldest come first.
SHOWN = 8
_GLIMPSE = 40


class Replying(StatesGroup):
    body = State()


@router.message(Says("phieu", "phieu cua toi", "ticket", "tickets", "my tickets", then=r"\d+"))
@router.callback_query(Says("phieu"))
async def show(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    ticket_id = number(rest)
    if ticket_id is not None:
        await _show_one(turn, ticket_id)
        return
    async with turn.reading() as tx:
        rows = await tickets.listed(tx, for_=turn.who, limit=SHOWN)
        count = await tickets.waiting(tx, for_=turn.who)
    of = say[turn.language]
    for ticket in rows:
        turn.concerns("ticket", ticket.id)
    buttons = tuple((Button(_line(turn, ticket), f"/phieu {ticket.id}"),) for ticket in rows)
    turn.say(of.listed(count, SHOWN, staff=turn.who.is_staff), buttons=buttons)


def _line(turn: Turn, ticket: Ticket) -> str:
    shown = glimpse(ticket.body or "", _GLIMPSE)
    return f"{ticket.id} · {say[turn.language].state(ticket.state.value)} · {shown}"


async def _show_one(turn: Turn, ticket_id: int) -> None:
    turn.concerns("ticket", ticket_id)
    async with turn.reading() as tx:
        ticket = await tickets.find(tx, ticket_id, for_=turn.who)
        replies = await tickets.replies(tx, ticket_id, for_=turn.who)
    turn.say(say[turn.language].one(ticket, replies), buttons=_steps(turn, ticket))


def _steps(turn: Turn, ticket: Ticket) -> tuple[tuple[Button, ...], ...]:
    """Return buttons for what this person may do with it now; each command checks again for itself."""
    of = say[turn.language]
    mine = ticket.officer_id == turn.who.person_id
    row = []
    if turn.who.is_staff and ticket.state is TicketState.OPEN:
        row.append(Button(of.take(), f"/nhan {ticket.id}"))
    if mine and ticket.state is not TicketState.CLOSED:
        row.append(Button(of.reply(), f"/traloi {ticket.id}"))
    if (mine or ticket.person_id == turn.who.person_id) and ticket.state is not TicketState.CLOSED:
        row.append(Button(of.close(), f"/dong {ticket.id}"))
    return (tuple(row),) if row else ()


@router.message(Says("nhan", "nhan phieu", "take", then=r"\d+", alone=False))
@router.callback_query(Says("nhan"))
async def take(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    ticket_id = _ticket(rest)
    turn.concerns("ticket", ticket_id)
    async with turn.begin() as tx:
        ticket = await tickets.take(tx, ticket_id, turn.who.person_id, turn.now)
        turn.say(say[turn.language].taken(ticket), buttons=_steps(turn, ticket))


@router.message(Says("traloi", "tra loi", "tra loi phieu", "reply", then=r"\d+", alone=False))
@router.callback_query(Says("traloi"))
async def begin_reply(_event: Message | CallbackQuery, turn: Turn, state: FSMContext, rest: str) -> None:
    async with turn.reading() as tx:
        ticket = await tickets.find(tx, _ticket(rest), for_=turn.who)
    if ticket.officer_id != turn.who.person_id or ticket.state is TicketState.CLOSED:
        raise NoSuchRecord(rest)
    turn.concerns("ticket", ticket.id)
    await state.set_state(Replying.body)
    await state.set_data({"ticket": ticket.id})
    turn.say(say[turn.language].ask_reply(ticket))


@forms.message(Replying.body, Typed())
async def reply(_event: Message, turn: Turn, state: FSMContext) -> None:
    ticket_id: int = (await state.get_data())["ticket"]
    await state.clear()
    turn.concerns("ticket", ticket_id)
    async with turn.begin() as tx:
        await tickets.reply(tx, ticket_id, turn.who.person_id, turn.text, turn.now)
        close = ((Button(say[turn.language].close(), f"/dong {ticket_id}"),),)
        turn.say(say[turn.language].replied(ticket_id), buttons=close)


@router.message(Says("dong", "dong phieu", "close", then=r"\d+", alone=False))
@router.callback_query(Says("dong"))
async def close(_event: Message | CallbackQuery, turn: Turn, rest: str) -> None:
    ticket_id = _ticket(rest)
    async with turn.begin() as tx:
        await tickets.close(tx, ticket_id, turn.who.person_id, turn.now)
        turn.say(say[turn.language].closed(ticket_id))


def _ticket(rest: str) -> int:
    ticket_id = number(rest)
    if ticket_id is None:
        raise NoSuchRecord(rest)
    return ticket_id
