"""From which address somebody speaks, for the length of a turn: guesses are counted by it."""

from contextvars import ContextVar

# As the web chat's limits know it; "" where a channel does not tell.
WHENCE: ContextVar[str] = ContextVar("whence", default="")
