"""Telegram, by python-telegram-bot: notifications behind the replies of the same token, never faster than it allows.

Only one process sends the notifications of a token: it takes a lease for as long as it has something to send. Imported
only where it runs: the library costs half a second.
"""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, TelegramError
from telegram.ext import ExtBot

from knowledge.wording import plain, split
from knowledge.wording import telegram as markup
from notifications.pace import Pace
from notifications.telegram_line import FloodedError, Limiter, Request, is_unreachable, meaning
from notifications.tenure import Tenure
from notifications.transports import Address, Gone, Later, Message, Outcome, Refused, Sent, Unknown
from storage import Store, Tx, halts, leases, messages, outbox, unreachable

log = logging.getLogger(__name__)

NAME = "telegram"
_API = "https://api.telegram.org"
_LONGEST = 4096
_MOST_DATA = 64
# How long the lease is renewed after the last message: replies have the whole rate again when it has run out.
_BUSY = 10.0
_BEGUN = 200
# Whoever has the lease looks every second: what we claimed in vain is theirs by then.
_ELSEWHERE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Line:
    """How a Bot API server is reached. `api`: its address, "" for Telegram's own. `proxy`: of HTTP, "" for none."""

    token: str
    api: str = ""
    proxy: str = ""

    @property
    def bot_id(self) -> int:
        return int(self.token.partition(":")[0])


class Telegram:
    """`pace`: that of the token's replies where they are sent by this process too, else one of its own.

    `alone`, `shared`: messages a second, while no other process sends replies with this token, and while one does.
    """

    name = NAME
    stored_is_sent = False

    def __init__(
        self,
        line: Line,
        store: Store,
        *,
        pace: Pace,
        holder: str,
        alone: float = 28.0,
        shared: float = 20.0,
        lasts: timedelta = timedelta(seconds=6),
    ) -> None:
        base = f"{line.api.rstrip('/') or _API}/bot"
        request = Request(line.proxy)
        self._bot: ExtBot[int] = ExtBot(line.token, request=request, rate_limiter=Limiter(pace), base_url=base)
        self._store, self._pace, self._bot_id = store, pace, line.bot_id
        self._sender = f"{NAME}:{line.bot_id}"
        self._tenure = Tenure(store, f"{self._sender}:notices", holder, lasts=lasts)
        self._alone, self._shared = alone, shared
        self._taking = asyncio.Lock()
        self._busy_until = self._away_until = 0.0
        # What was said of a message whose next part failed: it is not said again.
        self._begun: OrderedDict[str, list[int]] = OrderedDict()
        self._moved: dict[int, int] = {}

    def ready(self, now: datetime) -> bool:  # noqa: ARG002  the seam's; whoever has the lease knows it by its own clock
        """Tell whether it is worth trying: no halt stands, and no other process is known to send."""
        return not self._pace.is_halted() and self._away_until <= asyncio.get_running_loop().time()

    async def beat(self, now: datetime) -> None:
        """Renew the lease while there is something to send, obey other processes' halts; every two seconds or so.

        Raises what the store raises; whatever it could not do, the next beat does.
        """
        time = asyncio.get_running_loop().time()
        if self._tenure.is_held() and time < self._busy_until:
            await self._tenure.keep(now)
        elif self._tenure.is_held():
            await self._tenure.give_back()
        async with self._store.reading() as tx:
            until = await halts.of(tx, self._sender)
            replies = await leases.of(tx, self._sender, now)
            notices = await leases.of(tx, self._tenure.name, now)
        self._obey(until, now)
        if notices is not None and notices.holder != self._tenure.holder:
            self._away_until = time + (notices.until - now).total_seconds()
        else:
            self._away_until = 0.0
        if self._tenure.is_held():
            is_elsewhere = replies is not None and replies.holder != self._tenure.holder
            self._pace.slow_to(self._shared if is_elsewhere else self._alone)

    async def send(self, to: Address, message: Message, *, now: datetime) -> Outcome:
        """Send it in as many parts as it needs; `why` of what comes back names nobody."""
        try:
            if not await self._has_lease(now):
                return Later(_ELSEWHERE, "another process sends", line=True)
            return await self._sent(self._moved.get(to.chat_id, to.chat_id), message, now)
        except Exception as failure:  # whatever it is, one message is no reason to stop the others
            log.exception("message not sent")
            return Unknown(type(failure).__name__)

    async def record(self, tx: Tx, to: Address, message: Message, sent: Sent, *, now: datetime) -> int | None:
        """Write it as a spoken row of its chat, so that a button pressed under it is found."""
        chat_id = self._moved.get(to.chat_id, to.chat_id)
        rows = await messages.said(
            tx, channel=NAME, bot_id=to.bot_id, chat_id=chat_id, answers=None, bodies=[message.body()], at=now
        )
        await messages.spoken(tx, rows, now, [sent.outside_id])
        return rows[0]

    async def close(self) -> None:
        await self._bot.request.shutdown()
        await self._tenure.give_back()

    async def _has_lease(self, now: datetime) -> bool:
        time = asyncio.get_running_loop().time
        self._busy_until = time() + _BUSY
        async with self._taking:  # of those who come at once one asks
            if self._tenure.is_held():
                return True
            try:
                if await self._tenure.keep(now):
                    return True
            except Exception as failure:  # noqa: BLE001  the store is away: nothing was sent
                log.warning("cannot ask for the lease of notifications", extra={"why": type(failure).__name__})
        self._away_until = time() + _ELSEWHERE.total_seconds()
        return False

    def _obey(self, until: datetime | None, now: datetime) -> None:
        if until is not None and until > now:
            self._pace.halt((until - now).total_seconds())

    async def _sent(self, chat_id: int, message: Message, now: datetime) -> Outcome:
        parts, said = split(message.html, _LONGEST), self._begun.pop(message.key, [])
        keyboard, is_plain = _keyboard(message), False
        if not parts:
            return Refused("nothing to say")
        while len(said) < len(parts):
            is_last = len(said) == len(parts) - 1
            try:
                said.append(await self._say(chat_id, parts[len(said)], keyboard if is_last else None, is_plain))
            except ChatMigrated as moved:
                chat_id = await self._follow(chat_id, moved.new_chat_id)
            except TelegramError as failure:
                if isinstance(failure, BadRequest) and not is_plain and not is_unreachable(failure):
                    log.warning("not taken as it is", extra={"why": "400"})
                    is_plain, keyboard = True, None
                    continue
                self._remember(message.key, said)
                return await self._outcome(failure, chat_id, now)
        return Sent(",".join(map(str, said)))

    async def _say(self, chat_id: int, part: str, keyboard: InlineKeyboardMarkup | None, is_plain: bool) -> int:
        said = await self._bot.send_message(
            chat_id,
            plain(part)[:_LONGEST] if is_plain else markup(part),
            parse_mode=None if is_plain else "HTML",
            reply_markup=keyboard,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return said.message_id

    def _remember(self, key: str, said: list[int]) -> None:
        if said:
            self._begun[key] = said
            while len(self._begun) > _BEGUN:
                self._begun.popitem(last=False)

    async def _follow(self, old: int, new: int) -> int:
        self._moved[old] = new
        async with self._store.begin() as tx:
            await outbox.moved(tx, self._bot_id, old, new)
        return new

    async def _outcome(self, failure: TelegramError, chat_id: int, now: datetime) -> Outcome:
        """Return what this failure means, and let the other senders of the token know what concerns them."""
        outcome = meaning(failure)
        try:
            if isinstance(failure, FloodedError) and isinstance(outcome, Later):
                self._pace.halt(outcome.after.total_seconds())
                async with self._store.begin() as tx:
                    await halts.halt(tx, self._sender, now + outcome.after)
            elif isinstance(outcome, Gone):
                async with self._store.begin() as tx:
                    await unreachable.mark(tx, self._bot_id, chat_id, now)
        except Exception:  # the others will meet the same answer themselves
            log.exception("an answer of Telegram not passed on")
        return outcome


def _keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Return the buttons as Telegram takes them; one whose command is too long goes by where it stands, "#0.1"."""
    keys, number = [], 0
    for line in message.buttons:
        row = []
        for button in line:
            if "url" in button:
                row.append(InlineKeyboardButton(button["text"], url=button["url"]))
                continue
            data = button["data"]
            row.append(
                InlineKeyboardButton(
                    button["text"], callback_data=data if len(data.encode()) <= _MOST_DATA else f"#0.{number}"
                )
            )
            number += 1
        keys.append(row)
    return InlineKeyboardMarkup(keys) if keys else None
