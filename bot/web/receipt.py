"""The sheet with a receipt's PIN and QR code, for the clerk who issued it and as long as it is shown at all."""

from aiohttp import web

from bot.web.lobby import LOBBY
from bot.web.papers import guest_of
from bot.web.security import content_policy
from handlers.says import words
from storage import Tx, dossier_links
from storage.dossier_links import DossierPin
from storage.dossiers import Dossier

say = words("bot/web/receipt")

_LAST_ID = 2**62


async def sheet(request: web.Request) -> web.Response:
    """Show the sheet to whoever issued the PIN; another's, one that is none, and an old one are not found alike."""
    lobby, guest = request.app[LOBBY], await guest_of(request)
    number = int(request.match_info["number"])
    if number > _LAST_ID:
        raise web.HTTPNotFound
    async with lobby.store.reading() as tx:
        pin = await dossier_links.fresh(tx, number, at=lobby.clock(), to=guest.who.person_id)
        if pin is None:
            raise web.HTTPNotFound
        letters = dossier_links.spelled(tx, pin)
        code = await _code(tx, pin)
    language = guest.who.language or "vi"
    of, office = say[language], lobby.pages.words[language]["office_name"]
    page = lobby.settings.public_url.rstrip("/")
    svg = _drawn(f"{page}/#ma={letters}" if page else letters)
    uses = dossier_links.PIN_USES
    html = of.page(of.title(), office, code, pin.owner is not None, uses, pin.expires_at, svg, letters)
    response = web.Response(text=str(html), content_type="text/html")
    response.headers["Content-Security-Policy"] = content_policy(lobby.settings)
    return response


async def _code(tx: Tx, pin: DossierPin) -> str:
    dossier = await tx.get(Dossier, pin.dossier_id) if pin.dossier_id is not None else None
    return dossier.code if dossier else ""


def _drawn(content: str) -> str:
    import segno  # noqa: PLC0415  few print a receipt

    return segno.make(content, error="m", micro=False).svg_inline(omitsize=True, light="#fff")
