import hashlib

import aiohttp
import pytest
from aiohttp import hdrs
from sqlalchemy import select

from bot.settings import WebSettings
from storage import identities, people
from storage.people import Role
from storage.sessions import Session
from tests.web.conftest import Opening, RunningChat
from tests.web.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def get(office: RunningChat, path: str, **headers: str) -> aiohttp.ClientResponse:
    async with aiohttp.ClientSession() as http, http.get(office.url + path, headers=headers) as answer:
        await answer.read()
        return answer


async def test_the_page_may_run_nothing_but_its_own_files(office: RunningChat) -> None:
    answer = await get(office, "/")
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == "'none'"


@pytest.mark.parametrize("path", ["/", "/widget", "/widget.js", "/static/chat.css", "/healthz", "/nowhere", "/session"])
async def test_every_answer_is_hardened_errors_too(office: RunningChat, path: str) -> None:
    answer = await get(office, path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(office: RunningChat) -> None:
    async with aiohttp.ClientSession() as http, http.get(office.url) as answer:
        text = await answer.text()
    assert "style=" not in text
    assert " on" not in "".join(part.split(">", 1)[0] for part in text.split("<")[1:] if "=" in part.split(">", 1)[0])
    for reference in text.replace("src=", "href=").split('href="')[1:]:
        assert reference.startswith(("/", "#"))


async def test_only_named_addresses_may_frame_the_widget(open_office: Opening) -> None:
    settings = WebSettings(widget_origins=("https://sct.example.vn", "https://tinh.example.vn"))
    async with open_office(settings) as office:
        widget, page = await get(office, "/widget"), await get(office, "/")
    assert "frame-ancestors https://sct.example.vn https://tinh.example.vn" in widget.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


async def test_nobody_frames_the_widget_unless_named(office: RunningChat) -> None:
    assert "frame-ancestors 'none'" in (await get(office, "/widget")).headers["Content-Security-Policy"]


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(office: RunningChat) -> None:
    async with Tab(office.url) as tab:
        cookie = (await tab.enter()).headers[hdrs.SET_COOKIE]
    assert cookie.startswith("troly=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


async def test_under_https_the_cookie_goes_over_https_only(open_office: Opening) -> None:
    public = "https://hoi.example.vn"
    async with open_office(WebSettings(public_url=public)) as office, Tab(office.url, origin=public) as tab:
        assert "Secure" in (await tab.enter()).headers[hdrs.SET_COOKIE].split("; ")


async def test_the_store_holds_no_token(tab: Tab, office: RunningChat) -> None:
    token = next(cookie.value for cookie in tab.http.cookie_jar)
    async with office.store.reading() as tx:
        (kept,) = await tx.scalars(select(Session.token_hash))
    assert kept == hashlib.sha256(token.encode()).hexdigest()


@pytest.mark.parametrize("mode", ["shared", "widget"])
async def test_a_shared_computer_and_a_widget_get_no_cookie(office: RunningChat, mode: str) -> None:
    async with Tab(office.url) as tab:
        answer = await tab.enter(mode=mode)
        assert hdrs.SET_COOKIE not in answer.headers
        assert len((await answer.json())["token"]) >= 43


async def test_the_cookie_brings_the_same_chat_back(tab: Tab) -> None:
    first = tab.frames[0]["chat"]
    await tab.leave()
    assert (await tab.arrive())["chat"] == first


async def test_a_widget_never_speaks_with_the_cookie(tab: Tab) -> None:
    assert (await tab.connect(widget=True))["t"] == "bye"


async def test_staff_are_not_served_in_a_widget(office: RunningChat) -> None:
    async with Tab(office.url) as tab:
        token = (await (await tab.enter(mode="widget")).json())["token"]
        welcome = await tab.connect(widget=True, token=token)
        async with office.store.begin() as tx:
            who = await identities.who(tx, bot_id=office.bot.id, number=int(welcome["chat"]))
            assert who is not None
            officer = await people.add(
                tx, name="Cán bộ thử", roles=[Role.OFFICER], unit="Phòng thử", at=office.clock(), by=None
            )
            identity = await tx.get_one(identities.Identity, who.identity_id)
            identity.person_id = officer.id
        await tab.send(t="text", id="1", text="xin chào")
        assert (await tab.until("bye"))["reason"] == "staff"
        assert (await tab.connect(widget=True, token=token))["reason"] == "staff"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
async def test_a_foreign_page_opens_neither_session_nor_socket(tab: Tab, origin: str) -> None:
    tab.headers["Origin"] = origin
    assert (await tab.enter()).status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await tab.connect()
    assert refused.value.status == 403


async def test_a_large_body_is_not_read(office: RunningChat) -> None:
    async with aiohttp.ClientSession() as http:
        answer = await http.post(f"{office.url}/session", data=b"x" * 9_000, headers={"Origin": office.url})
        assert answer.status == 413


async def test_a_frame_too_large_closes_the_socket(tab: Tab) -> None:
    await tab.send(t="text", id="1", text="x" * 70_000)
    assert await tab.closed() == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_health_tells_no_secrets(office: RunningChat) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{office.url}/healthz") as answer:
        told = await answer.json()
    assert answer.status == 200
    assert set(told) == {"ok", "degraded", "generation", "version", "channels"}


async def test_health_is_bad_when_the_store_is_away(office: RunningChat) -> None:
    office.store.reading = None  # type: ignore[assignment, method-assign]  # the store cannot be reached
    assert (await get(office, "/healthz")).status == 503


async def test_sample_logins_exist_only_in_the_demonstration(office: RunningChat, open_office: Opening) -> None:
    assert (await get(office, "/demo/officer")).status == 404
    async with office.store.begin() as tx:
        who = await identities.meet(
            tx, channel="web", bot_id=office.bot.id, outside_id="demo-officer", at=office.clock()
        )
    async with open_office(demo_logins={"officer": who.identity_id}) as demo, Tab(demo.url) as tab:
        assert (await tab.http.get(f"{demo.url}/demo/nobody")).status == 404
        await tab.http.get(f"{demo.url}/demo/officer")
        assert (await tab.connect())["chat"] == str(who.number)


async def test_a_sample_login_is_for_this_machine_alone(office: RunningChat, open_office: Opening) -> None:
    async with open_office(demo_logins={"officer": 1}) as demo:
        assert (await get(demo, "/demo/officer", Host="evil.example")).status == 404
        assert (await get(demo, "/demo/officer", **{"X-Forwarded-For": "203.0.113.7"})).status == 404
        for sign in ("Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via"):
            assert (await get(demo, "/demo/officer", **{sign: "203.0.113.7"})).status == 404


async def test_without_a_store_the_page_still_comes(office: RunningChat) -> None:
    office.store.reading = None  # type: ignore[assignment, method-assign]  # the store cannot be reached
    assert (await get(office, "/", Cookie="troly=x")).status == 200


async def test_a_file_outside_of_the_static_ones_is_not_served(office: RunningChat) -> None:
    for name in ("..%2Fapp.py", "%2e%2e/app.py", "app.py", "chat.html"):
        assert (await get(office, f"/static/{name}")).status == 404
