"""What Telegram says when it refuses, in its own words: the Bot API has no other codes for it."""

# Parts of the description of a 400 that mean: nobody can be reached in this chat.
UNREACHABLE = (
    "chat not found",
    "user is deactivated",
    "bot was blocked",
    "bot was kicked",
    "not enough rights",
    "PEER_ID_INVALID",
)
