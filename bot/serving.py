"""A house, served: the web server around it, until somebody stops it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from bot import clock
from bot.house import House
from bot.stopping import until_stopped
from bot.web import app, papers

__all__ = ["served", "until_stopped"]

Progress = Callable[[int, int], None]


@asynccontextmanager
async def served(house: House, *, demo_logins: Mapping[str, int] | None = None) -> AsyncIterator[str]:
    """Serve the house and yield the address; raises `OSError` when the port is taken."""
    settings = house.ground.settings.web
    application = app.build(
        store=house.ground.store,
        bot=house.web_bot,
        hub=house.hub,
        work=house.work,
        clock=clock.now,
        settings=settings,
        office=house.ground.settings.office.name,
        demo_logins=demo_logins,
        more=(*papers.routes(house.ground.settings), *(house.telegram.routes() if house.telegram else ())),
        channels=house.channels,
        ears=house.ears,
    )
    runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=3)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        port = runner.addresses[0][1]
        house.begin()
        yield settings.public_url or f"http://{settings.host}:{port}"
    finally:
        await runner.cleanup()
        await house.close()
