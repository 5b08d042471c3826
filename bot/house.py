"""The house put together: read this first. What runs is made here, in this order, and closed in the other."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from aiogram import Bot, Dispatcher

from bot import clock, conversation, heads
from bot.channels import webchat
from bot.channels.hub import Hub
from bot.channels.telegram import NAME as TELEGRAM
from bot.channels.telegram import Telegram, wired
from bot.clockwork import Clockwork
from bot.ears import Ears
from bot.ground import Ground
from bot.hearing import PLAIN, listen
from bot.isolation import isolation
from bot.office import office_of
from bot.settings import Settings
from bot.telling import Telling
from bot.transports import Process, process_name

# How soon an approved version answers in every process.
WATCH = timedelta(seconds=2)
SEAL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class House:
    """A running assistant: what it knows and remembers (ground), whom it talks to, and what it does by itself."""

    ground: Ground
    dispatcher: Dispatcher
    web_bot: Bot
    hub: Hub
    ears: Ears
    telling: Telling
    telegram: Telegram | None = None
    timetable: Clockwork = field(default_factory=Clockwork)

    @classmethod
    async def open(cls, settings: Settings, *, clock: conversation.Clock = clock.now, upgrade: bool = False) -> "House":
        """Open store, library and channels; nothing is served before `begin`.

        Raises what `Ground.open` raises, and MisconfiguredError.
        """
        wire = wired(settings.telegram)
        ground = await Ground.open(settings, upgrade=upgrade)
        PLAIN.asks = ground.desk.plainly_asks
        listen("")  # its weights are read now, not while the first person waits
        hub = Hub()
        house: list[House] = []
        dispatcher = conversation.build(
            ground.store,
            asker=ground.desk,
            clock=clock,
            office=office_of(settings),
            isolation=isolation(settings),
            posted=lambda: house[0].telling.soon(),  # noqa: PLW0108 the house comes later
        )
        feed = partial(conversation.fed, dispatcher, wire) if wire else None
        name = process_name()
        line = Telegram.of(settings, wire, ground.store, feed=feed, clock=clock, holder=name) if wire and feed else None
        process = Process(name, pace=line.pace if line else None)
        telling = Telling(settings, ground.store, process=process, clock=clock)
        web_bot = webchat.bot(ground.store, hub, clock)
        house.append(cls(ground, dispatcher, web_bot, hub, Ears(ground.store), telling, line))
        return house[0]

    def begin(self) -> None:
        """Start what the house does by itself. Every job sweeps what is due, so that a missed beat is caught up."""
        settings, store = self.ground.settings, self.ground.store
        self.timetable.every(WATCH, self._watch, "swap the library")
        self.timetable.every(SEAL, lambda: heads.seal(store, settings.data), "seal the journal")
        self.timetable.start()
        self.timetable.aside(self.ears.forever(), "hear what other processes say")
        self.telling.begin()
        if self.telegram:
            self.ears.on(self.telegram.bot.id, self.telegram.rung)
            self.telegram.begin()

    async def work(self, update: dict[str, Any], heard: conversation.Heard | None = None) -> None:
        """Work one update of the web chat."""
        await conversation.work(self.dispatcher, self.web_bot, update, heard=heard)

    async def _watch(self) -> None:
        if await self.ground.desk.look():
            # Sentence vectors help only once every text in force has them.
            self.timetable.aside(self.ground.desk.vectorise(), "compute missing vectors")

    def channels(self) -> dict[str, str]:
        """Return how each channel with a line of its own is, in a word; and what else is wrong.

        Notifications that cannot be told, jobs of the timetable that fail.
        """
        lines = {TELEGRAM: self.telegram.reach.value} if self.telegram else {}
        stuck = {"notifications": "stuck"} if self.telling.stuck else {}
        return lines | stuck | ({"timetable": "failing"} if self.timetable.failing or self.telling.failing else {})

    async def close(self) -> None:
        """Stop the clockwork, the channels and the store, in this order."""
        await self.timetable.stop()
        await self.telling.close()
        if self.telegram:
            await self.telegram.close()
        await self.dispatcher.emit_shutdown()
        await self.web_bot.session.close()
        await self.ground.store.close()
