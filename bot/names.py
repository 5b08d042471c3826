"""Looking up the names of hosts without anybody waiting for it at the end.

The event loop asks the system in a thread of its pool, and ends only when that thread does: a name server that does not
answer would keep a stopped service alive for half a minute.
"""

import asyncio
import socket
import threading
from concurrent.futures import Future
from typing import Any


def look_up_aside() -> None:
    """Let the running loop look names up in threads that end with the program, whatever they wait for."""

    async def look_up(*place: Any, **more: Any) -> Any:
        found: Future[Any] = Future()
        found.set_running_or_notify_cancel()
        threading.Thread(target=_ask, args=(found, place, more), name="look up a name", daemon=True).start()
        return await asyncio.wrap_future(found)

    # What aiohttp, httpx and aiosmtplib all come down to.
    asyncio.get_running_loop().getaddrinfo = look_up  # type: ignore[method-assign]  # a loop has no setting for it


def _ask(found: Future[Any], place: Any, more: Any) -> None:
    try:
        found.set_result(socket.getaddrinfo(*place, **more))
    except Exception as failure:  # noqa: BLE001  raised again where it was asked
        found.set_exception(failure)
