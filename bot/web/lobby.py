"""Where people come in: who opens a session of the web chat, resumes it and ends it."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiogram import Bot
from aiohttp import hdrs, web

from bot.channels import webchat
from bot.channels.hub import Hub
from bot.settings import WebSettings
from bot.web.limits import Limits
from bot.web.pages import Pages
from bot.web.security import Proxies, is_https
from storage import Store, forms, identities, messages, sessions
from storage.sessions import Session
from storage.who import Who

Heard = Callable[[int, str], Awaitable[None]]
Work = Callable[[webchat.Body, Heard], Awaitable[None]]

COOKIE = "troly"
# Browsers take a cookie of this name only from this very host, over https: a neighbour under the same domain cannot
# plant a session of its own here and then read what our visitor asks (RFC 6265bis, 4.1.3).
HOST_COOKIE = "__Host-troly"
LASTS = timedelta(days=90)
RENEWED = timedelta(days=30)  # a session with less left than this gets a new token when its page opens
# On a shared computer the next person must not find the chat open (WCAG 2.2.1: the page warns a minute before).
SHARED_IDLE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Lobby:
    """What the web chat needs from the house."""

    store: Store
    bot: Bot
    hub: Hub
    work: Work
    clock: Callable[[], datetime]
    settings: WebSettings
    limits: Limits
    proxies: Proxies
    pages: Pages
    demo_logins: Mapping[str, int]
    channels: Callable[[], Mapping[str, str]]


LOBBY = web.AppKey("lobby", Lobby)


@dataclass(frozen=True, slots=True)
class Guest:
    """A session that holds now, and who it belongs to."""

    session: Session
    who: Who


def digest(token: str) -> str:
    """Return what is kept of a token: who reads the store cannot come in with it."""
    # Whoever calls may send half characters; no token of ours has any.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def cookie_name(settings: WebSettings) -> str:
    return HOST_COOKIE if is_https(settings) else COOKIE


def cookie_of(lobby: Lobby, request: web.Request) -> str:
    """Return the token in the cookie of this request; "" without one."""
    return request.cookies.get(cookie_name(lobby.settings), "")


def token_of(lobby: Lobby, request: web.Request) -> str:
    """Return the token that fetches a file: a widget and a shared computer hold theirs, a page's is its cookie."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return token if scheme.lower() == "bearer" and token else cookie_of(lobby, request)


async def recognise(lobby: Lobby, token: str) -> Guest | None:
    """Return whose token this is; None when it is unknown, expired or revoked."""
    if not token:
        return None
    async with lobby.store.reading() as tx:
        session = await sessions.find(tx, digest(token), lobby.clock())
        who = await identities.known(tx, session.identity_id) if session else None
    return Guest(session, who) if session and who else None


async def welcome_back(lobby: Lobby, token: str) -> str | None:
    """Return the token to go on with: the same one, a new one when it runs out soon, None when it does not hold."""
    guest = await recognise(lobby, token)
    if guest is None or guest.session.shared:
        return None
    now = lobby.clock()
    if guest.session.expires_at - now > RENEWED:
        return token
    fresh = secrets.token_urlsafe(32)
    async with lobby.store.begin() as tx:
        await sessions.open_(tx, guest.session.identity_id, digest(fresh), shared=False, expires_at=now + LASTS, at=now)
    return fresh


async def open_(lobby: Lobby, *, shared: bool) -> str:
    """Meet somebody new and return the token of their session: 256 bits, known to their browser alone."""
    token = secrets.token_urlsafe(32)
    now = lobby.clock()
    async with lobby.store.begin() as tx:
        who = await identities.meet(
            tx, channel=webchat.NAME, bot_id=webchat.BOT_ID, outside_id=secrets.token_hex(16), at=now
        )
        ends = now + (SHARED_IDLE if shared else LASTS)
        await sessions.open_(tx, who.identity_id, digest(token), shared=shared, expires_at=ends, at=now)
    return token


async def open_for(lobby: Lobby, identity_id: int) -> str:
    """Return a token for an identity that exists (the demonstration's sample people)."""
    token = secrets.token_urlsafe(32)
    now = lobby.clock()
    async with lobby.store.begin() as tx:
        await sessions.open_(tx, identity_id, digest(token), shared=False, expires_at=now + LASTS, at=now)
    return token


async def stay(lobby: Lobby, session: Session) -> None:
    """Put off the end of a shared session: its person is still there."""
    if session.shared:
        async with lobby.store.begin() as tx:
            await sessions.extend(tx, session.id, lobby.clock() + SHARED_IDLE)


async def end(lobby: Lobby, session: Session) -> None:
    """End the session. What was said in a shared one is erased: nobody can come back to read it."""
    now = lobby.clock()
    async with lobby.store.begin() as tx:
        await sessions.revoke(tx, session.id, now)
        if session.shared and (who := await identities.known(tx, session.identity_id)):
            await messages.forget(tx, who.bot_id, who.number, by=who.person_id, at=now)
            await forms.forget(tx, who.bot_id, who.number)


async def end_lapsed(lobby: Lobby) -> None:
    """End every shared session whose person has gone without saying so."""
    async with lobby.store.reading() as tx:
        lapsed = await sessions.lapsed(tx, lobby.clock())
    for session in lapsed:
        await end(lobby, session)
