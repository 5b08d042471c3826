"""How the fake hands updates over: offsets, conflicts, pushing again, and what may go wrong on the way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.fake_telegram import Fake
from tests.fake_telegram.bell import Bell

Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def telegram() -> AsyncIterator[Fake]:
    async with Fake(webhook_pause=0.01, webhook_patience=0.5) as fake:
        yield fake


@pytest.fixture
async def ask(telegram: Fake) -> AsyncIterator[Ask]:
    async with aiohttp.ClientSession() as session:

        async def post(method: str, **params: Any) -> dict[str, Any]:
            async with session.post(f"{telegram.url}/bot{telegram.token}/{method}", json=params) as answer:
                body: dict[str, Any] = await answer.json()
                return body

        yield post


class Hook:
    """A webhook that answers what `statuses` says, then 200; `texts` is what it heard, in order."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.texts: list[str] = []
        self.secrets: list[str | None] = []
        self.open = 0
        self.most = 0
        self.bell = Bell()
        self.gate = asyncio.Event()
        self.gate.set()

    async def hear(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.texts.append(update["message"]["text"])
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.open += 1
        self.bell.ring()
        self.most = max(self.most, self.open)
        await self.gate.wait()
        self.open -= 1
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/", self.hear)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        finally:
            await runner.cleanup()


def texts(answer: dict[str, Any]) -> list[str]:
    return [update["message"]["text"] for update in answer["result"]]


async def a_poll_waits(telegram: Fake) -> None:
    await telegram.world.bell.until(lambda: telegram.called("getUpdates"), "a poll", within=5)


async def a_push_failed(telegram: Fake) -> None:
    await telegram.world.bell.until(lambda: telegram.world.updates.pending[0].fails, "a push that failed", within=5)


async def test_an_update_is_handed_over_again_until_a_higher_offset_confirms_it(telegram: Fake, ask: Ask) -> None:
    lan = telegram.user(7)
    await lan.says("một")
    await lan.says("hai")
    first = await ask("getUpdates")
    assert texts(first) == texts(await ask("getUpdates")) == ["một", "hai"]
    assert texts(await ask("getUpdates", offset=first["result"][0]["update_id"] + 1)) == ["hai"]
    assert texts(await ask("getUpdates")) == ["hai"]
    assert texts(await ask("getUpdates", offset=first["result"][1]["update_id"] + 1)) == []
    await telegram.drained(0)


async def test_a_negative_offset_forgets_all_but_the_last(telegram: Fake, ask: Ask) -> None:
    for word in ("một", "hai", "ba"):
        await telegram.user(7).says(word)
    assert texts(await ask("getUpdates", offset=-1)) == texts(await ask("getUpdates")) == ["ba"]


async def test_a_poll_waits_for_the_next_update(telegram: Fake, ask: Ask) -> None:
    waiting = asyncio.ensure_future(ask("getUpdates", timeout=20))
    await a_poll_waits(telegram)
    assert not waiting.done()
    await telegram.user(7).says("đây")
    assert texts(await waiting) == ["đây"]


async def test_a_second_poll_ends_the_first_with_409(telegram: Fake, ask: Ask) -> None:
    first = asyncio.ensure_future(ask("getUpdates", timeout=20))
    await a_poll_waits(telegram)
    second = asyncio.ensure_future(ask("getUpdates", timeout=20))
    ended = await first
    assert (ended["error_code"], "terminated by other getUpdates request" in ended["description"]) == (409, True)
    await telegram.user(7).says("cho người sau")
    assert texts(await second) == ["cho người sau"]


async def test_no_poll_while_a_webhook_is_set(telegram: Fake, ask: Ask) -> None:
    waiting = asyncio.ensure_future(ask("getUpdates", timeout=20))
    await a_poll_waits(telegram)
    await ask("setWebhook", url="http://127.0.0.1:9/")
    assert (await waiting)["error_code"] == 409
    assert "webhook is active" in (await ask("getUpdates"))["description"]


async def test_only_the_kinds_asked_for_come(telegram: Fake, ask: Ask) -> None:
    lan = telegram.user(7)
    assert (await ask("getUpdates", allowed_updates=["callback_query"]))["ok"]
    await lan.says("không ai nghe")
    assert texts(await ask("getUpdates")) == []  # the choice is remembered
    await ask("getUpdates", allowed_updates=[])
    await lan.says("nghe rồi")
    assert texts(await ask("getUpdates")) == ["nghe rồi"]


async def test_an_update_lapses_after_a_day(telegram: Fake, ask: Ask) -> None:
    await telegram.user(7).says("hôm qua")
    telegram.later(86_500)
    assert texts(await ask("getUpdates")) == []


async def test_duplicated_repeated_and_reordered_updates(telegram: Fake, ask: Ask) -> None:
    for word in ("một", "hai"):
        await telegram.user(7).says(word)
    telegram.fault("duplicate", "getUpdates", times=1)
    assert texts(await ask("getUpdates")) == ["một", "một", "hai"]
    telegram.fault("reorder", "getUpdates")
    swapped = await ask("getUpdates")
    assert texts(swapped) == ["hai", "một"]
    telegram.fault("repeat", "getUpdates")
    highest = max(update["update_id"] for update in swapped["result"])
    assert texts(await ask("getUpdates", offset=highest + 1)) == ["một"]
    assert texts(await ask("getUpdates", offset=highest + 1)) == []


async def test_a_webhook_is_told_again_until_it_says_200_and_hears_one_chat_in_order(telegram: Fake, ask: Ask) -> None:
    hook = Hook(500, 404, 200)
    async with hook.listening() as address:
        await ask("setWebhook", url=address, secret_token="bi-mat")
        await telegram.user(7).says("một")
        await telegram.user(7).says("hai")
        await telegram.drained()
    assert hook.texts == ["một", "một", "một", "hai"]
    assert set(hook.secrets) == {"bi-mat"}
    info = (await ask("getWebhookInfo"))["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 404 Not Found"
    assert info["pending_update_count"] == 0


async def test_different_chats_are_pushed_side_by_side_up_to_max_connections(telegram: Fake, ask: Ask) -> None:
    hook = Hook()
    hook.gate.clear()
    async with hook.listening() as address:
        await ask("setWebhook", url=address, max_connections=3)
        for number in range(1, 6):
            await telegram.user(number).says(str(number))
            await telegram.user(number).says(f"{number}'")
        await hook.bell.until(lambda: hook.open == 3, "three pushes at a time", within=5)
        hook.gate.set()
        await telegram.drained()
    assert hook.most == 3
    assert sorted(hook.texts) == ["1", "1'", "2", "2'", "3", "3'", "4", "4'", "5", "5'"]
    assert all(hook.texts.index(str(n)) < hook.texts.index(f"{n}'") for n in range(1, 6))


async def test_a_webhook_that_is_silent_or_absent_loses_nothing(telegram: Fake, ask: Ask) -> None:
    hook = Hook()
    hook.gate.clear()
    async with hook.listening() as address:
        await ask("setWebhook", url=address)
        await telegram.user(7).says("chờ")
        await a_push_failed(telegram)
        assert (await ask("getWebhookInfo"))["result"]["last_error_message"] == "Read timeout expired"
        hook.gate.set()
        await telegram.drained()
    await telegram.user(7).says("vắng")
    await a_push_failed(telegram)
    await ask("deleteWebhook")
    assert texts(await ask("getUpdates")) == ["vắng"]


async def test_a_push_can_be_doubled_and_come_in_the_wrong_order(telegram: Fake, ask: Ask) -> None:
    hook = Hook()
    for word in ("một", "hai"):
        await telegram.user(7).says(word)
    telegram.fault("reorder", "webhook")
    telegram.fault("duplicate", "webhook")
    async with hook.listening() as address:
        await ask("setWebhook", url=address)
        await telegram.drained()
    assert hook.texts[0] == "hai"
    assert sorted(hook.texts) == ["hai", "hai", "một"]


async def test_switching_can_drop_what_waits(telegram: Fake, ask: Ask) -> None:
    await telegram.user(7).says("cũ")
    await ask("deleteWebhook", drop_pending_updates=True)
    assert texts(await ask("getUpdates")) == []


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"url": "http://example.org/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.org:8080/"}, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ({"url": "http://127.0.0.1:9/", "secret_token": "bí mật"}, "secret token contains unallowed characters"),
    ],
)
async def test_a_webhook_that_telegram_would_refuse_is_refused(ask: Ask, params: dict[str, str], why: str) -> None:
    assert (await ask("setWebhook", **params))["description"] == f"Bad Request: {why}"


async def test_a_wrong_token_is_unauthorized_and_nonsense_is_not_found(telegram: Fake) -> None:
    async with aiohttp.ClientSession() as session:
        for path, code in (("bot42:khac/getMe", 401), ("botx/getMe", 404), (f"bot{telegram.token}/getNothing", 404)):
            async with session.get(f"{telegram.url}/{path}") as answer:
                assert (answer.status, (await answer.json())["error_code"]) == (code, code)


async def test_two_bots_know_nothing_of_each_other() -> None:
    async with Fake("1:a", "2:b") as telegram, aiohttp.ClientSession() as session:
        await telegram.user(7, bot=telegram.worlds["2:b"]).says("cho hai")
        heard = []
        for token in telegram.worlds:
            async with session.get(f"{telegram.url}/bot{token}/getUpdates") as answer:
                heard.append(len((await answer.json())["result"]))
        assert heard == [0, 1]
