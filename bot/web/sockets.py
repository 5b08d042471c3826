"""One WebSocket of the chat: frames in order in, pushed frames out. The frames are listed in bot/web/frames.md."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.channels import webchat
from bot.channels.hub import Line
from bot.incoming import MOST_PRESSED
from bot.web import lobby as door
from bot.web import transcript
from bot.web.incoming import EndedError, RefusedError, client_id, row_id, sound
from bot.web.limits import ADDRESS_OPEN, FRAMES, MAX_FRAME, MAX_TEXT, Buckets
from bot.web.lobby import LOBBY, Guest, Lobby, cookie_of
from bot.web.pages import known
from bot.web.security import is_ours
from bot.whence import WHENCE
from knowledge.vietnamese import tidy
from storage import identities

log = logging.getLogger(__name__)

HELLO_SECONDS = 15.0
SEND_SECONDS = 20.0  # a browser that takes nothing for so long is gone
HEARTBEAT_SECONDS = 30.0
WORKED = frozenset({"text", "press", "older", "stay"})
WAITING = 32  # frames of one socket that may wait for their turn
RETRY_SECONDS = 5  # when the store is away

Asked = Mapping[str, Any]


class Socket:
    """The person's side of one chat, as long as their page is open."""

    def __init__(self, lobby: Lobby, ws: web.WebSocketResponse, address: str, cookie: str) -> None:
        self._lobby = lobby
        self._ws = ws
        self._address = address
        self._token = cookie
        self._widget = False
        self._language = "vi"
        self._you: dict[str, Any] = {}
        self._line = Line(0)
        self._frames: asyncio.Queue[Asked | None] = asyncio.Queue()
        self._pace = Buckets(FRAMES)

    async def live(self) -> None:
        """Serve the socket until either side closes it."""
        try:
            guest = await self._welcome(await self._hello())
        except EndedError as ended:
            await self._bye(str(ended))
            return
        try:
            await self._seen(guest)
            await self._serve(guest)
            await self._seen(guest)
        finally:
            self._lobby.hub.leave(self._line)

    async def going_away(self) -> None:
        await self._ws.close(code=WSCloseCode.GOING_AWAY)

    async def _seen(self, guest: Guest) -> None:
        """Note that the page shows its chat: a notification that nobody has seen is kept longer."""
        try:
            async with self._lobby.store.begin() as tx:
                await identities.seen(tx, guest.who.identity_id, self._lobby.clock())
        except Exception:
            log.exception("not noted that the page was seen")

    async def _serve(self, guest: Guest) -> None:
        async with asyncio.TaskGroup() as group:
            sender = group.create_task(self._send_all())
            worker = group.create_task(self._work_all())
            guard = group.create_task(self._give_way())
            await self._read_all(guest)
            # What was accepted is worked to its end although the page has gone: its reply is there on return.
            self._frames.put_nowait(None)
            await worker
            sender.cancel()
            if not self._line.overrun.is_set():  # otherwise it is the guard who is closing
                guard.cancel()

    # -- coming in -------------------------------------------------------------------------------------------------

    async def _next(self) -> Asked | None:
        """Return the next frame; None when the socket is closed. What is no JSON object is {}."""
        message = await self._ws.receive()
        if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}:
            return None
        try:
            frame = json.loads(message.data) if message.type is WSMsgType.TEXT else {}
        except (ValueError, RecursionError):
            frame = {}
        return frame if isinstance(frame, dict) else {}

    async def _hello(self) -> Asked:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = await self._next()
        except TimeoutError:
            hello = None
        if hello is None or hello.get("t") != "hello":
            raise EndedError("hello")
        return hello

    async def _welcome(self, hello: Asked) -> Guest:
        self._language = known(hello.get("lang"))
        self._widget = hello.get("widget") is True
        if self._widget or "token" in hello:
            # A frame in somebody else's page never speaks with the cookie of this browser.
            self._token = str(hello.get("token") or "")
        guest = await self._guest()
        self._line = Line(guest.who.number)
        self._lobby.hub.join(self._line)  # before the history is read: what is said in between arrives twice, not never
        after = row_id(hello.get("after"))
        frames, more, self._line.read_to = await transcript.latest(self._lobby.store, guest.who, after=after)
        self._you = transcript.you(guest.who, self._language)
        await self._ws.send_json({"t": "welcome", "chat": str(guest.who.number), **self._you, **frames, "more": more})
        return guest

    async def _guest(self) -> Guest:
        guest = await door.recognise(self._lobby, self._token)
        if guest is None:
            raise EndedError("session")
        if self._widget and guest.who.is_staff:
            raise EndedError("staff")
        return guest

    async def _read_all(self, guest: Guest) -> None:
        while (frame := await self._next()) is not None:
            if self._pace.take("", asyncio.get_running_loop().time()):
                self._line.overrun.set()
                return
            kind = frame.get("t")
            if kind == "ping":
                self._line.offer({"t": "pong"})
                self._frames.put_nowait(frame)  # worked, so that a revoked session does not look on for long
            elif isinstance(kind, str) and kind in WORKED:
                self._accept(frame, guest)
            elif kind == "lang":
                self._language = known(frame.get("lang"))
            else:
                self._refuse(frame, RefusedError("frame"))

    def _accept(self, frame: Asked, guest: Guest) -> None:
        limits, now = self._lobby.limits, asyncio.get_running_loop().time()
        bucket = limits.messages if frame["t"] in {"text", "press"} else limits.older
        wait = bucket.take(guest.session.id, now) or limits.address_messages.take(self._address, now)
        if wait or self._frames.qsize() >= WAITING:
            self._refuse(frame, RefusedError("fast", wait or 1))
        else:
            self._frames.put_nowait(frame)

    def _refuse(self, frame: Asked, why: RefusedError) -> None:
        answer = {"t": "error", "code": why.code, "text": self._lobby.pages.error(why.code, self._language)}
        if isinstance(frame.get("id"), str):
            answer["id"] = frame["id"][:32]
        self._line.offer(answer if why.wait is None else {**answer, "wait": why.wait})

    # -- being worked ----------------------------------------------------------------------------------------------

    async def _work_all(self) -> None:
        WHENCE.set(self._address)
        while (frame := await self._frames.get()) is not None:
            try:
                await self._work(frame)
            except EndedError as ended:
                await self._bye(str(ended))
                return
            except RefusedError as why:
                self._refuse(frame, why)
            except Exception:
                # The store is away, or a fault of ours: nothing is committed, the page keeps the text and tries again.
                log.exception("frame failed", extra={"frame": frame["t"]})
                self._refuse(frame, RefusedError("store", RETRY_SECONDS))

    async def _work(self, frame: Asked) -> None:
        guest = await self._guest()  # each time: a session may be revoked, a citizen may have become staff
        if frame["t"] == "older":
            frames, more = await transcript.older(self._lobby.store, guest.who, before=row_id(frame.get("before")))
            self._line.offer({"t": "older", **frames, "more": more})
            return
        if frame["t"] == "ping":
            return
        await door.stay(self._lobby, guest.session)
        if frame["t"] == "stay":
            return
        update_id = client_id(frame.get("id"))
        if frame["t"] == "text":
            await self._typed(guest, update_id, frame)
        else:
            await self._pressed(guest, update_id, frame)
        self._line.offer({"t": "done", "id": frame["id"]})
        await self._look_again(guest)

    async def _typed(self, guest: Guest, update_id: int, frame: Asked) -> None:
        text = tidy(sound(frame.get("text")))
        if not text:
            raise RefusedError("empty")
        if len(text) > MAX_TEXT:
            raise RefusedError("long")
        self._push({"t": "typing"})
        now = self._lobby.clock()
        update = webchat.typed(guest.who, update_id, text, language=self._language, now=now)
        await self._lobby.work(update, lambda row, stored: self._heard(frame, row, stored, withheld=not stored))

    async def _pressed(self, guest: Guest, update_id: int, frame: Asked) -> None:
        data = sound(frame.get("data"))
        under = await transcript.said(self._lobby.store, guest.who, row_id(frame.get("message")))
        if under is None or not 0 < len(data.encode()) <= MOST_PRESSED:
            raise RefusedError("gone")
        buttons = (under.body or {}).get("buttons", [])
        now = self._lobby.clock()
        update = webchat.pressed(guest.who, update_id, under.id, buttons, data, language=self._language, now=now)
        label = webchat.label(buttons, data)
        await self._lobby.work(update, lambda row, _stored: self._heard(frame, row, label, press=True))

    async def _heard(self, frame: Asked, row: int, text: str, **signs: bool) -> None:
        heard = {"t": "heard", "id": frame["id"], "message": str(row), "text": text, **signs}
        self._push({**heard, "at": self._lobby.clock().isoformat()})

    def _push(self, frame: Asked) -> None:
        self._lobby.hub.push(self._line.chat_id, frame)

    async def _look_again(self, before: Guest) -> None:
        """Tell the page who it speaks for when the turn has changed that: a language chosen, a staff code redeemed."""
        try:
            guest = await self._guest()
        except EndedError:
            # A shared session that ended while the turn was worked: what the turn has written goes with the rest.
            await door.end(self._lobby, before.session)
            raise
        you = transcript.you(guest.who, self._language)
        if you != self._you:
            self._you = you
            self._line.offer({"t": "you", **you})

    # -- going out -------------------------------------------------------------------------------------------------

    async def _send_all(self) -> None:
        try:
            while True:
                text = await self._line.waiting.get()
                async with asyncio.timeout(SEND_SECONDS):
                    await self._ws.send_str(text)
        except (TimeoutError, ConnectionError):
            self._line.overrun.set()

    async def _give_way(self) -> None:
        await self._line.overrun.wait()
        await self._ws.close(code=WSCloseCode.TRY_AGAIN_LATER)

    async def _bye(self, reason: str) -> None:
        try:
            await self._ws.send_json({"t": "bye", "reason": reason})
            await self._ws.close(code=WSCloseCode.POLICY_VIOLATION)
        except ConnectionError:
            return  # gone already


OPEN: web.AppKey[set[Socket]] = web.AppKey("open", set)


async def chat(request: web.Request) -> web.StreamResponse:
    """Open the socket, if a page of ours asks for it."""
    lobby = request.app[LOBBY]
    if not is_ours(request, lobby.settings):
        raise web.HTTPForbidden
    address = lobby.proxies.address_of(request)
    opened = lobby.limits.address_open
    if lobby.limits.address_sockets.take(address, asyncio.get_running_loop().time()) or opened[address] >= ADDRESS_OPEN:
        raise web.HTTPTooManyRequests
    # A compressor costs some 300 KB a socket for as long as the page is open; most pages are open and silent.
    ws = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=MAX_FRAME, timeout=1.0, compress=False)
    socket = Socket(lobby, ws, address, cookie_of(lobby, request))
    opened[address] += 1
    try:
        await ws.prepare(request)
        request.app[OPEN].add(socket)
        await socket.live()
    finally:
        request.app[OPEN].discard(socket)
        opened[address] -= 1
        if not opened[address]:
            del opened[address]
    return ws
