"""An officer has replied: the reply goes to the chat in which the citizen asked."""

from collections.abc import Sequence
from datetime import timedelta

from notifications.kind import Addressee, Fact, Lane, Letter, Press, Told
from storage import Tx, messages, tickets, who
from storage.addresses import EMAIL, Address

LANE = Lane.URGENT
WORTH = timedelta(days=30)
# The answer that somebody waits for, where they asked.
QUIET = False
RETRY_UNKNOWN = True
GATHERED: timedelta | None = None
KEEP = False
WORDS = 2
SAMPLE = Letter(
    {"ticket": 12, "reply": "Lệ phí là 200.000 đồng, nộp tại Bộ phận Một cửa."},
    ((Press("show", "/phieu 12"),), (Press("close", "/dong 12"),)),
)
# What is said on a channel where it is not the same.
SAMPLES_ON = {EMAIL: Letter({"ticket": 12, "reply": ""}, SAMPLE.buttons)}


async def addressees(tx: Tx, fact: Fact) -> Sequence[Addressee]:
    """Return who asked; the account may be theirs no more, then their other addresses are tried."""
    ticket, reply = await tickets.replied(tx, fact.about)
    if reply.body is None or ticket.chat_id is None:
        return ()
    return (Addressee(ticket.person_id, Address(ticket.channel, ticket.bot_id, ticket.chat_id)),)


async def letter(tx: Tx, told: Told) -> Letter | None:
    """Return the reply word for word where it can be read in the chat; a mailbox is only told that there is one."""
    ticket, reply = await tickets.replied(tx, told.facts[0].about)
    if reply.body is None or ticket.person_id != told.person_id:
        return None
    body = "" if told.channel == EMAIL else reply.body
    buttons = ((Press("show", f"/phieu {ticket.id}"),), (Press("close", f"/dong {ticket.id}"),))
    return Letter({"ticket": ticket.id, "reply": body}, buttons, (messages.mark("ticket", ticket.id),))


async def unit(tx: Tx, about: int) -> int | None:
    """Return the unit of the officer who replied."""
    _, reply = await tickets.replied(tx, about)
    return await who.unit_of(tx, reply.officer_id)
