"""Where a person can be told something: a chat of a channel, or a mailbox."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Address:
    """One place of one person. `channel`: "web", "telegram", "email" …; a mailbox has no bot and no chat (0, 0).

    A mailbox is personal data (Law 91/2025): it never stands in a `repr`, a log or a reason.
    """

    channel: str
    bot_id: int = 0
    chat_id: int = 0
    mailbox: str = field(default="", repr=False)
