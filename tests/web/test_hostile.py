"""What somebody may try who does not use our page: everything is met, nothing breaks, nothing is told."""

import json
from typing import Any

import aiohttp
import pytest
from aiohttp import hdrs

from bot.settings import WebSettings
from bot.web.limits import ADDRESS_OPEN, FRAMES
from tests.web.conftest import Opening, RunningChat
from tests.web.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

HTTPS = "https://hoi.example.vn"
ODD_BODIES = [b"[" * 8_000, b"\xff\xfe", b"null", b"1" * 8_000, b"{"]


async def post(office: RunningChat, body: bytes) -> aiohttp.ClientResponse:
    async with aiohttp.ClientSession() as http:
        return await http.post(f"{office.url}/session", data=body, headers={"Origin": office.url})


@pytest.mark.parametrize("body", ODD_BODIES, ids=lambda body: str(body[:6]))
async def test_a_body_that_is_no_object_is_a_bad_request(office: RunningChat, body: bytes) -> None:
    assert (await post(office, body)).status == 400


async def test_half_a_character_is_nobody_s_token(office: RunningChat, tab: Tab) -> None:
    half = json.dumps({"mode": "widget", "token": chr(0xD800)}).encode()
    assert (await post(office, half)).status == 200
    assert (await tab.connect(token=chr(0xD800)))["t"] == "bye"


@pytest.mark.parametrize("kind", [[], {}, None, 1, True, "", "welcome"], ids=repr)
async def test_a_frame_of_no_known_kind_is_refused_and_the_chat_goes_on(tab: Tab, kind: Any) -> None:
    await tab.send(t=kind, id="1")
    assert (await tab.next())["code"] == "frame"
    assert await tab.type("/trogiup")


@pytest.mark.parametrize("number", ["9" * 19, "9" * 40, "-1", "١"])
async def test_a_number_that_no_row_has_is_no_fault_of_ours(tab: Tab, number: str) -> None:
    await tab.send(t="press", id="1", message=number, data="/trogiup")
    assert (await tab.until("error"))["code"] == "gone"


async def test_whoever_sends_frames_like_no_page_is_cut_off(tab: Tab) -> None:
    for _ in range(FRAMES.burst + 1):
        await tab.send(t="ping")
    assert await tab.closed() == aiohttp.WSCloseCode.TRY_AGAIN_LATER


async def test_one_address_cannot_take_every_socket_and_gets_them_back(office: RunningChat, tab: Tab) -> None:
    opened = office.lobby.limits.address_open
    assert opened["127.0.0.1"] == 1
    opened["127.0.0.1"] += ADDRESS_OPEN
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await tab.http.ws_connect(f"{office.url}/chat", headers=tab.headers)
    assert refused.value.status == 429
    opened["127.0.0.1"] -= ADDRESS_OPEN
    await office.stop()
    assert not opened


async def test_a_neighbour_under_the_same_domain_cannot_plant_a_session(open_office: Opening) -> None:
    async with open_office(WebSettings(public_url=HTTPS)) as office, Tab(office.url, origin=HTTPS) as tab:
        (name, value), *_ = (await tab.enter()).cookies.items()
        assert name.startswith("__Host-")
        assert value["path"] == "/"
        assert not value["domain"]
        # The name without the prefix, which a neighbour may set for us, opens nothing.
        tab.http.cookie_jar.clear()
        tab.headers["Cookie"] = f"troly={value.value}"
        assert (await tab.connect())["t"] == "bye"
        tab.headers["Cookie"] = f"{name}={value.value}"
        assert (await tab.connect())["t"] == "welcome"


async def test_the_cookie_of_https_can_be_taken_back(open_office: Opening) -> None:
    async with open_office(WebSettings(public_url=HTTPS)) as office, Tab(office.url, origin=HTTPS) as tab:
        (name, value), *_ = (await tab.enter()).cookies.items()
        headers = {**tab.headers, "Cookie": f"{name}={value.value}"}
        answer = await tab.http.post(f"{office.url}/session/end", data=b"{}", headers=headers)
        # A browser ignores a __Host- cookie, also one that deletes, that is not marked Secure.
        assert "Secure" in answer.headers[hdrs.SET_COOKIE]
        assert answer.headers[hdrs.SET_COOKIE].startswith(f"{name}=")


@pytest.mark.parametrize("path", ["/session", "/healthz", "/nowhere", "/demo/x"])
async def test_nothing_of_one_person_lies_in_a_cache(office: RunningChat, path: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(office.url + path) as answer:
        assert answer.headers[hdrs.CACHE_CONTROL] == "no-store"
    assert (await post(office, b"{}")).headers[hdrs.CACHE_CONTROL] == "no-store"


async def test_no_answer_names_the_software_behind_it(office: RunningChat) -> None:
    for path in ("/", "/nowhere", "/static/chat.css"):
        async with aiohttp.ClientSession() as http, http.get(office.url + path) as answer:
            assert hdrs.SERVER not in answer.headers


async def test_under_https_a_browser_never_comes_back_over_http(open_office: Opening, office: RunningChat) -> None:
    async with open_office(WebSettings(public_url=HTTPS)) as public, aiohttp.ClientSession() as http:
        async with http.get(public.url) as answer:
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        async with http.get(office.url) as answer:
            assert "Strict-Transport-Security" not in answer.headers


async def test_a_mistyped_address_is_met_politely_in_both_languages(office: RunningChat) -> None:
    address = f"{office.url}/<b>nowhere</b>"
    async with aiohttp.ClientSession(headers={"Accept": "text/html"}) as http, http.get(address) as answer:
        text = await answer.text()
    assert answer.status == 404
    assert "Không có trang này" in text
    assert "There is no such page" in text
    assert "nowhere" not in text
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_a_fault_of_ours_is_said_without_its_inside(
    office: RunningChat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: object, **_named: object) -> str:
        raise RuntimeError("secret")

    monkeypatch.setattr(office.lobby.pages, "page", broken)
    async with aiohttp.ClientSession(headers={"Accept": "text/html"}) as http, http.get(office.url) as answer:
        text = await answer.text()
    assert answer.status == 500
    assert "hệ thống đang gặp lỗi" in text
    assert "secret" not in text
    assert [record.getMessage() for record in caplog.records] == ["page failed"]
