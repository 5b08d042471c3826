"""An officer has replied: the reply goes to the chat in which the citizen asked."""

from knowledge.wording import Words
from notifications.letters import Letter
from storage import Tx, identities, tickets, unreachable


async def letter(tx: Tx, about: int) -> Letter | None:
    """Return the letter for reply `about`.

    Where the account of the ticket is no longer theirs, or blocked us, another live account of the same person is
    told, if there is one. None: the reply was erased, or nobody is left.
    """
    ticket, reply = await tickets.replied(tx, about)
    if reply.body is None:
        return None
    who = await identities.known(tx, ticket.identity_id)
    chat_id = ticket.chat_id
    gone = who is not None and await unreachable.has(tx, who.bot_id, who.number)
    if who is None or chat_id is None or gone:
        others = [one for one in await identities.of(tx, ticket.person_id) if not gone or one != who]
        if others:
            who, chat_id = others[0], others[0].number
    if who is None or chat_id is None:
        return None
    say = Words("notifications/kinds/ticket_replied", who.language or "vi")
    buttons = [
        [{"text": say.show(), "data": f"/phieu {ticket.id}"}],
        [{"text": say.close(), "data": f"/dong {ticket.id}"}],
    ]
    return Letter(who.channel, who.bot_id, chat_id, {"html": say.replied(ticket, reply), "buttons": buttons})
