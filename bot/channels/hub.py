"""The open sockets of every chat: what is said goes to all tabs, and no slow one holds up another."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Frame = Mapping[str, Any]
# What costs something to make is made when somebody looks.
Lazy = Callable[[], Frame]

# A socket this far behind is dropped: its page reconnects and reads the history, so nothing is lost.
BEHIND = 256
# More tabs than this of one chat are not a person; the oldest gives way.
TABS = 8
# Row ids that were pushed lately, per chat: the watch for rows of other processes must not push them again.
RECENT = 256


class Line:
    """One open socket's outgoing frames. `overrun` is set when the socket cannot keep up or must give way."""

    def __init__(self, chat_id: int) -> None:
        self.chat_id = chat_id
        self.read_to = 0  # the newest row that the page has from its history
        self.overrun = asyncio.Event()
        self.waiting: asyncio.Queue[str] = asyncio.Queue(BEHIND)

    def offer(self, frame: Frame) -> None:
        self.offer_text(json.dumps(frame, ensure_ascii=False))

    def offer_text(self, text: str) -> None:
        try:
            self.waiting.put_nowait(text)
        except asyncio.QueueFull:
            self.overrun.set()


class Hub:
    """Who is looking at which chat, in this process. Everything here returns at once."""

    def __init__(self) -> None:
        self._lines: dict[int, list[Line]] = {}
        self._pushed: dict[int, deque[int]] = {}

    def join(self, line: Line) -> None:
        lines = self._lines.setdefault(line.chat_id, [])
        self._pushed.setdefault(line.chat_id, deque(maxlen=RECENT))
        lines.append(line)
        if len(lines) > TABS:
            lines[0].overrun.set()

    def leave(self, line: Line) -> None:
        lines = self._lines.get(line.chat_id, [])
        if line in lines:
            lines.remove(line)
        if not lines:
            self._lines.pop(line.chat_id, None)
            self._pushed.pop(line.chat_id, None)

    def push(self, chat_id: int, frame: Frame | Lazy, *, row: int | None = None) -> None:
        """Give the frame to every open socket of the chat. `row`: the message row it shows, if it shows one."""
        lines = self._lines.get(chat_id)
        if not lines:
            return
        if row is not None:
            self._pushed[chat_id].append(row)
        text = json.dumps(frame() if callable(frame) else frame, ensure_ascii=False)
        for line in lines:
            line.offer_text(text)

    def catch_up(self, chat_id: int, frame: Frame, *, row: int) -> None:
        """Push a row that was found in the record to the sockets that cannot have it yet."""
        if chat_id not in self._lines or row in self._pushed[chat_id]:
            return
        self._pushed[chat_id].append(row)
        for line in self._lines[chat_id]:
            if line.read_to < row:
                line.offer(frame)

    def chats(self) -> Iterable[int]:
        return tuple(self._lines)

    def lines(self, chat_id: int) -> int:
        return len(self._lines.get(chat_id, ()))
