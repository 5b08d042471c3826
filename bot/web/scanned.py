"""A photo of a receipt that is posted from the page: read in memory, answered with what to type, and gone."""

import asyncio

from aiohttp import hdrs, web

from bot.receipts import MOST_BYTES, codes, said
from bot.web.lobby import LOBBY
from bot.web.security import is_ours


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
        found = said(await asyncio.to_thread(codes, bytes(picture)))
    return web.json_response({"text": found.text, "quiet": found.quiet})
