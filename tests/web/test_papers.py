"""A letter of apology is fetched by whoever works on the dossier, a copy of one's data by oneself; by nobody else."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from aiohttp import hdrs, web
from docx import Document
from sqlalchemy import insert, select, update

from bot.channels import webchat
from bot.channels.hub import Hub
from bot.settings import Settings, WebSettings
from bot.web import lobby, papers
from bot.web.app import build
from bot.web.lobby import LOBBY, cookie_name
from knowledge import dossier_codes
from storage import Store, dossier_links
from storage.dossier_links import DossierPin
from storage.dossiers import Dossier
from tests.bot.test_recounting import PLAIN
from tests.conftest import NOW
from tests.storage.cast import Staff, at_the_keyboard, citizen, staff

Fetch = Callable[..., Awaitable[tuple[int, bytes, str]]]
CODE = "H32.17-261102-0412"
LETTER = f"/xin-loi/{CODE}"


async def _never(*_: Any) -> None:
    raise AssertionError("nobody talks here")


@pytest.fixture
async def cast(sqlite_store: Store) -> Staff:
    async with sqlite_store.begin() as tx:
        people = await staff(tx)
        row = PLAIN | {
            "code": CODE,
            "key": dossier_codes.key(CODE),
            "officer_id": people.lan,
            "applicant": "Công ty A & B",
        }
        await tx.execute(insert(Dossier.table()).values(**row))
    return people


@pytest.fixture
async def fetch(sqlite_store: Store) -> AsyncIterator[Fetch]:
    """Fetch a file as whoever has this identity, or as nobody; a page shows its cookie, a widget its token."""
    hub, settings = Hub(), WebSettings()
    bot = webchat.bot(sqlite_store, hub, lambda: NOW)
    app = build(
        store=sqlite_store,
        bot=bot,
        hub=hub,
        work=_never,
        clock=lambda: NOW,
        settings=settings,
        more=papers.routes(Settings()),
    )
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()

    async def fetched(identity: int | None, path: str = LETTER, *, widget: bool = False) -> tuple[int, bytes, str]:
        token = await lobby.open_for(app[LOBBY], identity) if identity else "nobody"
        address = f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
        cookie = {hdrs.COOKIE: f"{cookie_name(settings)}={token}"}
        shown = {hdrs.AUTHORIZATION: f"Bearer {token}"} if widget else cookie
        async with aiohttp.ClientSession(headers=shown) as http, http.get(address) as answer:
            return answer.status, await answer.read(), answer.headers.get(hdrs.CONTENT_DISPOSITION, "")

    yield fetched
    await runner.cleanup()
    await bot.session.close()


async def identity(store: Store, person: int) -> int:
    async with store.begin() as tx:
        return (await at_the_keyboard(tx, person)).identity_id


async def test_its_officer_fetches_the_letter_with_the_last_day_to_send_it(
    sqlite_store: Store, cast: Staff, fetch: Fetch
) -> None:
    status, content, named = await fetch(await identity(sqlite_store, cast.lan))
    assert (status, named) == (200, f'attachment; filename="xin-loi-{CODE}.docx"')
    text = "\n".join(paragraph.text for paragraph in Document(BytesIO(content)).paragraphs)
    assert "Kính gửi: Công ty A & B" in text
    assert "phải ký và gửi chậm nhất ngày 27/11/2026" in text


async def test_nobody_else_does(sqlite_store: Store, cast: Staff, fetch: Fetch) -> None:
    async with sqlite_store.begin() as tx:
        stranger = (await citizen(tx)).identity_id
    for other in (
        None,
        stranger,
        await identity(sqlite_store, cast.hoa),
        await identity(sqlite_store, cast.administrator),
    ):
        assert (await fetch(other))[0] == 404


async def test_there_is_no_second_letter(sqlite_store: Store, cast: Staff, fetch: Fetch) -> None:
    async with sqlite_store.begin() as tx:
        await tx.execute(update(Dossier.table()).values(extended_at=NOW, extended_from=NOW))
    assert (await fetch(await identity(sqlite_store, cast.lan)))[0] == 404


@pytest.mark.parametrize("widget", [False, True], ids=["a page", "a widget"])
async def test_somebody_fetches_what_is_held_about_them(
    sqlite_store: Store, cast: Staff, fetch: Fetch, *, widget: bool
) -> None:
    status, content, named = await fetch(await identity(sqlite_store, cast.lan), "/ban-sao/vi", widget=widget)
    assert (status, named) == (200, 'attachment; filename="du-lieu-ca-nhan.html"')
    assert "<dt>Tên</dt><dd>Nguyễn Thị Lan</dd>" in content.decode()


async def test_nobody_is_handed_anything_without_a_session(fetch: Fetch) -> None:
    for widget in (False, True):
        assert (await fetch(None, "/ban-sao/vi", widget=widget))[0] == 404


async def test_the_sheet_of_a_pin_is_shown_to_whoever_issued_it_for_half_an_hour(
    sqlite_store: Store, cast: Staff, fetch: Fetch
) -> None:
    found = {}
    async with sqlite_store.begin() as tx:
        dossier = (await tx.scalars(select(Dossier))).one()
        for minutes in (1, 29, 31):
            at = NOW - timedelta(minutes=minutes)
            pin = await dossier_links.issue(tx, dossier, by=None, at=at)
            found[minutes] = (f"/phieu-pin/{pin.id}", dossier_links.spelled(tx, pin))
        await tx.execute(update(DossierPin.table()).values(issued_by=cast.minh, cancelled=False))
    minh, lan = await identity(sqlite_store, cast.minh), await identity(sqlite_store, cast.lan)
    for minutes in (1, 29):
        status, content, _ = await fetch(minh, found[minutes][0])
        assert (status, found[minutes][1] in content.decode(), b"<svg" in content) == (200, True, True)
    for who, path in ((minh, found[31][0]), (lan, found[1][0]), (None, found[1][0]), (minh, f"/phieu-pin/{10**19}")):
        assert (await fetch(who, path))[0] == 404
