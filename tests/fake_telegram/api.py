"""The Bot API over HTTP: every call is recorded, may meet scripted trouble, and is answered as Telegram answers."""

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from . import parameters, webhook
from .editing import EDITING
from .faults import Fault, Faults, Kind
from .parameters import Params
from .profile import PROFILE
from .refusals import Json, Refused, blocked, flooded, other_poll
from .sending import SENDING, Method
from .state import World

METHODS: dict[str, Method] = {
    **SENDING,
    **EDITING,
    **PROFILE,
    "setWebhook": lambda world, p: webhook.set_webhook(world.updates, p),
    "deleteWebhook": lambda world, p: webhook.delete_webhook(world.updates, p),
    "getWebhookInfo": lambda world, _: webhook.webhook_info(world.updates),
}
_NAMES = {name.lower(): name for name in [*METHODS, "getUpdates"]}
_TOKEN = re.compile(r"\d+:[\w-]+")
_BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center>"
)


@dataclass
class Call:
    """One call of a bot. `at` in Unix seconds; `code` None: no answer reached the bot; `done`: Telegram worked it."""

    at: float
    bot_id: int
    method: str
    params: Json = field(default_factory=dict)
    chat: int | None = None
    fault: Kind | None = None
    code: int | None = None
    done: bool = False
    body: Json = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(self.params.get("text") or self.params.get("caption") or "")


Work = Callable[[], Awaitable[web.Response]]


class Api:
    """The routes of all bots; `calls` is everything that was asked, in order of arrival."""

    def __init__(self, worlds: Mapping[str, World], faults: Faults) -> None:
        self.worlds = worlds
        self.faults = faults
        self.calls: list[Call] = []

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", "/bot{token}/{method}", self._method)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)

    async def pushed_back(self, world: World, method: str, p: Params) -> None:
        """Work a method that came as the answer of a webhook; Telegram never says how it went."""
        call = self._record(method, world, p)
        call.body = await self._perform(world, call, p)

    def _record(self, method: str, world: World | None = None, p: Params | None = None) -> Call:
        call = Call(time.time(), world.bot_id if world else 0, _NAMES.get(method.lower(), method))
        if p:
            call.params = p.shown()
            chat = p.chat()
            call.chat = chat if isinstance(chat, int) else None
        self.calls.append(call)
        return call

    def _world(self, request: web.Request) -> World:
        token = request.match_info["token"]
        if not _TOKEN.fullmatch(token):
            raise Refused(404, "Not Found")
        if token not in self.worlds:
            raise Refused(401, "Unauthorized")
        return self.worlds[token]

    async def _method(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        try:
            world = self._world(request)
            p = await parameters.read(request)
        except Refused as refused:
            return _answer(self._record(method), refused.body())
        call = self._record(method, world, p)

        async def work() -> web.Response:
            return _answer(call, await self._perform(world, call, p))

        return await self._or_trouble(request, call, work)

    async def _download(self, request: web.Request) -> web.Response:
        call = self._record("download")
        call.params = {"path": request.match_info["path"]}

        async def work() -> web.Response:
            stored = world.files.by_path(request.match_info["path"])
            if stored is None:
                return _answer(call, Refused(404, "Not Found").body())
            call.done, call.code = True, 200
            return web.Response(body=stored.content, content_type="application/octet-stream")

        try:
            world = self._world(request)
        except Refused as refused:
            return _answer(call, refused.body())
        return await self._or_trouble(request, call, work)

    async def _perform(self, world: World, call: Call, p: Params) -> Json:
        try:
            result = await self._work(world, call, p)
        except Refused as refused:
            return refused.body()
        call.done = True
        return {"ok": True, "result": result}

    async def _work(self, world: World, call: Call, p: Params) -> object:
        if world.clock() < world.logged_out_until:
            raise Refused(400, "Logged out")
        if call.method == "getUpdates":
            return await world.updates.get(p)
        if call.method not in METHODS:
            raise Refused(404, "Not Found")
        return METHODS[call.method](world, p)

    async def _or_trouble(self, request: web.Request, call: Call, work: Work) -> web.Response:
        fault = self.faults.call(call.method, call.chat)
        if fault is None:
            return await work()
        call.fault = fault.kind
        if refused := _refusal(fault):
            return _answer(call, refused.body())
        match fault.kind:
            case Kind.BAD_GATEWAY:
                call.code = 502
                return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
            case Kind.SLOW:
                answer = await work()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(fault.lifted.wait(), fault.seconds)
                return answer
            case Kind.WRONG_JSON:
                answer = await work()
                return web.Response(body=cut_off(answer), status=answer.status, content_type=answer.content_type)
            case Kind.HANG:
                await fault.lifted.wait()
            case Kind.DROP_AFTER:
                await work()
        return _drop(request, call)


def _refusal(fault: Fault) -> Refused | None:
    match fault.kind:
        case Kind.TOO_MANY:
            return flooded(fault.retry_after)
        case Kind.SERVER_ERROR:
            return Refused(500, "Internal Server Error")
        case Kind.FORBIDDEN:
            return blocked()
        case Kind.CONFLICT:
            return other_poll()
    return None


def cut_off(answer: web.Response) -> bytes:
    """Return an answer that ends in the middle."""
    whole = answer.body if isinstance(answer.body, bytes) else b""
    return whole[: max(1, len(whole) // 2)]


def _drop(request: web.Request, call: Call) -> web.Response:
    """Break the connection under the request: the answer is written into nothing."""
    call.code = None
    if request.transport:
        request.transport.abort()
    return web.Response()


def _answer(call: Call, body: Json) -> web.Response:
    call.body = body
    call.code = int(body.get("error_code", 200))
    wait = body.get("parameters", {}).get("retry_after")
    return web.json_response(body, status=call.code, headers={"Retry-After": str(wait)} if wait else None)
