"""One row of the record as Telegram shows it: cut into messages, in its HTML, with its buttons under the last one."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiogram import Bot
from aiogram.methods import DeleteMessage, EditMessageText, SendDocument, SendMessage
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)

from bot import meaning
from bot.channels.telegram_paper import Paper
from bot.channels.telegram_session import Fate, fate
from handlers.turn import Saying, said
from knowledge.wording import plain, split, telegram
from storage.messages import Message

Turn = Callable[[int], Awaitable[None]]

_LONGEST = 4096
_LONGEST_CAPTION = 1024
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Utterance:
    """A row on its way. What was said of it stays said when a later part fails and is tried again.

    `reply_to`: the message in a group that it answers. `doors`: the addresses that stand for one-time links.
    `paper`: the file that it is about. `saying`: what it says, where that is more than the row holds.
    """

    def __init__(  # noqa: PLR0917  see above; a row and what goes with it
        self,
        bot: Bot,
        row: Message,
        reply_to: int = 0,
        doors: Mapping[str, str] | None = None,
        paper: Paper | None = None,
        saying: Saying | None = None,
    ) -> None:
        self._bot, self.row, self._reply_to, self._doors, self._paper = bot, row, reply_to, doors or {}, paper
        self._saying = saying or said(row.body or {})
        self._parts = split(self._saying.html, _LONGEST_CAPTION if paper else _LONGEST)
        self._standing = [int(one) for one in (row.outside_id or "").split(",") if one]
        self._done = 0
        self._plain = False

    @property
    def outside_id(self) -> str | None:
        """Return the ids of the messages that show this row, with commas between; None if none does."""
        return ",".join(map(str, self._standing)) or None

    def can_be_plainer(self) -> bool:
        """Drop marks and buttons, which Telegram may have refused; False when they have been dropped already."""
        if self._plain:
            return False
        self._plain = True
        return True

    async def say(self, turn: Turn) -> None:
        """Say what has not been said yet, each part in its `turn`. Raises what that and the session raise."""
        while self._done < len(self._parts):
            await turn(self.row.chat_id)
            if self._done < len(self._standing):
                await self._change(self._done)
            else:
                await self._add(self._done)
            self._done += 1
        while len(self._standing) > len(self._parts):
            await self._bot(DeleteMessage(chat_id=self.row.chat_id, message_id=self._standing[-1]))
            self._standing.pop()

    async def _add(self, number: int) -> None:
        method = self._method(number)
        if self._reply_to > 0 and number == 0:
            method = method.model_copy(
                update={
                    "reply_parameters": ReplyParameters(message_id=self._reply_to, allow_sending_without_reply=True)
                }
            )
        message = await self._bot(method)
        self._standing.append(message.message_id)

    def _method(self, number: int) -> SendMessage | SendDocument:
        content = self._content(number)
        if self._paper is None or number < len(self._parts) - 1:
            return SendMessage(chat_id=self.row.chat_id, link_preview_options=_NO_PREVIEW, **content)
        file = BufferedInputFile(self._paper.content, self._paper.name)
        return SendDocument(chat_id=self.row.chat_id, document=file, caption=content.pop("text"), **content)

    async def _change(self, number: int) -> None:
        content = self._content(number)
        method = EditMessageText(
            chat_id=self.row.chat_id,
            message_id=self._standing[number],
            link_preview_options=_NO_PREVIEW,
            **content,
        )
        try:
            await self._bot(method)
        except Exception as failure:
            # Unchanged, or gone, or too old to be changed: what it says stands in the record.
            if fate(failure) not in {Fate.SAID, Fate.WRONG}:
                raise

    def _content(self, number: int) -> dict[str, Any]:
        part = self._parts[number]
        if self._plain:
            return {"text": plain(part)[:_LONGEST], "parse_mode": None}
        last = number == len(self._parts) - 1
        return {"text": telegram(part), "parse_mode": "HTML", "reply_markup": self._keyboard() if last else None}

    def _keyboard(self) -> InlineKeyboardMarkup | None:
        keys, number = [], 0
        for line in self._saying.buttons:
            row = []
            for button in line:
                if self._paper and button.url == self._paper.address:
                    continue  # it is the file above
                if button.url:
                    row.append(InlineKeyboardButton(text=button.text, url=self._doors.get(button.url, button.url)))
                else:
                    data = meaning.data_of(button, self.row.id, number)
                    row.append(InlineKeyboardButton(text=button.text, callback_data=data))
                    number += 1
            keys += [row] if row else []
        return InlineKeyboardMarkup(inline_keyboard=keys) if keys else None
