"""How fast a sender may go: evenly over all chats, slowly in each of them, and not at all while a halt stands."""

import asyncio
from collections import deque

# Telegram counts what arrives, not what is sent: two messages to one chat must not come closer than a second there.
_SLACK = 1.05
_CHATS = 1000

Line = deque[tuple[int, asyncio.Future[None]]]


class HaltedError(Exception):
    """A halt stands. `seconds`: how long it lasts still."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"halted for {seconds:.0f} s")
        self.seconds = seconds


class Pace:
    """Evenly, `per_second` at most over all chats and `per_chat` in each: a burst is what gets a bot stopped.

    Replies of a conversation go first; what is `behind` them (notifications) gets every place that they leave.
    """

    def __init__(self, per_second: float, *, per_chat: float = 1.0) -> None:
        self._gap = 1 / per_second
        self._chat_gap = _SLACK / per_chat
        self._next = 0.0
        self._halted = 0.0
        self._chats: dict[int, float] = {}
        self._many = _CHATS
        self._lines: tuple[Line, Line] = (deque(), deque())
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, chat_id: int, *, behind: bool = False) -> None:
        """Wait for one's turn to send one message to this chat.

        Raises HaltedError for what is `behind`, when a halt stands or comes: it has its own place to wait.
        """
        if behind and self.is_halted():
            raise HaltedError(self._left())
        place = asyncio.get_running_loop().create_future()
        waiting, line = (chat_id, place), self._lines[behind]
        line.append(waiting)
        self._hand_out()
        try:
            await place
        finally:
            if waiting in line:  # cancelled: nobody waits for a turn of theirs
                line.remove(waiting)

    def halt(self, seconds: float) -> None:
        """Let nobody send for so long; its end is no burst."""
        self._halted = max(self._halted, asyncio.get_running_loop().time() + seconds)
        for _, place in self._lines[True]:
            if not place.done():
                place.set_exception(HaltedError(self._left()))

    def slow_to(self, per_second: float) -> None:
        """Go on at this rate: the rest of what the other side allows belongs to another process."""
        self._gap = 1 / per_second

    def is_halted(self) -> bool:
        return self._left() > 0

    def _left(self) -> float:
        return self._halted - asyncio.get_running_loop().time()

    def _hand_out(self) -> None:
        """Give a turn to whoever may go now, and come back when the next one may."""
        loop = asyncio.get_running_loop()
        now = due = loop.time()
        if self._timer:
            # One that comes a little late slows nothing down; one that comes very late has nothing to catch up with.
            due = max(min(self._timer.when(), now), now - self._gap)
            self._timer.cancel()
            self._timer = None
        while any(self._lines):
            at = max(self._next, self._halted)
            if at <= now and (at := self._give(now)) <= now:
                self._next = max(self._next, due) + self._gap
            if at > now:
                self._timer = loop.call_at(at, self._hand_out)
                return

    def _give(self, now: float) -> float:
        """Give one turn and return `now`; if none may go in its chat, return the moment when one may."""
        soonest = now + self._chat_gap
        for line in self._lines:
            for waiting in line:
                chat_id, place = waiting
                free = self._chats.get(chat_id, 0.0)
                if free <= now:
                    line.remove(waiting)
                    self._spoke(chat_id, now)
                    if not place.done():
                        place.set_result(None)
                    return now
                soonest = min(soonest, free)
        return soonest

    def _spoke(self, chat_id: int, now: float) -> None:
        # A group takes twenty a minute.
        self._chats[chat_id] = now + (self._chat_gap if chat_id > 0 else 3 * self._chat_gap)
        if len(self._chats) > self._many:
            self._chats = {chat: free for chat, free in self._chats.items() if free > now}
            self._many = _CHATS + 2 * len(self._chats)
