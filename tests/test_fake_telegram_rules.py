"""What the fake refuses, in Telegram's own words: a bot that passes here is not surprised there."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fake_telegram import Fake, Limits
from tests.fake_telegram.api import METHODS
from tests.fake_telegram.markup import parse_html
from tests.fake_telegram.parameters import Params
from tests.fake_telegram.refusals import Refused
from tests.fake_telegram.units import cut, units

Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def telegram() -> AsyncIterator[Fake]:
    async with Fake() as fake:
        await fake.user(7, "Lan").starts()
        yield fake


@pytest.fixture
async def ask(telegram: Fake) -> AsyncIterator[Ask]:
    async with aiohttp.ClientSession() as session:

        async def post(method: str, **params: Any) -> dict[str, Any]:
            async with session.post(f"{telegram.url}/bot{telegram.token}/{method}", json=params) as answer:
                body: dict[str, Any] = await answer.json()
                assert answer.status == body.get("error_code", 200)
                return body

        yield post


def under(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Nút", **button}]]}


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("a<br/>b", 'Unsupported start tag "br/" at byte offset 1'),
        ("ấ<p>b</p>", 'Unsupported start tag "p" at byte offset 3'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("x <3", "Unclosed start tag at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=x/y>y</a>", "Unexpected end of name token at byte offset 8"),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>y</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_html_that_telegram_cannot_parse_is_refused(ask: Ask, html: str, why: str) -> None:
    answer = await ask("sendMessage", chat_id=7, text=html, parse_mode="HTML")
    assert answer["description"] == f"Bad Request: can't parse entities: {why}"


async def test_html_becomes_text_and_entities_in_utf16_units(ask: Ask) -> None:
    html = ' 😀<b>đậm <i>n</i></b> <a href="https://a.vn/?x=1&amp;y">l</a> &lt;&nbsp;&#65; '
    message = (await ask("sendMessage", chat_id=7, text=html, parse_mode="html"))["result"]
    assert message["text"] == "😀đậm n l <&nbsp;A"
    assert message["entities"] == [
        {"type": "bold", "offset": 2, "length": 5},
        {"type": "italic", "offset": 6, "length": 1},
        {"type": "text_link", "offset": 8, "length": 1, "url": "https://a.vn/?x=1&y"},
    ]


def test_code_in_pre_is_one_entity_with_its_language() -> None:
    text, entities = parse_html('<pre><code class="language-python">x</code></pre>')
    assert (text, entities) == ("x", [{"type": "pre", "offset": 0, "length": 1, "language": "python"}])
    assert parse_html("<blockquote expandable>x</blockquote>")[1][0]["type"] == "expandable_blockquote"


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/&;#=\"' abtgi1-.ế😀\n")))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except Refused:
        return
    assert all(e["length"] > 0 and e["offset"] + e["length"] <= units(text) for e in entities)


@settings(deadline=None)
@given(st.text(), st.integers(2, 9))
def test_a_long_text_is_cut_without_loss(text: str, limit: int) -> None:
    pieces = cut(text, limit)
    assert "".join(pieces) == text
    assert all(units(piece) <= limit for piece in pieces)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"text": ""}, "message text is empty"),
    ("sendMessage", {"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
    ("sendMessage", {"text": "😀" * 2049}, "message is too long"),
    ("sendMessage", {"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
    ("sendMessage", {"text": "x", "chat_id": 8}, "chat not found"),
    ("sendMessage", {"text": "x", "chat_id": ""}, "chat_id is empty"),
    ("sendMessage", {"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
    ("sendMessage", {"text": "x", "reply_markup": under(callback_data="ấ" * 22)}, "BUTTON_DATA_INVALID"),
    ("sendMessage", {"text": "x", "reply_markup": under(callback_data="")}, "BUTTON_DATA_INVALID"),
    (
        "sendMessage",
        {"text": "x", "reply_markup": under()},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (
        "sendMessage",
        {"text": "x", "reply_markup": under(url="http://localhost/")},
        "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
    ),
    ("sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ("sendPhoto", {}, "there is no photo in the request"),
    ("sendPhoto", {"photo": "AgADkhông"}, "wrong file identifier/HTTP URL specified"),
    ("sendDocument", {"document": "https://a.vn/x"}, "failed to get HTTP URL content"),
    ("sendChatAction", {"action": "dancing"}, "wrong parameter action in request"),
    ("editMessageText", {"message_id": 99, "text": "x"}, "message to edit not found"),
    ("editMessageText", {"message_id": 1, "text": "x"}, "message can't be edited"),
    ("deleteMessage", {"message_id": 99}, "message to delete not found"),
    ("setMyCommands", {"commands": [{"command": "Xin-Chào", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ("setMyDescription", {"description": "x" * 513}, "bot description is too long"),
    ("setMyShortDescription", {"short_description": "x" * 121}, "bot short description is too long"),
    ("setMyCommands", {"commands": [], "language_code": "việt"}, "BOT_LANG_CODE_INVALID"),
]


@pytest.mark.parametrize(("method", "params", "why"), REFUSED, ids=[f"{m}: {why[:40]}" for m, _, why in REFUSED])
async def test_what_telegram_would_refuse_is_refused(ask: Ask, method: str, params: dict[str, Any], why: str) -> None:
    assert (await ask(method, **{"chat_id": 7, **params})) == {
        "ok": False,
        "error_code": 400,
        "description": f"Bad Request: {why}",
    }


async def test_the_longest_text_and_the_longest_data_are_taken(telegram: Fake, ask: Ask) -> None:
    html = f"<b>{'ấ' * 4096}</b>"
    said = await ask("sendMessage", chat_id=7, text=html, parse_mode="HTML", reply_markup=under(callback_data="x" * 64))
    assert said["ok"]
    assert len(telegram.user(7).last.text) == 4096


async def test_an_edit_that_changes_nothing_is_refused_and_one_without_buttons_takes_them_away(
    telegram: Fake, ask: Ask
) -> None:
    said = (await ask("sendMessage", chat_id=7, text="một", reply_markup=under(callback_data="a")))["result"]
    same = {"chat_id": 7, "message_id": said["message_id"], "text": "một"}
    refused = await ask("editMessageText", **same, reply_markup=under(callback_data="a"))
    assert refused["description"].startswith("Bad Request: message is not modified")
    assert (await ask("editMessageText", **same))["ok"]
    lan = telegram.user(7)
    assert (lan.last.buttons, lan.last.edited, len(lan.last.versions)) == ([], True, 2)


async def test_flood_control_per_chat_and_overall(telegram: Fake, ask: Ask) -> None:
    telegram.world.flood.limits = Limits(overall=3, per_chat=1)
    for number in (8, 9, 10):
        await telegram.user(number).starts()
    codes = [(await ask("sendMessage", chat_id=n, text="x")).get("error_code") for n in (7, 7, 8, 9, 10)]
    assert codes == [None, 429, None, None, 429]
    assert telegram.world.flood.refused == 2
    assert telegram.called("sendMessage")[1].body["parameters"] == {"retry_after": 1}


async def test_the_profile_is_kept_by_language(ask: Ask) -> None:
    commands = [{"command": "viec", "description": "Việc của tôi"}]
    await ask("setMyCommands", commands=commands)
    await ask("setMyCommands", commands=[], language_code="en")
    await ask("setMyDescription", description="Trợ lý")
    await ask("setMyShortDescription", short_description="Assistant", language_code="en")
    await ask("setChatMenuButton", menu_button={"type": "commands"})
    assert (await ask("getMyCommands"))["result"] == commands
    assert (await ask("getMyCommands", language_code="en"))["result"] == []
    assert (await ask("getMyDescription", language_code="en"))["result"] == {"description": "Trợ lý"}
    assert (await ask("getMyShortDescription"))["result"] == {"short_description": ""}
    assert (await ask("getChatMenuButton"))["result"] == {"type": "commands"}


async def test_after_logging_out_a_bot_is_shut_out_for_ten_minutes(telegram: Fake, ask: Ask) -> None:
    assert (await ask("close"))["ok"]
    assert (await ask("logOut"))["ok"]
    assert (await ask("getMe"))["description"] == "Logged out"
    telegram.later(601)
    assert (await ask("getMe"))["result"]["is_bot"]


ODD = st.one_of(
    st.sampled_from(["", "7", "-5", "nan", "[]", "{}", "[1]", '{"a":1}', "null", "<b", "HTML", "http://[x", "9" * 400]),
    st.sampled_from([{"inline_keyboard": [[{"text": "a", "url": "http://[x"}]]}, {"inline_keyboard": [1]}]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["message_id", "type", "media", "text", "offset", "length"]), inner)
        ),
        max_leaves=6,
    ),
)
NAMES = [
    "action",
    "allowed_updates",
    "caption",
    "caption_entities",
    "commands",
    "document",
    "emoji",
    "entities",
    "file_id",
    "from_chat_id",
    "language_code",
    "latitude",
    "longitude",
    "media",
    "menu_button",
    "message_id",
    "message_ids",
    "options",
    "parse_mode",
    "photo",
    "question",
    "reply_markup",
    "reply_parameters",
    "scope",
    "secret_token",
    "text",
    "url",
    "user_id",
]
CHATS = [7, -5, "-5", "²", "--5"]


@settings(deadline=None)
@given(
    st.sampled_from(sorted(METHODS)),
    st.dictionaries(st.sampled_from(NAMES), ODD),
    st.sampled_from(CHATS),
)
def test_nonsense_is_refused_in_words_and_never_breaks_the_fake(
    method: str, params: dict[str, Any], chat: int | str
) -> None:
    fake = Fake()
    fake.group(-5)
    fake.world.post(fake.world.chats[-5], fake.world.bot, {"text": "x"})
    with contextlib.suppress(Refused):
        METHODS[method](fake.world, Params({**params, "chat_id": chat}))
