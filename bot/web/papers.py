"""Papers that the office drafts, for whoever may work on the dossier and is signed in on this page."""

import re
from collections.abc import Sequence

from aiohttp import hdrs, web

from bot.apologies import NoApology, draft
from bot.settings import Settings
from bot.web import lobby as door
from bot.web.lobby import LOBBY, cookie_of
from handlers.apology import PAGE
from knowledge import dossier_codes
from knowledge.workdays import today
from storage import dossier_rights
from storage.base import NoSuchRecord
from storage.dossier_work import WORKS

# Whatever a source calls a dossier, its code stands in a header here.
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def routes(settings: Settings) -> Sequence[web.RouteDef]:
    """Return where the papers are fetched: a dossier that is none, and one that is not theirs, are not found alike."""

    async def apology(request: web.Request) -> web.Response:
        lobby = request.app[LOBBY]
        guest = await door.recognise(lobby, cookie_of(lobby, request))
        if guest is None or not guest.who.roles & WORKS:
            raise web.HTTPNotFound
        now = lobby.clock()
        async with lobby.store.reading() as tx:
            key = dossier_codes.key(request.match_info["code"])
            try:
                dossier = await dossier_rights.worked(tx, key, for_=guest.who, day=today(now), held=False)
                content = await draft(tx, settings, dossier, now=now)
            except (NoSuchRecord, NoApology):
                raise web.HTTPNotFound from None
        named = f'attachment; filename="xin-loi-{_UNSAFE.sub("-", dossier.code)}.docx"'
        return web.Response(body=content, content_type=_DOCX, headers={hdrs.CONTENT_DISPOSITION: named})

    return [web.get(f"/{PAGE}/{{code}}", apology)]
