"""What a browser may do with our pages, whose requests are ours, and whose address a request has."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from bot.settings import WebSettings

_USUAL_PORTS = {"http": ":80", "https": ":443"}
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
}


def content_policy(settings: WebSettings, *, framed_by: Sequence[str] = ()) -> str:
    """Return the Content-Security-Policy. Nothing inline, nothing from elsewhere."""
    # Safari before 15.4 does not count a WebSocket of the same host as 'self'.
    socket = f" {_socket_origin(settings.public_url)}" if settings.public_url else ""
    parts = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": f"'self'{socket}",
        "img-src": "'self' data:",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": " ".join(framed_by) or "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _socket_origin(public_url: str) -> str:
    url = urlsplit(public_url)
    return f"{'wss' if url.scheme == 'https' else 'ws'}://{url.netloc}"


def is_https(settings: WebSettings) -> bool:
    return urlsplit(settings.public_url).scheme == "https"


def is_ours(request: web.Request, settings: WebSettings) -> bool:
    """Say whether a page of ours sent this request (RFC 6454). Browsers always send an Origin here."""
    origin = request.headers.get(hdrs.ORIGIN, "")
    if settings.public_url:
        return origin == origin_of(settings.public_url)
    # Without a public address the page is for this machine or its network: names are refused, because a name that
    # somebody else owns may point here (DNS rebinding), and then Origin and Host agree.
    url = urlsplit(origin)
    return url.scheme == "http" and url.netloc == request.host and is_local_name(url.hostname or "")


def origin_of(address: str) -> str:
    """Return the origin of an address as a browser writes it: lower case, no port where it is the usual one."""
    url = urlsplit(address.lower())
    return f"{url.scheme}://{url.netloc.removesuffix(_USUAL_PORTS.get(url.scheme, ' '))}"


def is_local_name(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Proxies:
    """The addresses that may say for whom they speak. Anybody else's X-Forwarded-For is only a claim."""

    def __init__(self, named: Sequence[str]) -> None:
        self._networks: list[Network] = [ipaddress.ip_network(name, strict=False) for name in named]

    def address_of(self, request: web.Request) -> str:
        """Return the address of the person's side of the connection.

        Read from the right, because what stands further left was written by whoever called the proxy.
        """
        address = request.remote or ""
        claimed = ",".join(request.headers.getall("X-Forwarded-For", ()))
        for hop in reversed([part.strip() for part in claimed.split(",") if part.strip()]):
            if not self._trusts(address) or not _is_address(hop):
                break
            address = hop
        return _bucket(address)

    def _trusts(self, address: str) -> bool:
        try:
            peer = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(peer in network for network in self._networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _bucket(address: str) -> str:
    """Return what counts as one address: a household has a whole /64 of IPv6."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((ip, 64), strict=False).network_address)
    return str(ip)
