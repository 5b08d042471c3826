"""A Bot API server for tests and for playing: `async with Fake() as telegram:`."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from .api import Api, Call
from .control import Control
from .faults import Fault, Faults, Kind, Limits
from .groups import Channel, Group
from .refusals import Json
from .rooms import Room
from .state import World
from .user import User
from .webhook import Pusher

Place = TypeVar("Place", bound=Room)
TOKEN = "42:fake-token"


class Fake:
    """`async with Fake() as telegram:` a Bot API server on 127.0.0.1. `limits=Limits()` switches flood control on.

    Several tokens are several bots that know nothing of each other. `webhook_pause` is the second pause between
    attempts in seconds (the first repetition comes at once), doubled each time; `webhook_patience` the time a webhook
    has for its answer.
    """

    def __init__(
        self,
        *tokens: str,
        limits: Limits | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        webhook_pause: float = 1.0,
        webhook_patience: float = 30.0,
    ) -> None:
        self.faults = Faults()
        self.worlds = {token: World(token, self.faults, limits) for token in tokens or (TOKEN,)}
        self.token, self.world = next(iter(self.worlds.items()))
        self.api = Api(self.worlds, self.faults)
        self.rooms: list[Room] = []
        self._host, self._port = host, port
        self._pause, self._patience = webhook_pause, webhook_patience
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._tasks: list[asyncio.Task[None]] = []

    # -- life

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        self.api.add_to(app)
        Control(self).add_to(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await self._listen()
        for world in self.worlds.values():
            perform = partial(self.api.pushed_back, world)
            self._aside(Pusher(world.updates, perform, pause=self._pause, patience=self._patience).run())

    async def stop(self) -> None:
        self.faults.lift()
        for world in self.worlds.values():
            world.updates.closed = True
            world.bell.ring()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runner:
            await self._runner.cleanup()

    async def _listen(self) -> None:
        if self._runner is None:
            raise RuntimeError("start() first")
        self._site = web.TCPSite(self._runner, self._host, self._port, reuse_address=True)
        await self._site.start()
        self._port = self._runner.addresses[-1][1]

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))  # noqa: TID251  kept here and ended by stop()

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Take the server away: connections break, new ones are refused. What it knows stays."""
        if self._site is None or self._runner is None or self._runner.server is None:
            raise RuntimeError("start() first")
        await self._site.stop()
        for connection in list(self._runner.server.connections):
            if connection.transport:
                connection.transport.abort()
        try:
            yield
        finally:
            await self._listen()

    # -- what tests say

    @property
    def url(self) -> str:
        """The base address, without a slash at the end."""
        return f"http://{self._host}:{self._port}"

    def user(
        self, user_id: int, name: str = "", *, username: str = "", language: str = "vi", bot: World | None = None
    ) -> User:
        """Return the person with this id, new or known. The bot knows nobody who has not written to it."""
        return self._room(User, user_id, bot) or self._keep(
            User(bot or self.world, user_id, name or f"User {user_id}", username=username, language=language)
        )

    def group(
        self,
        chat_id: int,
        title: str = "Nhóm",
        members: Sequence[User] = (),
        *,
        with_bot: bool = True,
        bot: World | None = None,
    ) -> Group:
        return self._room(Group, chat_id, bot) or self._keep(
            Group(bot or self.world, chat_id, title, members, with_bot=with_bot)
        )

    def channel(self, chat_id: int, title: str = "Kênh", username: str = "", *, bot: World | None = None) -> Channel:
        return self._room(Channel, chat_id, bot) or self._keep(Channel(bot or self.world, chat_id, title, username))

    def _room(self, kind: type[Place], chat_id: int, bot: World | None) -> Place | None:
        world = bot or self.world
        known = (room for room in self.rooms if room.world is world and room.id == chat_id)
        return next((room for room in known if isinstance(room, kind)), None)

    def _keep(self, room: Place) -> Place:
        self.rooms.append(room)
        room.world.bell.ring()
        return room

    def push(self, update: Json, *, chat: int | None = None) -> int:
        """Queue any update at all, however broken; return its id (its own, or the next)."""
        return self.world.updates.put_raw(update, chat)

    def fault(self, kind: Kind | str, method: str = "*", **more: Any) -> Fault:
        """Script trouble; see `Fault` for times, chance, seed, chat, retry_after and seconds."""
        return self.faults.add(Fault(Kind(kind), method, **more))

    @property
    def calls(self) -> list[Call]:
        """Everything that bots asked, in order of arrival."""
        return self.api.calls

    def called(self, method: str, *, done: bool | None = None) -> list[Call]:
        """Return the calls of a method; `done=True`: those that Telegram worked, whatever the bot learned of it."""
        return [c for c in self.calls if c.method == method and (done is None or c.done is done)]

    async def drained(self, within: float = 10.0) -> None:
        """Wait until the bot has confirmed every update."""
        await self.world.updates.drained(within)

    def later(self, seconds: float) -> None:
        for world in self.worlds.values():
            world.later(seconds)
