"""The cast: people who speak through the real dispatcher and the real store, a road that records, a clock."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, cast

from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage, TelegramMethod
from aiogram.types import Chat, InlineKeyboardMarkup, Message

from bot import conversation
from bot.speaking import speaking
from handlers.office import Office
from handlers.turn import Asker, Button
from knowledge.catalogue import Catalogue
from knowledge.texts import Answer, Audience, Choices, Citation, Courtesy, Found, Language, Question, Refusal, Smalltalk
from knowledge.wording import is_subset, plain, telegram_problems
from storage import Store, identities, links, people
from storage.who import Role

MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
WEB = "1000000002:web"
TELEGRAM = "4242:telegram"
OFFICE = Office(
    address="Số 4 đường Phan Chu Trinh", hours="7:30–11:30, 13:30–17:00, thứ Hai đến thứ Sáu", phone="0258 000"
)


class Clock:
    """Time as the test says it is."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def waits(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a person sees: the words as plain text, the buttons, and the row or message they stand at."""

    html: str
    buttons: tuple[Button, ...] = ()
    message_id: int = 0
    edited: bool = False

    def __contains__(self, words: str) -> bool:
        return words in self.text

    @property
    def text(self) -> str:
        return plain(self.html)

    def button(self, words: str) -> Button:
        return next(button for button in self.buttons if words in button.text)


def _buttons(markup: Any) -> tuple[Button, ...]:
    if not isinstance(markup, InlineKeyboardMarkup):
        return ()
    return tuple(Button(b.text, b.callback_data, b.url) for row in markup.inline_keyboard for b in row)


class Road(BaseSession):
    """A channel that records what is spoken on it, and insists on what every channel needs of the words.

    `stored_is_said` as on the web. `broken`: how many of the next messages fail on the way.
    """

    def __init__(self, *, stored_is_said: bool = True) -> None:
        super().__init__()
        self.stored_is_said = stored_is_said
        self.spoken: dict[int, list[Spoken]] = {}
        self.toasts: list[str | None] = []
        self.broken = 0
        self._ids = itertools.count(9000)

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109  aiogram's signature
    ) -> Any:
        match method:
            case AnswerCallbackQuery(text=text):
                self.toasts.append(text)
                return True
            case SendMessage() | EditMessageText():
                if self.broken:
                    self.broken -= 1
                    raise TelegramNetworkError(cast("TelegramMethod[Any]", method), "the line is down")
                return self._say(bot, method)
        raise AssertionError(f"nobody said that {type(method).__name__} is spoken here")

    def _say(self, bot: Bot, method: SendMessage | EditMessageText) -> Message:
        chat_id = int(method.chat_id or 0)
        check = is_subset if self.stored_is_said else telegram_problems
        html = method.text or ""
        assert html
        assert not check(html), (check(html), html)
        buttons = _buttons(method.reply_markup)
        assert all(len((button.data or "").encode()) <= 64 for button in buttons), buttons
        assert all(button.text and "&amp;" not in button.text and "<" not in button.text for button in buttons)
        edited = isinstance(method, EditMessageText)
        row = speaking.get()
        assert row is not None, "what is said stands in the record first"
        message_id = row if self.stored_is_said else next(self._ids)
        self.spoken.setdefault(chat_id, []).append(Spoken(html, buttons, message_id, edited))
        return Message(message_id=message_id, date=MONDAY, chat=Chat(id=chat_id, type="private"), text="…").as_(bot)

    async def close(self) -> None: ...

    async def stream_content(self, *_: Any, **__: Any) -> Any:
        yield b""


def clause(
    place: str, quote: str, *, heading: str = "", document: str = "STCL", version: str = "1", score: float = 1.0
) -> Citation:
    return Citation(
        document, version, "Sổ tay chất lượng", place, heading or f"{place}. Điều khoản {place}", quote, score
    )


LOST = clause(
    "8.5.3", "Hồ sơ bị mất phải được lập biên bản & báo <ngay> lãnh đạo.", heading="8.5.3. Tài sản của khách hàng"
)
KEPT = clause("7.5.3", "Hồ sơ được lưu 05 năm.", heading="Kiểm soát thông tin dạng văn bản")


@dataclass
class Papers:
    """A library whose findings the test writes down; what nobody wrote down is refused."""

    found: Mapping[str, Found] = field(default_factory=dict)
    whole: Mapping[str, Citation] = field(default_factory=dict)
    asked: list[Question] = field(default_factory=list)
    doubted: frozenset[tuple[str, str]] = frozenset()

    async def ask(self, question: Question) -> Found:
        self.asked.append(question)
        if question.text == "nổ tung":
            raise RuntimeError("the library fell down on 012345678901")
        return self.found.get(question.text, Refusal(None, (), Language.VI))

    def place(self, document: str, place: str, *, day: date, audience: Audience) -> Citation | None:
        return self.whole.get(place)

    def confirmed(self, document: str, version: str) -> bool:
        return (document, version) not in self.doubted

    @property
    def catalogue(self) -> Catalogue:
        return no_procedures()


@cache
def no_procedures() -> Catalogue:
    return Catalogue(())


def papers() -> Papers:
    """Return a library that knows one thing, some courtesies, and one thing in English."""
    return Papers(
        {
            "hồ sơ bị mất thì sao": Answer((LOST,), (), Language.VI),
            "what if a file is lost": Answer((LOST,), (), Language.EN),
            "xin chào": Courtesy(Smalltalk.GREETING, Language.VI),
            "lưu hồ sơ": Choices((LOST, KEPT), (), Language.VI),
            "lệ phí": Refusal(LOST, (KEPT,), Language.VI),
        },
        {"8.5.3": clause("8.5.3", "\n".join(f"Dòng {n} của điều khoản." for n in range(400))), "7.5.3": KEPT},
    )


class House:
    """The dispatcher over one store, as `serve` would put it together; opened again it is a restart."""

    def __init__(self, store: Store, *, clock: Clock, asker: Asker, office: Office = OFFICE) -> None:
        self.store, self.clock, self.asker, self.office = store, clock, asker, office
        self.road = Road()
        self.bot = Bot(WEB, session=self.road)
        self.wires = Road(stored_is_said=False)
        self.telegram = Bot(TELEGRAM, session=self.wires)
        self.posted = 0
        self.dispatcher = self.built()

    def built(self) -> Dispatcher:
        def posted() -> None:
            self.posted += 1

        return conversation.build(self.store, asker=self.asker, clock=self.clock, office=self.office, posted=posted)

    def restarts(self) -> None:
        self.dispatcher = self.built()

    async def citizen(self, name: str = "lan", *, language: str = "vi") -> "Citizen":
        """Bring in somebody on the web whom nobody knows."""
        async with self.store.begin() as tx:
            who = await identities.meet(tx, channel="web", bot_id=self.bot.id, outside_id=name, at=self.clock())
        return Citizen(self, self.bot, who.number, language)

    async def officer(
        self, name: str = "Trần Minh", *roles: Role, unit: str | None = "Văn phòng", fields: Sequence[str] = ()
    ) -> "Citizen":
        """Bring in somebody of the staff, at their desk on the web."""
        async with self.store.begin() as tx:
            person = await people.add(
                tx, name=name, roles=roles or (Role.OFFICER,), unit=unit, fields=fields, at=self.clock(), by=None
            )
            who = await identities.meet(tx, channel="web", bot_id=self.bot.id, outside_id=name, at=self.clock())
            code = await links.issue(tx, person.id, by=None, at=self.clock())
            assert isinstance(await links.redeem(tx, code, who.identity_id, at=self.clock()), links.Linked)
        return Citizen(self, self.bot, who.number, "vi")

    def on_telegram(self, number: int = 77) -> "Citizen":
        """Bring in somebody who writes from Telegram, and has never done so before."""
        return Citizen(self, self.telegram, number, "vi")


_updates = itertools.count(10**15)


class Citizen:
    """Somebody in a chat: what they type and press, and what they then see."""

    def __init__(self, house: House, bot: Bot, number: int, language: str) -> None:
        self.house, self.bot, self.number, self.language = house, bot, number, language
        self.receipts: list[tuple[int, str]] = []

    @property
    def road(self) -> Road:
        session = self.bot.session
        assert isinstance(session, Road)
        return session

    @property
    def seen(self) -> list[Spoken]:
        return self.road.spoken.setdefault(self.number, [])

    def now_shown(self) -> list[Spoken]:
        """Return what stands in the chat, edits applied."""
        shown: dict[int, Spoken] = {}
        for spoken in self.seen:
            shown[spoken.message_id] = spoken
        return list(shown.values())

    async def says(self, text: str, *, update_id: int | None = None) -> list[Spoken]:
        return await self.sends({"text": text}, update_id=update_id)

    async def sends(self, content: dict[str, Any], *, update_id: int | None = None) -> list[Spoken]:
        update_id = update_id or next(_updates)
        message = {"message_id": update_id, "date": 0, "chat": self._chat(), "from": self._from(), **content}
        return await self._works({"update_id": update_id, "message": message})

    async def presses(self, button: Button, on: Spoken | None = None, *, update_id: int | None = None) -> list[Spoken]:
        """Press a button where it stands (the latest message that has it, unless told)."""
        on = on or next(s for s in reversed(self.now_shown()) if button in s.buttons)
        update_id = update_id or next(_updates)
        keys = {"inline_keyboard": [[{"text": b.text, "callback_data": b.data}] for b in on.buttons if b.data]}
        message = {"message_id": on.message_id, "date": 1, "chat": self._chat(), "text": "…", "reply_markup": keys}
        press = {
            "id": f"p{update_id}",
            "chat_instance": "c",
            "from": self._from(),
            "data": button.data,
            "message": message,
        }
        return await self._works({"update_id": update_id, "callback_query": press})

    async def _works(self, update: dict[str, Any]) -> list[Spoken]:
        before = len(self.seen)

        async def heard(row: int, text: str) -> None:
            self.receipts.append((row, text))

        await conversation.work(self.house.dispatcher, self.bot, update, heard=heard)
        return self.seen[before:]

    def _chat(self) -> dict[str, Any]:
        return {"id": self.number, "type": "private"}

    def _from(self) -> dict[str, Any]:
        return {"id": self.number, "is_bot": False, "first_name": "Lan", "language_code": self.language}


def words(spoken: list[Spoken]) -> str:
    """Return everything that was said, as plain text."""
    return "\n".join(one.text for one in spoken)
