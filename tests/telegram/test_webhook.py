"""The webhook: nobody without the secret, nothing odd, and a 200 only for what is safe."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import select

from bot.channels.telegram import Telegram, wired
from bot.channels.telegram_session import Reach
from bot.channels.telegram_webhook import MOST_BYTES, SECRET
from bot.misconfigured import MisconfiguredError
from bot.settings import Settings
from storage import Store
from storage.messages import Message
from tests.cast import Clock, Papers
from tests.fake_telegram import Fake
from tests.telegram import counter as side
from tests.telegram.counter import Counter, eventually

UPDATE = {
    "update_id": 5,
    "message": {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": False, "first_name": "Lan"},
        "text": "hồ sơ bị mất thì sao",
    },
}


@pytest.fixture
async def hooked(sqlite_store: Store, telegram: Fake, library: Papers) -> AsyncIterator[Counter]:
    async with Counter(sqlite_store, telegram, library, mode="webhook") as opened:
        await eventually(lambda: opened.telegram.reach is Reach.OK)
        yield opened


async def push(counter: Counter, body: bytes | None = None, **headers: str) -> int:
    given = {SECRET: side.SECRET, "Content-Type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    data = json.dumps(UPDATE).encode() if body is None else body
    url = f"{counter.address}/telegram"
    async with ClientSession() as session, session.post(url, data=io.BytesIO(data), headers=given) as answer:
        return answer.status


async def kept(store: Store) -> list[Message]:
    async with store.reading() as tx:
        return list(await tx.scalars(select(Message).order_by(Message.id)))


async def test_what_is_pushed_stands_in_the_record_before_the_200_and_is_answered(
    hooked: Counter, telegram: Fake
) -> None:
    lan = telegram.user(7)
    await lan.starts()
    await lan.hears("Xin chào")
    assert await push(hooked) == 200
    assert [row.update_id for row in await kept(hooked.store) if row.update_id][-1] == 5
    await lan.hears("lập biên bản")
    assert await push(hooked) == 200
    await hooked.settled()
    assert sum("lập biên bản" in text for text in lan.texts) == 1


@pytest.mark.parametrize(
    "secret",
    ["", "wrong-secret-of-some-length", side.SECRET[:-1], side.SECRET + "x", "mật-khẩu-có-dấu", "\udcff\udcfe"],
)
async def test_whoever_does_not_know_the_secret_is_refused(hooked: Counter, secret: str) -> None:
    # Written by hand: no client sends such headers.
    head = f"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{SECRET}: {secret}\r\n"
    host, _, port = hooked.address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body = json.dumps(UPDATE).encode()
    writer.write(head.encode("utf-8", "surrogateescape") + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()
    status = (await reader.readline()).split()[1]
    writer.close()
    assert status == b"401"
    assert not await kept(hooked.store)


async def test_a_secret_given_twice_or_not_at_all_is_none(hooked: Counter) -> None:
    async with ClientSession() as session:
        for headers in ([], [(SECRET, side.SECRET), (SECRET, side.SECRET)]):
            async with session.post(f"{hooked.address}/telegram", json=UPDATE, headers=headers) as answer:
                assert answer.status == 401
    assert not await kept(hooked.store)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[1]", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b"{}", {"Content_Type": "text/plain"}, 415),
        (b" " * (MOST_BYTES + 1), {}, 413),
        (b'{"update_id": "x"}', {}, 200),
        (b'{"update_id": 1, "message": {"text": 5}}', {}, 200),
    ],
)
async def test_what_is_no_update_is_turned_away_or_let_go(
    hooked: Counter, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert await push(hooked, body, **headers) == status
    assert not await kept(hooked.store)


async def test_a_large_update_is_taken(hooked: Counter, telegram: Fake) -> None:
    message: dict[str, Any] = UPDATE["message"] | {"text": "ơ" * 4096, "caption": "x" * 200_000}  # type: ignore[operator]  # a dict of anything
    assert await push(hooked, json.dumps({"update_id": 6, "message": message}).encode()) == 200
    await hooked.settled()
    assert len(await kept(hooked.store)) > 1


async def test_without_a_store_telegram_is_told_to_come_again(
    hooked: Counter, telegram: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = telegram.user(7)
    await lan.starts()
    await lan.hears("Xin chào")

    def down() -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(hooked.store, "begin", down)
        assert await push(hooked) == 503
    assert await push(hooked) == 200
    await lan.hears("lập biên bản")


async def test_only_named_networks_may_push_and_only_a_named_proxy_speaks_for_others(
    sqlite_store: Store, telegram: Fake, library: Papers
) -> None:
    given = {"secret": side.SECRET, "addresses": "149.154.160.0/20"}
    async with Counter(sqlite_store, telegram, library, mode="webhook", webhook=given) as far:
        assert await push(far) == 401
        assert await push(far, X_Forwarded_For="149.154.167.220") == 401
        far.proxies = "127.0.0.1"
        await far.shut()
        await far.open()
        assert await push(far, X_Forwarded_For="149.154.167.220") == 200
        assert await push(far, X_Forwarded_For="149.154.167.220, 10.0.0.9") == 401


async def test_neither_token_nor_secret_is_in_the_address(hooked: Counter, telegram: Fake) -> None:
    [call] = telegram.called("setWebhook")
    assert call.params["url"] == f"{hooked.address}/telegram"
    assert telegram.token.partition(":")[2] not in call.params["url"]


@pytest.mark.parametrize("secret", ["", "short", "x" * 300, "có dấu có dấu có dấu", "with space with space"])
def test_a_webhook_without_a_good_secret_does_not_start(secret: str) -> None:
    given = {"token": "42:fake-token", "mode": "webhook", "webhook": {"secret": secret, "url": "https://x.vn"}}
    settings = Settings.model_validate({"telegram": given})
    bot = wired(settings.telegram)
    assert bot is not None
    with pytest.raises(MisconfiguredError) as wrong:
        Telegram.of(settings, bot, store=None, feed=None, clock=Clock())  # type: ignore[arg-type]  # it does not come so far
    assert "fake-token" not in str(wrong.value)
    assert not secret or secret not in str(wrong.value)
