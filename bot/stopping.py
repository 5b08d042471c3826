"""How a process that serves is told to stop."""

import asyncio
import contextlib
import signal


async def until_stopped() -> None:
    """Wait for Ctrl-C or a polite kill."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for which in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # not on Windows' loop
            loop.add_signal_handler(which, stop.set)
    await stop.wait()
