"""Files that are fetched from the page by whoever is signed in there: a letter to draft, a copy of one's data."""

import asyncio
import re
from collections.abc import Sequence

from aiohttp import hdrs, web

from bot.apologies import NoApology, draft
from bot.settings import Settings
from bot.web import lobby as door
from bot.web.lobby import LOBBY, Guest, token_of
from bot.web.pages import known
from handlers import apology, held
from knowledge import dossier_codes
from knowledge.workdays import today
from storage import dossier_rights, privacy
from storage.base import NoSuchRecord
from storage.dossier_work import WORKS

# Whatever a source calls a dossier, its code stands in a header here.
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def routes(settings: Settings) -> Sequence[web.RouteDef]:
    """Return where they are fetched: a dossier that is none, and one that is not theirs, are not found alike."""

    async def letter(request: web.Request) -> web.Response:
        lobby, guest = request.app[LOBBY], await guest_of(request)
        if not guest.who.roles & WORKS:
            raise web.HTTPNotFound
        now = lobby.clock()
        async with lobby.store.reading() as tx:
            key = dossier_codes.key(request.match_info["code"])
            try:
                dossier = await dossier_rights.worked(tx, key, for_=guest.who, day=today(now), held=False)
                content = await draft(tx, settings, dossier, now=now)
            except (NoSuchRecord, NoApology):
                raise web.HTTPNotFound from None
        return _file(content, f"xin-loi-{_UNSAFE.sub('-', dossier.code)}.docx", _DOCX)

    return [web.get(f"/{apology.PAGE}/{{code}}", letter)]


async def copy(request: web.Request) -> web.Response:
    """Hand out what is held about whoever holds this session, and about nobody else."""
    lobby, guest = request.app[LOBBY], await guest_of(request)
    async with lobby.store.reading() as tx:
        found = await privacy.held(tx, guest.who)
    # Somebody may have talked for months: nobody else waits until that is written out.
    content = await asyncio.to_thread(held.page, found, known(request.match_info["language"]), lobby.clock())
    return _file(content, held.NAME, "text/html")


async def guest_of(request: web.Request) -> Guest:
    """Return whoever holds the session of this request. Raises HTTPNotFound, and HTTPTooManyRequests."""
    lobby = request.app[LOBBY]
    guest = await door.recognise(lobby, token_of(lobby, request))
    if guest is None:
        raise web.HTTPNotFound
    if wait := lobby.limits.messages.take(guest.session.id, asyncio.get_running_loop().time()):
        raise web.HTTPTooManyRequests(headers={hdrs.RETRY_AFTER: str(wait)})
    return guest


def _file(content: bytes, name: str, kind: str) -> web.Response:
    named = f'attachment; filename="{name}"'
    return web.Response(body=content, content_type=kind, headers={hdrs.CONTENT_DISPOSITION: named})
