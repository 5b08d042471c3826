import pytest
from aiohttp.test_utils import make_mocked_request
from pydantic import ValidationError

from bot.settings import WebSettings
from bot.web.limits import Buckets, Rate
from bot.web.security import Proxies, content_policy, is_ours


def test_an_old_safari_may_open_the_socket_too() -> None:
    assert "connect-src 'self' wss://hoi.example.vn;" in content_policy(
        WebSettings(public_url="https://hoi.example.vn/")
    )


ORIGINS = [
    ("https://hoi.example.vn", "https://hoi.example.vn", True),
    ("https://hoi.example.vn", "http://hoi.example.vn", False),
    ("https://hoi.example.vn", "https://hoi.example.vn.evil.example", False),
    ("https://hoi.example.vn", "https://sub.hoi.example.vn", False),
    ("https://hoi.example.vn", "null", False),
    ("https://hoi.example.vn", None, False),
    ("", "http://127.0.0.1:8080", True),
    ("", "http://evil.example:8080", False),
    ("", "http://127.0.0.1:9090", False),
    ("", None, False),
]


@pytest.mark.parametrize(("public_url", "origin", "ours"), ORIGINS)
def test_only_our_own_page_is_ours(public_url: str, origin: str | None, ours: bool) -> None:
    headers = {"Host": "127.0.0.1:8080"} | ({"Origin": origin} if origin else {})
    assert is_ours(make_mocked_request("GET", "/chat", headers), WebSettings(public_url=public_url)) is ours


def test_a_foreign_name_that_points_here_is_not_ours() -> None:
    headers = {"Host": "evil.example:8080", "Origin": "http://evil.example:8080"}
    assert not is_ours(make_mocked_request("GET", "/chat", headers), WebSettings())


PROXIES = [
    ((), "203.0.113.7", "203.0.113.7"),  # nobody is named: the header is only a claim
    (("127.0.0.1",), "203.0.113.7", "203.0.113.7"),
    (("127.0.0.1",), "6.6.6.6, 203.0.113.7", "203.0.113.7"),  # the left part was written by the caller
    (("127.0.0.1", "10.0.0.0/8"), "203.0.113.7, 10.1.2.3", "203.0.113.7"),
    (("127.0.0.1",), "not an address", "127.0.0.1"),
    (("127.0.0.1",), "", "127.0.0.1"),
    (("127.0.0.1",), "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),  # a household, not a machine
]


@pytest.mark.parametrize(("named", "header", "address"), PROXIES)
def test_only_a_named_proxy_speaks_for_others(named: tuple[str, ...], header: str, address: str) -> None:
    request = make_mocked_request("GET", "/", {"X-Forwarded-For": header})
    remote = "127.0.0.1" if named else "203.0.113.7"
    assert Proxies(named).address_of(request.clone(remote=remote)) == address


def test_a_burst_is_allowed_and_then_an_even_pace() -> None:
    bucket = Buckets(Rate(per_minute=20, burst=6))
    assert [bucket.take("a", 0.0) for _ in range(7)] == [0] * 6 + [3]
    assert bucket.take("b", 0.0) == 0
    assert bucket.take("a", 2.9) > 0
    assert bucket.take("a", 6.1) == 0


def test_invented_addresses_do_not_fill_the_memory() -> None:
    bucket = Buckets(Rate(per_minute=1, burst=1), kept=100)
    for number in range(1_000):
        bucket.take(number, 0.0)
    assert len(bucket._levels) == 100


@pytest.mark.parametrize(
    "public", ["hoi.example.vn", "https://", "ftp://hoi.example.vn", "https://hoi.example.vn/troly"]
)
def test_half_an_address_is_no_public_address(public: str) -> None:
    with pytest.raises(ValidationError):
        WebSettings(public_url=public)


@pytest.mark.parametrize("public", ["https://Hoi.example.vn", "https://hoi.example.vn/", "https://hoi.example.vn:443"])
def test_a_public_address_is_compared_as_a_browser_writes_it(public: str) -> None:
    request = make_mocked_request("GET", "/chat", {"Host": "x", "Origin": "https://hoi.example.vn"})
    assert is_ours(request, WebSettings(public_url=public))


@pytest.mark.parametrize(
    "origin", ["https://a.example; script-src *", "'self'", "*", "a.example", "https://a.example/b"]
)
def test_what_may_embed_the_chat_cannot_rewrite_its_policy(origin: str) -> None:
    with pytest.raises(ValidationError):
        WebSettings(widget_origins=(origin,))


def test_sites_that_embed_the_chat_are_named_without_a_slash() -> None:
    named = WebSettings.model_validate({"widget_origins": "https://sct.example.vn/, https://*.tinh.example.vn"})
    assert named.widget_origins == ("https://sct.example.vn", "https://*.tinh.example.vn")


def test_a_proxy_is_an_address_or_a_network() -> None:
    with pytest.raises(ValidationError):
        WebSettings(proxies=("nginx",))
