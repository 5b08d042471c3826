"""What a person sees in place of a page that cannot be shown; programs get the plain answer."""

import logging

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bot.web.lobby import LOBBY
from bot.web.security import content_policy

log = logging.getLogger(__name__)

BROKEN = 500


@web.middleware
async def politely(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give a browser that opens an address words in both languages; everything else passes as it is."""
    try:
        return await handler(request)
    except web.HTTPException as problem:
        if problem.status < web.HTTPBadRequest.status_code or not _reads_pages(request):
            raise
        return _page(request, problem.status, problem.headers.get(hdrs.RETRY_AFTER))
    except Exception:
        if not _reads_pages(request):
            raise
        # No address and no text of the person: the place in the program is what is needed.
        log.exception("page failed", extra={"route": getattr(request.match_info.route.resource, "canonical", "")})
        return _page(request, BROKEN)


def _reads_pages(request: web.Request) -> bool:
    return request.method == hdrs.METH_GET and "text/html" in request.headers.get(hdrs.ACCEPT, "")


def _page(request: web.Request, status: int, retry: str | None = None) -> web.Response:
    lobby = request.app[LOBBY]
    response = web.Response(status=status, text=lobby.pages.problem(status), content_type="text/html")
    response.headers["Content-Security-Policy"] = content_policy(lobby.settings)
    if retry:
        response.headers[hdrs.RETRY_AFTER] = retry
    return response
