"""The web chat: what is written into the record of a conversation is told, to an open page or to whoever returns."""

from datetime import datetime

from notifications.transports import Address, Message, Outcome, Sent
from storage import Tx, messages, wake

NAME = "web"


class Web:
    """Sending is recording; it needs no network and has no pace."""

    name = NAME
    stored_is_sent = True

    def ready(self, now: datetime) -> bool:  # noqa: ARG002  the seam's
        return True

    async def send(self, to: Address, message: Message, *, now: datetime) -> Outcome:  # noqa: ARG002  the seam's
        return Sent()

    async def record(self, tx: Tx, to: Address, message: Message, sent: Sent, *, now: datetime) -> int | None:  # noqa: ARG002  the seam's
        """Write the row that the page shows, and wake the process that has the page open."""
        (row,) = await messages.said(
            tx, channel=NAME, bot_id=to.bot_id, chat_id=to.chat_id, answers=None, bodies=[message.body()], at=now
        )
        await wake.ring(tx, to.bot_id, to.chat_id)
        return row

    async def beat(self, now: datetime) -> None: ...

    async def close(self) -> None: ...
