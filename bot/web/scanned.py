"""The code on a receipt, read from a photo of it: looked at in memory, kept nowhere, answered with what to type.

Only what looks like a dossier's code or a receipt's PIN is read out of it; a photo of anything else says nothing.
"""

import asyncio
import io
import logging
import re
from urllib.parse import unquote

from aiohttp import hdrs, web

from bot.web.lobby import LOBBY
from bot.web.security import is_ours
from knowledge import dossier_codes

log = logging.getLogger(__name__)

MOST_BYTES = 12_000_000
# A phone's camera has some 50 million; read at a fraction of that a code is as good, and as much sooner.
_MOST_PIXELS = 80_000_000
_SIDE = 2_400
_FORMATS = ("JPEG", "PNG", "WEBP")
_PIN = re.compile(r"HS(?:-?[A-Z2-7]{4}){3}", re.IGNORECASE)


async def scan(request: web.Request) -> web.Response:
    """Read the posted picture: `{"text": what to type, "quiet": not to be shown}`; "" if there is no code."""
    lobby = request.app[LOBBY]
    if not is_ours(request, lobby.settings):
        raise web.HTTPForbidden
    address = lobby.proxies.address_of(request)
    if wait := lobby.limits.address_pictures.take(address, asyncio.get_running_loop().time()):
        raise web.HTTPTooManyRequests(headers={hdrs.RETRY_AFTER: str(wait)})
    picture = bytearray()
    async for chunk in request.content.iter_chunked(1 << 16):
        picture += chunk
        if len(picture) > MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_BYTES, len(picture))
    async with lobby.limits.pictures:
        found = await asyncio.to_thread(codes, bytes(picture))
    return web.json_response(said(found))


def said(found: list[str]) -> dict[str, object]:
    """Return what to type for what stood in the codes of a picture; a PIN before a dossier's code."""
    plain = [unquote(text) for text in found]
    for text in plain:
        if pin := _PIN.search(text):
            return {"text": f"lien ket {pin[0]}", "quiet": True}
    for text in plain:
        if code := dossier_codes.named(text):
            return {"text": f"hồ sơ {code.code}", "quiet": False}
    return {"text": "", "quiet": False}


def codes(picture: bytes) -> list[str]:
    """Return what the QR and bar codes of a picture say; nothing of what is no picture. Never raises."""
    import zxingcpp  # noqa: PLC0415  some 10 MB, and few send a picture
    from PIL import Image  # noqa: PLC0415  the same

    try:
        with Image.open(io.BytesIO(picture), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return []
            opened.draft("L", (_SIDE, _SIDE))
            opened.thumbnail((_SIDE, _SIDE))
            grey = opened.convert("L")
        pixels = memoryview(grey.tobytes()).cast("B", (grey.height, grey.width))
        return [one.text for one in zxingcpp.read_barcodes(pixels)]
    except Exception as failure:  # noqa: BLE001 damage has as many names as there are formats
        log.info("no picture", extra={"why": type(failure).__name__})
        return []
