"""The plain HTTP side of the web chat: pages, sessions, health."""

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from importlib import metadata
from typing import Any

from aiohttp import hdrs, web

from bot.web import lobby as door
from bot.web.limits import Buckets
from bot.web.lobby import LASTS, LOBBY, Lobby, cookie_name, cookie_of
from bot.web.pages import known, respond
from bot.web.security import HEADERS, content_policy, is_https, is_loopback, is_ours
from storage import documents

log = logging.getLogger(__name__)

YEAR = timedelta(days=365)
# By these a proxy on this machine tells that it speaks for somebody else.
PROXIED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


def address(request: web.Request) -> str:
    return request.app[LOBBY].proxies.address_of(request)


def _slow_down(request: web.Request, bucket: Buckets) -> None:
    wait = bucket.take(address(request), asyncio.get_running_loop().time())
    if wait:
        raise web.HTTPTooManyRequests(headers={hdrs.RETRY_AFTER: str(wait)})


async def page(request: web.Request) -> web.Response:
    """Show the chat. The language: asked for in the address, else the person's own, else Vietnamese."""
    lobby = request.app[LOBBY]
    _slow_down(request, lobby.limits.address_pages)
    language = request.query.get("lang")
    if not language and "chung" not in request.query:
        language = await _own_language(lobby, cookie_of(lobby, request))
    return _html(lobby.pages.page(known(language), widget=False), content_policy(lobby.settings))


async def _own_language(lobby: Lobby, token: str) -> str | None:
    try:
        guest = await door.recognise(lobby, token)
    except Exception:
        # Without a store the page still comes, says that it cannot connect, and keeps what is typed.
        log.exception("language not known")
        return None
    return guest.who.language if guest else None


async def embedded(request: web.Request) -> web.Response:
    """Show the chat for pages of the addresses that the settings name."""
    lobby = request.app[LOBBY]
    _slow_down(request, lobby.limits.address_pages)
    text = lobby.pages.page(known(request.query.get("lang")), widget=True)
    response = _html(text, content_policy(lobby.settings, framed_by=lobby.settings.widget_origins))
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _html(text: str, policy: str) -> web.Response:
    response = web.Response(text=text, content_type="text/html")
    response.headers["Content-Security-Policy"] = policy
    response.headers[hdrs.CACHE_CONTROL] = "no-store"
    response.enable_compression()
    return response


async def static(request: web.Request) -> web.StreamResponse:
    asset = request.app[LOBBY].pages.assets.get(request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    return respond(request, asset)


async def widget_script(request: web.Request) -> web.StreamResponse:
    response = respond(request, request.app[LOBBY].pages.widget)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


async def session(request: web.Request) -> web.Response:
    """Open or resume a session. Body: `{"mode": "page" | "shared" | "widget", "token"?}`.

    A page's token is a cookie that scripts cannot read. A widget is a third party's guest and has no cookie, and a
    shared computer must keep nothing: their tokens are in the answer, for the page to hold.
    """
    lobby = request.app[LOBBY]
    asked = await _posted(request)
    mode = asked.get("mode", "page")
    held = cookie_of(lobby, request) if mode == "page" else str(asked.get("token", ""))
    token = await door.welcome_back(lobby, held) if mode != "shared" else None
    if token is None:
        _slow_down(request, lobby.limits.address_sessions)
        token = await door.open_(lobby, shared=mode == "shared")
    if mode == "page":
        response = web.json_response({})
        set_cookie(response, lobby, token)
        return response
    return web.json_response({"token": token})


async def end(request: web.Request) -> web.Response:
    """End a session: a shared one by its token in the body, a page's own by its cookie."""
    lobby = request.app[LOBBY]
    asked = await _posted(request)
    token = str(asked.get("token") or cookie_of(lobby, request))
    if guest := await door.recognise(lobby, token):
        await door.end(lobby, guest.session)
    response = web.json_response({})
    if not asked.get("token"):
        response.del_cookie(cookie_name(lobby.settings), path="/", secure=is_https(lobby.settings))
    return response


async def _posted(request: web.Request) -> Mapping[str, Any]:
    if not is_ours(request, request.app[LOBBY].settings):
        raise web.HTTPForbidden
    try:
        asked = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if not isinstance(asked, dict):
        raise web.HTTPBadRequest
    return asked


def set_cookie(response: web.StreamResponse, lobby: Lobby, token: str) -> None:
    response.set_cookie(
        cookie_name(lobby.settings),
        token,
        max_age=int(LASTS.total_seconds()),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=is_https(lobby.settings),
    )


async def demo(request: web.Request) -> web.Response:
    """Come in as a sample person. The route exists only in the demonstration, and only for this machine."""
    lobby = request.app[LOBBY]
    identity_id = lobby.demo_logins.get(request.match_info["key"])
    here = is_loopback(request.remote or "") and is_loopback(request.url.host or "")
    if identity_id is None or not here or any(sign in request.headers for sign in PROXIED):
        raise web.HTTPNotFound
    response = web.Response(status=303, headers={hdrs.LOCATION: "/"})
    set_cookie(response, lobby, await door.open_for(lobby, identity_id))
    return response


async def health(request: web.Request) -> web.Response:
    """Say whether the store can be reached, and which generation of texts answers. No secrets, no counts of people."""
    lobby = request.app[LOBBY]
    version = metadata.version("troly")
    try:
        async with lobby.store.reading() as tx:
            generation = await documents.generation(tx)
    except Exception:  # noqa: BLE001  whatever is wrong with the store, the answer is that it is not well
        return web.json_response({"ok": False, "version": version}, status=503)
    channels = dict(lobby.channels())
    # A channel that is away is no reason to restart us: "ok" stays true, and the page goes on.
    # On standby another process of ours serves the line.
    well = {"ok": True, "degraded": any(how not in {"ok", "standby"} for how in channels.values())}
    return web.json_response({**well, "generation": generation, "version": version, "channels": channels})


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    """Give every answer its headers, errors too."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    # What is not said to be kept is not kept: sessions and links of one person must not lie in a cache on the way.
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
    response.headers.popall(hdrs.SERVER, None)  # which version runs here is nobody's business
    if is_https(request.app[LOBBY].settings):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={int(YEAR.total_seconds())}")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
