"""A browser's side of the frames, without a browser."""

import asyncio
import secrets
from types import TracebackType
from typing import Any, Self

import aiohttp

Frame = dict[str, Any]


class Tab:
    """One open page. `frames`: everything it was sent, in order."""

    def __init__(self, url: str, *, origin: str | None = None, headers: dict[str, str] | None = None) -> None:
        self.url = url
        self.headers = {"Origin": origin or url, **(headers or {})}
        # Cookies of an address that is a number are kept only by an "unsafe" jar; browsers keep them too.
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.frames: list[Frame] = []
        self.socket: aiohttp.ClientWebSocketResponse | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.close()

    async def enter(self, **asked: str) -> aiohttp.ClientResponse:
        return await self.http.post(f"{self.url}/session", json=asked, headers=self.headers)

    async def arrive(self, **hello: Any) -> Frame:
        """Open a session, a socket, and say hello; return the welcome, or the bye."""
        await self.enter()
        return await self.connect(**hello)

    async def connect(self, **hello: Any) -> Frame:
        self.socket = await self.http.ws_connect(f"{self.url}/chat", headers=self.headers)
        await self.send(t="hello", **hello)
        return await self.next()

    async def leave(self) -> None:
        assert self.socket is not None
        await self.socket.close()

    async def send(self, **frame: Any) -> None:
        assert self.socket is not None
        await self.socket.send_json(frame)

    async def next(self) -> Frame:
        assert self.socket is not None
        async with asyncio.timeout(10):
            frame: Frame = await self.socket.receive_json()
        self.frames.append(frame)
        return frame

    async def closed(self) -> int:
        """Wait until the server closes the socket; return its code."""
        assert self.socket is not None
        async with asyncio.timeout(10):
            while (message := await self.socket.receive()).type is not aiohttp.WSMsgType.CLOSE:
                pass
        return int(message.data)

    async def until(self, kind: str, **same: Any) -> Frame:
        """Return the next frame of this kind (and with these values); what comes before stays in `frames`."""
        while True:
            frame = await self.next()
            if frame["t"] == kind and all(frame.get(key) == value for key, value in same.items()):
                return frame

    async def type(self, text: str, *, id_: str | None = None) -> list[Frame]:
        """Type, and return what is said until the turn is over."""
        number = id_ or new_id()
        begun = len(self.frames)
        await self.send(t="text", id=number, text=text)
        await self.until("done", id=number)
        return [frame for frame in self.frames[begun:] if frame["t"] in {"message", "edit"}]

    async def press(self, message: str, data: str) -> list[Frame]:
        number = new_id()
        begun = len(self.frames)
        await self.send(t="press", id=number, message=message, data=data)
        await self.until("done", id=number)
        return self.frames[begun:]


def new_id() -> str:
    return str(secrets.randbits(62) | 1)


def keys(frame: Frame) -> list[dict[str, str]]:
    return [key for row in frame["buttons"] for key in row]
