"""The web server of the chat, put together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime

from aiogram import Bot
from aiohttp import web

from bot.channels import webchat
from bot.channels.hub import Hub
from bot.clockwork import Clockwork
from bot.ears import Ears
from bot.settings import WebSettings
from bot.web import papers, receipt, routes, scanned, sockets, watch
from bot.web.limits import MAX_BODY, Limits
from bot.web.lobby import LOBBY, Lobby, Work
from bot.web.pages import Pages
from bot.web.problems import politely
from bot.web.security import Proxies
from handlers import dossier_receipt, held
from storage import Store

# How long a closing server waits for sockets and turns; the pages come back by themselves.
GRACE_SECONDS = 2.0


def build(
    *,
    store: Store,
    bot: Bot,
    hub: Hub,
    work: Work,
    clock: Callable[[], datetime],
    settings: WebSettings,
    office: str = "",
    demo_logins: Mapping[str, int] | None = None,
    more: Sequence[web.RouteDef] = (),
    channels: Callable[[], Mapping[str, str]] | None = None,
    ears: Ears | None = None,
) -> web.Application:
    """Return the application.

    `office`: the name the page shows. `demo_logins`: sample role → identity id. `more`: what other channels serve here.
    `channels`: how each of them is, in a word, for the health page. `ears`: hear of what other processes say.
    """
    app = web.Application(client_max_size=MAX_BODY, middlewares=[politely])
    app[LOBBY] = Lobby(
        store=store,
        bot=bot,
        hub=hub,
        work=work,
        clock=clock,
        settings=settings,
        limits=Limits(),
        proxies=Proxies(settings.proxies),
        pages=Pages(office),
        demo_logins=demo_logins or {},
        channels=channels or dict,
    )
    app[sockets.OPEN] = set()
    app.add_routes(
        [
            web.get("/", routes.page),
            web.get("/widget", routes.embedded),
            web.get("/widget.js", routes.widget_script),
            web.get("/static/{name}", routes.static),
            web.post("/session", routes.session),
            web.post("/session/end", routes.end),
            web.get("/chat", sockets.chat),
            web.post("/scan", scanned.scan),
            web.get(f"/{held.PAGE}/{{language}}", papers.copy),
            web.get(f"/{dossier_receipt.PAGE}/{{number:[0-9]{{1,20}}}}", receipt.sheet),
            web.get("/healthz", routes.health),
            *more,
        ]
    )
    if demo_logins:
        app.router.add_get("/demo/{key}", routes.demo)
    app.on_response_prepare.append(routes.harden)
    app.on_shutdown.append(_say_goodbye)
    looking = watch.Watch(app[LOBBY])
    if ears:
        ears.on(webchat.BOT_ID, looking.rung)

    async def watching(_: web.Application) -> AsyncIterator[None]:
        clockwork = Clockwork()
        clockwork.aside(watch.forever(looking, app[LOBBY]), "watch for rows of other processes")
        yield
        await clockwork.stop()

    app.cleanup_ctx.append(watching)
    return app


async def _say_goodbye(app: web.Application) -> None:
    """Close every socket with 1001 (going away): its page reconnects as soon as somebody listens again."""
    opened = app[sockets.OPEN]
    closing = [socket.going_away() for socket in tuple(opened)]
    async with asyncio.timeout(GRACE_SECONDS):
        await asyncio.gather(*closing, return_exceptions=True)
