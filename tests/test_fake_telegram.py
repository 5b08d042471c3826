"""The fake Telegram is one to aiogram and to python-telegram-bot: both work against it unchanged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiogram
import aiogram.exceptions as refused
import pytest
import telegram as ptb
import telegram.error as ptb_refused
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from telegram.ext import Application, ApplicationBuilder, MessageHandler, filters

from tests.fake_telegram import Fake
from tests.fake_telegram.content import PNG

SECRET = "bi-mat_1"
YES = {"inline_keyboard": [[{"text": "Có", "callback_data": "co"}]]}


@pytest.fixture
async def telegram() -> AsyncIterator[Fake]:
    async with Fake(webhook_pause=0.01) as fake:
        yield fake


@pytest.fixture
async def bot(telegram: Fake) -> AsyncIterator[aiogram.Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url), timeout=5)
    async with aiogram.Bot(telegram.token, session=session) as bot:
        yield bot


@pytest.fixture
async def other(telegram: Fake, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ptb.Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it, RetryAfter warns of a coming change
    async with ptb.Bot(telegram.token, f"{telegram.url}/bot", f"{telegram.url}/file/bot") as bot:
        yield bot


def echo_of_aiogram() -> aiogram.Dispatcher:
    dispatcher = aiogram.Dispatcher()

    @dispatcher.message()
    async def echo(message: aiogram.types.Message) -> None:
        await message.answer(f"Nghe: {message.text or 'không chữ'}")

    return dispatcher


def echo_of_ptb(telegram: Fake) -> Application[Any, Any, Any, Any, Any, Any]:
    async def echo(update: ptb.Update, _: Any) -> None:
        if message := update.effective_message:
            await message.reply_text(f"Nghe: {message.text}")

    base = f"{telegram.url}/bot"
    application = ApplicationBuilder().token(telegram.token).base_url(base).build()
    application.add_handler(MessageHandler(filters.ALL, echo))
    return application


@asynccontextmanager
async def listening(handle: Any) -> AsyncIterator[str]:
    """Serve one webhook on a free port; yield its address."""
    app = web.Application()
    app.router.add_post("/hook", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


# -- conversations through the libraries' own loops


async def test_aiogram_polls_and_answers(telegram: Fake, bot: aiogram.Bot) -> None:
    dispatcher = echo_of_aiogram()
    polling = asyncio.ensure_future(dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False))
    lan, minh = telegram.user(7, "Lan"), telegram.user(8, "Minh")
    await lan.says("xin chào")
    await minh.sends_sticker()
    assert (await lan.hears()).text == "Nghe: xin chào"
    assert (await minh.hears()).text == "Nghe: không chữ"
    await telegram.drained()
    await dispatcher.stop_polling()
    await polling


async def test_python_telegram_bot_polls_and_answers(telegram: Fake) -> None:
    async with echo_of_ptb(telegram) as application:
        await application.start()
        assert application.updater
        await application.updater.start_polling(timeout=1)
        lan = telegram.user(7, "Lan")
        await lan.says("xin chào")
        assert (await lan.hears()).text == "Nghe: xin chào"
        await telegram.drained()
        await application.updater.stop()
        await application.stop()


async def test_aiogram_is_pushed_to_and_answers(telegram: Fake, bot: aiogram.Bot) -> None:
    handler = SimpleRequestHandler(echo_of_aiogram(), bot, handle_in_background=False, secret_token=SECRET)
    async with listening(handler.handle) as address:
        await bot.set_webhook(address, secret_token=SECRET)
        lan = telegram.user(7, "Lan")
        await lan.says("xin chào")
        assert (await lan.hears()).text == "Nghe: xin chào"
        await telegram.drained()


async def test_a_method_in_the_answer_of_a_webhook_is_worked(telegram: Fake, bot: aiogram.Bot) -> None:
    dispatcher = aiogram.Dispatcher()

    @dispatcher.message()
    async def reply(message: aiogram.types.Message) -> Any:
        return message.answer("trong câu trả lời")

    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False)
    async with listening(handler.handle) as address:
        await bot.set_webhook(address)
        lan = telegram.user(7, "Lan")
        await lan.says("xin chào")
        assert (await lan.hears()).text == "trong câu trả lời"
        assert telegram.called("sendMessage")[0].body["ok"]


async def test_python_telegram_bot_is_pushed_to_and_answers(telegram: Fake) -> None:
    async with echo_of_ptb(telegram) as application:

        async def handle(request: web.Request) -> web.Response:
            assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
            await application.process_update(ptb.Update.de_json(await request.json(), application.bot))
            return web.Response()

        async with listening(handle) as address:
            await application.bot.set_webhook(address, secret_token=SECRET)
            lan = telegram.user(7, "Lan")
            await lan.says("xin chào")
            assert (await lan.hears()).text == "Nghe: xin chào"
            info = await application.bot.get_webhook_info()
            assert (info.url, info.max_connections) == (address, 40)


# -- files


async def test_files_go_both_ways_with_aiogram(telegram: Fake, bot: aiogram.Bot) -> None:
    lan = telegram.user(7, "Lan")
    await lan.sends_document("đơn.pdf", b"%PDF-1.7 abc", "Xin gửi")
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.document
    assert update.message.document.file_name == "đơn.pdf"
    fetched = await bot.download(update.message.document)
    assert fetched
    assert fetched.read() == b"%PDF-1.7 abc"
    sent = await bot.send_photo(7, BufferedInputFile(PNG, "a.png"), caption="<b>Ảnh</b>", parse_mode="HTML")
    assert sent.photo
    again = await bot.send_photo(7, sent.photo[-1].file_id)
    assert again.photo
    assert again.photo[0].file_id == sent.photo[-1].file_id
    assert [m.kind for m in lan.heard] == ["photo", "photo"]
    assert lan.heard[0].text == "Ảnh"


async def test_files_go_both_ways_with_python_telegram_bot(telegram: Fake, other: ptb.Bot) -> None:
    lan = telegram.user(7, "Lan")
    await lan.sends_voice(b"OggS123")
    (update,) = await other.get_updates()
    assert update.message
    assert update.message.voice
    file = await update.message.voice.get_file()
    assert bytes(await file.download_as_bytearray()) == b"OggS123"
    sent = await other.send_document(7, b"a;b", filename="bảng.csv", caption="Bảng")
    assert sent.document
    assert sent.document.file_name == "bảng.csv"
    group = await other.send_media_group(7, [ptb.InputMediaPhoto(PNG, caption="1"), ptb.InputMediaPhoto(PNG)])
    assert [m.kind for m in lan.heard] == ["document", "photo", "photo"]
    assert group[0].media_group_id == group[1].media_group_id


async def test_a_file_over_twenty_megabytes_cannot_be_fetched(telegram: Fake, bot: aiogram.Bot) -> None:
    said = await telegram.user(7).sends_document("to.zip", b"PK", size=21 * 1024 * 1024)
    with pytest.raises(refused.TelegramBadRequest, match="file is too big"):
        await bot.get_file(said.raw["document"]["file_id"])


# -- each trouble, as both libraries report it

TROUBLES: list[tuple[str, type[Exception], type[Exception], bool]] = [
    ("429", refused.TelegramRetryAfter, ptb_refused.RetryAfter, False),
    ("500", refused.TelegramServerError, ptb_refused.NetworkError, False),
    ("502", refused.ClientDecodeError, ptb_refused.NetworkError, False),
    ("403", refused.TelegramForbiddenError, ptb_refused.Forbidden, False),
    ("409", refused.TelegramConflictError, ptb_refused.Conflict, False),
    ("drop_before", refused.TelegramNetworkError, ptb_refused.NetworkError, False),
    ("drop_after", refused.TelegramNetworkError, ptb_refused.NetworkError, True),
    ("wrong_json", refused.ClientDecodeError, ptb_refused.TelegramError, True),
]


@pytest.mark.parametrize(("kind", "error", "_", "done"), TROUBLES, ids=[row[0] for row in TROUBLES])
async def test_aiogram_meets_trouble_once(
    telegram: Fake, bot: aiogram.Bot, kind: str, error: type[Exception], _: object, done: bool
) -> None:
    lan = telegram.user(7, "Lan")
    await lan.starts()
    trouble = telegram.fault(kind, "send*", chat=7)
    with pytest.raises(error):
        await bot.send_message(7, "một")
    assert (trouble.hits, lan.texts) == (1, ["một"] if done else [])
    await bot.send_message(7, "hai")
    assert lan.last.text == "hai"
    assert [call.done for call in telegram.called("sendMessage")] == [done, True]


@pytest.mark.parametrize(("kind", "_", "error", "done"), TROUBLES, ids=[row[0] for row in TROUBLES])
async def test_python_telegram_bot_meets_trouble_once(
    telegram: Fake, other: ptb.Bot, kind: str, _: object, error: type[Exception], done: bool
) -> None:
    lan = telegram.user(7, "Lan")
    await lan.starts()
    telegram.fault(kind, "sendMessage")
    with pytest.raises(error):
        await other.send_message(7, "một")
    assert lan.texts == (["một"] if done else [])
    await other.send_message(7, "hai")
    assert lan.last.text == "hai"


async def test_a_slow_answer_was_worked_and_a_hanging_one_was_not(telegram: Fake, bot: aiogram.Bot) -> None:
    lan = telegram.user(7, "Lan")
    await lan.starts()
    telegram.fault("slow", "sendMessage", seconds=30)
    with pytest.raises(refused.TelegramNetworkError):
        await bot.send_message(7, "chậm", request_timeout=1)
    telegram.fault("hang", "sendMessage")
    with pytest.raises(refused.TelegramNetworkError):
        await bot.send_message(7, "treo", request_timeout=1)
    assert lan.texts == ["chậm"]


async def test_a_429_says_how_long_to_wait(telegram: Fake, bot: aiogram.Bot) -> None:
    telegram.fault("429", retry_after=17)
    with pytest.raises(refused.TelegramRetryAfter) as caught:
        await bot.get_me()
    assert caught.value.retry_after == 17


async def test_telegram_can_be_out_of_reach_and_come_back_with_all_it_knew(telegram: Fake, bot: aiogram.Bot) -> None:
    lan = telegram.user(7, "Lan")
    async with telegram.unreachable():
        await lan.says("có ai không?")
        with pytest.raises(refused.TelegramNetworkError):
            await bot.get_updates()
    assert [u.message.text for u in await bot.get_updates() if u.message] == ["có ai không?"]


async def test_chance_is_drawn_from_a_seed(telegram: Fake, bot: aiogram.Bot) -> None:
    async def run() -> list[bool]:
        trouble = telegram.fault("500", "getMe", times=None, chance=0.5, seed=3)
        seen = []
        for _ in range(12):
            before = trouble.hits
            with suppress(refused.TelegramServerError):
                await bot.get_me()
            seen.append(trouble.hits > before)
        trouble.lift()
        return seen

    first = await run()
    assert first == await run()
    assert len(set(first)) == 2
