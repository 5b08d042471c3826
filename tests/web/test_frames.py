import asyncio
from contextlib import AsyncExitStack

import aiohttp
import pytest
from sqlalchemy import select

from bot.channels import webchat
from bot.web.limits import MESSAGES
from bot.web.lobby import digest
from bot.web.watch import Watch
from storage import messages, sessions
from storage.messages import Message
from tests.web.conftest import SCOPE, Opening, RunningChat
from tests.web.tab import Tab, keys, new_id

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def rows(office: RunningChat) -> list[Message]:
    async with office.store.reading() as tx:
        return list(await tx.scalars(select(Message).order_by(Message.id)))


async def test_a_question_is_heard_then_answered_with_the_quotation(tab: Tab) -> None:
    number = new_id()
    await tab.send(t="text", id=number, text="phạm vi áp dụng?")
    heard = await tab.until("heard")
    assert (heard["id"], heard["text"]) == (number, "phạm vi áp dụng?")
    answer = await tab.until("message")
    while SCOPE[0] not in answer["html"]:
        answer = await tab.until("message")
    assert isinstance(answer["id"], str)
    assert any("👍" in key["text"] for key in keys(answer))


async def test_heard_is_said_only_when_it_is_in_the_record(tab: Tab, office: RunningChat) -> None:
    await tab.send(t="text", id=new_id(), text="phạm vi áp dụng?")
    heard = await tab.until("heard")
    assert int(heard["message"]) in [row.id for row in await rows(office)]


async def test_what_is_masked_never_reaches_the_record_nor_another_tab(tab: Tab, office: RunningChat) -> None:
    await tab.send(t="text", id=new_id(), text="số của tôi là 0905123456, phạm vi áp dụng?")
    heard = await tab.until("heard")
    assert "0905123456" not in heard["text"]
    assert all("0905123456" not in str(row.body) for row in await rows(office))


async def test_a_denunciation_is_not_stored_and_the_page_is_told_so(tab: Tab, office: RunningChat) -> None:
    await tab.send(t="text", id=new_id(), text="Tôi tố cáo ông Nguyễn Văn A ở phòng Kỹ thuật nhận hối lộ của tôi")
    heard = await tab.until("heard")
    assert heard["withheld"] is True
    assert heard["text"] == ""
    assert all("Nguyễn Văn A" not in str(row.body) for row in await rows(office))


async def test_a_frame_sent_again_is_not_worked_again_but_its_reply_comes(tab: Tab, office: RunningChat) -> None:
    number = new_id()
    first = await tab.type("phạm vi áp dụng?", id_=number)
    before = await rows(office)
    again = await tab.type("phạm vi áp dụng?", id_=number)
    assert [frame["id"] for frame in again] == [frame["id"] for frame in first]
    assert [row.id for row in await rows(office)] == [row.id for row in before]


async def test_two_people_may_send_the_same_id(tab: Tab, office: RunningChat) -> None:
    number = new_id()
    await tab.type("phạm vi áp dụng?", id_=number)
    async with Tab(office.url) as other:
        await other.arrive()
        assert await other.type("phạm vi áp dụng?", id_=number)


async def test_nobody_sees_the_chat_of_somebody_else(tab: Tab, office: RunningChat) -> None:
    (answer, *_) = await tab.type("phạm vi áp dụng?")
    async with Tab(office.url) as other:
        welcome = await other.arrive()
        assert welcome["history"] == []
        await other.send(t="press", id=new_id(), message=answer["id"], data="/trogiup")
        assert (await other.until("error"))["code"] == "gone"
        await other.send(t="older", before="999999999")
        assert (await other.until("older"))["history"] == []


async def test_a_long_command_of_a_button_is_heard_to_its_end(tab: Tab) -> None:
    (answer, *_) = await tab.type("/riengtu")
    frames = await tab.press(answer["id"], f"/riengtu {' ' * 70}xoa")
    assert any("không thể hoàn lại" in frame.get("html", "") for frame in frames)


async def test_a_choice_pressed_is_answered_with_that_clause(tab: Tab) -> None:
    said = await tab.type("đánh giá như thế nào?")
    offered = next(frame for frame in said if len(keys(frame)) > 2)
    frames = await tab.press(offered["id"], keys(offered)[0]["data"])
    heard = next(frame for frame in frames if frame["t"] == "heard")
    assert heard["press"] is True
    assert heard["text"] == keys(offered)[0]["text"]
    assert any(frame["t"] in {"message", "edit"} and SCOPE[0] in frame["html"] for frame in frames)


async def test_a_vote_changes_the_message_or_says_thanks(tab: Tab) -> None:
    said = await tab.type("phạm vi áp dụng?")
    answer = next(frame for frame in said if any("👍" in key["text"] for key in keys(frame)))
    up = next(key for key in keys(answer) if "👍" in key["text"])
    frames = await tab.press(answer["id"], up["data"])
    assert {"edit", "toast", "message"} & {frame["t"] for frame in frames}


async def test_every_tab_of_the_session_hears_and_is_told(tab: Tab, office: RunningChat) -> None:
    async with Tab(office.url) as second:
        second.http.cookie_jar.update_cookies({c.key: c.value for c in tab.http.cookie_jar})
        await second.connect()
        await tab.type("phạm vi áp dụng?")
        assert (await second.until("heard"))["text"] == "phạm vi áp dụng?"
        assert (await second.until("message"))["html"]


async def test_the_history_is_there_on_return(tab: Tab) -> None:
    number = new_id()
    said = await tab.type("phạm vi áp dụng?", id_=number)
    await tab.leave()
    welcome = await tab.connect()
    mine = next(row for row in welcome["history"] if row["t"] == "mine")
    assert (mine["text"], mine["sent"]) == ("phạm vi áp dụng?", number)
    assert [row["id"] for row in welcome["history"] if row["t"] == "message"] == [frame["id"] for frame in said]


async def test_a_page_that_comes_back_gets_only_what_is_new(tab: Tab) -> None:
    said = await tab.type("phạm vi áp dụng?")
    await tab.leave()
    welcome = await tab.connect(after=said[-1]["id"])
    assert welcome["history"] == []
    assert welcome["gap"] is False


async def test_older_messages_come_page_by_page_until_the_first(tab: Tab, office: RunningChat) -> None:
    async with office.store.begin() as tx:
        chat = int((await tab_welcome(tab))["chat"])
        bodies = [{"html": f"<p>{n}</p>", "buttons": []} for n in range(95)]
        await messages.said(
            tx, channel="web", bot_id=webchat.BOT_ID, chat_id=chat, answers=None, bodies=bodies, at=office.clock()
        )
    await tab.leave()
    welcome = await tab.connect()
    seen = [row["html"] for row in welcome["history"]]
    more, before = welcome["more"], welcome["history"][0]["id"]
    while more:
        await tab.send(t="older", before=before)
        older = await tab.until("older")
        seen = [row["html"] for row in older["history"]] + seen
        more, before = older["more"], older["history"][0]["id"]
    assert seen == [f"<p>{n}</p>" for n in range(95)]


async def tab_welcome(tab: Tab) -> dict[str, str]:
    return next(frame for frame in tab.frames if frame["t"] == "welcome")


async def test_what_another_process_says_appears_in_the_open_page(tab: Tab, office: RunningChat) -> None:
    chat = int((await tab_welcome(tab))["chat"])
    async with office.store.begin() as tx:
        await messages.said(
            tx,
            channel="web",
            bot_id=webchat.BOT_ID,
            chat_id=chat,
            answers=None,
            bodies=[{"html": "<p>Cán bộ trả lời</p>", "buttons": []}],
            at=office.clock(),
        )
    assert "Cán bộ trả lời" in (await tab.until("message"))["html"]


async def test_a_page_that_opens_is_not_told_again_what_its_history_says(tab: Tab, office: RunningChat) -> None:
    await tab.type("phạm vi áp dụng?")
    async with Tab(office.url) as second:
        second.http.cookie_jar.update_cookies({c.key: c.value for c in tab.http.cookie_jar})
        await second.connect()
        beats = Watch(office.lobby)
        await beats.beat()
        beats._seen = [0]  # as after an hour in which nobody spoke
        await beats.beat()
        await second.send(t="ping")
        assert (await second.next())["t"] == "pong"


async def test_when_the_store_is_away_the_page_is_asked_to_send_again(tab: Tab, office: RunningChat) -> None:
    office.broken = True
    number = new_id()
    await tab.send(t="text", id=number, text="phạm vi áp dụng?")
    error = await tab.until("error")
    assert (error["id"], error["code"]) == (number, "store")
    assert error["wait"] > 0
    assert "store" not in error["text"]
    office.broken = False
    assert await tab.type("phạm vi áp dụng?", id_=number)


@pytest.mark.parametrize(
    ("text", "code"), [("a" * 4001, "long"), (" \n\u200b ", "empty"), (None, "empty"), (7, "empty"), ([], "empty")]
)
async def test_what_cannot_be_a_message_is_refused_for_good(
    tab: Tab, office: RunningChat, text: object, code: str
) -> None:
    await tab.send(t="text", id=new_id(), text=text)
    error = await tab.until("error")
    assert error["code"] == code
    assert "wait" not in error
    assert office.turns == 0


async def test_four_thousand_characters_are_a_message_whatever_their_bytes(tab: Tab) -> None:
    assert await tab.type("ệ" * 4000)


async def test_half_a_character_does_not_break_the_chat(tab: Tab) -> None:
    assert await tab.type("phạm vi \ud83d áp dụng?")


@pytest.mark.parametrize("number", ["0", "-1", "x", str(2**62), "9" * 40, 7, None, "١٢"])
async def test_an_id_that_no_page_makes_is_refused(tab: Tab, office: RunningChat, number: object) -> None:
    await tab.send(t="text", id=number, text="phạm vi áp dụng?")
    assert (await tab.until("error"))["code"] == "frame"
    assert office.turns == 0


@pytest.mark.parametrize("frame", ["[]", "1", "{", '{"t":"nothing"}', "[" * 20000])
async def test_a_senseless_frame_is_answered_and_the_chat_goes_on(tab: Tab, frame: str) -> None:
    assert tab.socket is not None
    await tab.socket.send_str(frame)
    assert (await tab.until("error"))["code"] == "frame"
    await tab.send(t="ping")
    await tab.until("pong")


async def test_a_socket_that_does_not_say_hello_is_shown_out(tab: Tab) -> None:
    tab.socket = await tab.http.ws_connect(f"{tab.url}/chat", headers=tab.headers)
    await tab.send(t="text", id=new_id(), text="phạm vi áp dụng?")
    assert (await tab.next())["t"] == "bye"


async def test_who_sends_too_fast_is_asked_to_wait_and_loses_nothing(tab: Tab, office: RunningChat) -> None:
    office.gate.clear()
    ids = [new_id() for _ in range(MESSAGES.burst + 1)]
    for number in ids:
        await tab.send(t="text", id=number, text="phạm vi áp dụng?")
    error = await tab.until("error")
    assert (error["id"], error["code"]) == (ids[-1], "fast")
    assert error["wait"] >= 1
    office.gate.set()
    await tab.until("done", id=ids[-2])


async def test_a_language_chosen_in_the_chat_turns_the_page(tab: Tab) -> None:
    await tab.type("/ngonngu en")
    assert (await tab.until("you"))["lang"] == "en"


async def test_a_closing_server_says_that_it_goes_away(open_office: Opening) -> None:
    async with open_office() as office, Tab(office.url) as tab:
        await tab.arrive()
        _, code = await asyncio.gather(office.stop(), tab.closed())
        assert code == aiohttp.WSCloseCode.GOING_AWAY


async def test_a_ninth_tab_takes_the_place_of_the_first(tab: Tab, office: RunningChat) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(8):
            other = await stack.enter_async_context(Tab(office.url))
            other.http.cookie_jar.update_cookies({c.key: c.value for c in tab.http.cookie_jar})
            await other.connect()
        assert await tab.closed() == aiohttp.WSCloseCode.TRY_AGAIN_LATER


async def test_a_page_that_takes_nothing_holds_nobody_up(tab: Tab, office: RunningChat) -> None:
    chat = int((await tab_welcome(tab))["chat"])
    for n in range(2_000):
        office.hub.push(chat, {"t": "toast", "text": f"{n}" * 50})
    await tab.leave()
    welcome = await tab.connect()
    assert welcome["t"] == "welcome"


async def test_a_revoked_session_does_not_look_on(tab: Tab, office: RunningChat) -> None:
    token = next(cookie.value for cookie in tab.http.cookie_jar)
    async with office.store.begin() as tx:
        session = await sessions.find(tx, digest(token), office.clock())
        assert session is not None
        await sessions.revoke(tx, session.id, office.clock())
    await tab.send(t="ping")
    assert (await tab.until("bye"))["reason"] == "session"
