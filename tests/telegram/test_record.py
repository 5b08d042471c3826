"""What is spoken on Telegram comes from the record: buttons, long texts, edits, what a crash left behind."""

import asyncio
import logging

import pytest
from sqlalchemy import select

from bot.channels.telegram_session import Reach
from bot.channels.telegram_updates import Me
from handlers.turn import Button, Saying
from knowledge.texts import Answer, Language
from storage import Store, messages, outbox
from storage.messages import Message
from storage.questions import Question
from tests.cast import Papers, clause
from tests.fake_telegram import Fake
from tests.telegram.counter import Counter, eventually


async def says(counter: Counter, chat_id: int, *sayings: Saying) -> list[int]:
    """Let something stand in the record that nobody has spoken yet, as another process writes a letter."""
    async with counter.store.begin() as tx:
        return await messages.said(
            tx,
            channel="telegram",
            bot_id=counter.telegram.bot.id,
            chat_id=chat_id,
            answers=None,
            bodies=[saying.body() for saying in sayings],
            at=counter.clock(),
        )


async def rows(store: Store) -> list[Message]:
    async with store.reading() as tx:
        return list(await tx.scalars(select(Message).order_by(Message.id)))


async def test_a_long_answer_comes_in_several_messages_with_the_buttons_under_the_last(
    counter: Counter, telegram: Fake, library: Papers
) -> None:
    quote = "\n".join(f"Dòng {n} của một điều khoản rất dài." for n in range(400))
    library.found = {"dài": Answer((clause("8.5.3", quote),), (), Language.VI)}
    lan = telegram.user(7)
    await lan.says("dài")
    await lan.hears("phiên bản 1")
    *first, last = lan.heard[1:]
    assert len(first) >= 2
    assert all(len(message.text) <= 4096 for message in lan.heard)
    assert not any(message.buttons for message in first)
    press = await lan.presses(last.button("👍"))
    assert (await press.answered())["text"]
    await counter.settled()
    assert last.now is not None
    assert "✓" in last.now.button("👍").text


async def test_a_command_too_long_for_a_button_goes_by_where_it_stands(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    await lan.says("/trogiup")
    await lan.hears()
    await says(counter, 7, Saying("<p>dài</p>", ((Button("x", "/xa"), Button("mở", "/trogiup" + " " * 70)),)))
    await counter.telegram.sender.sweep()
    button = (await lan.hears("dài")).button("mở")
    assert button.data is not None
    assert len(button.data) < 20
    await lan.presses(button)
    await lan.hears("hỏi")


@pytest.mark.parametrize("data", ["#1.7", "#999999.0", "/hay 1", "/phieu 1", "rác", "x" * 64])
async def test_a_button_that_does_not_stand_there_is_refused_in_words(
    counter: Counter, telegram: Fake, data: str
) -> None:
    hoa, lan = telegram.user(8), telegram.user(7)
    await hoa.says("hồ sơ bị mất thì sao")
    answer = await hoa.hears("lập biên bản")
    await lan.says("/trogiup")
    await lan.hears()
    # Forged, or somebody else's: another chat's message ids mean nothing here.
    press = await lan.presses_data(data, answer.id)
    await press.answered()
    reply = await lan.hears("không")
    assert "lập biên bản" not in reply.text


async def test_a_button_whose_message_has_changed_is_stale(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    await lan.says("hồ sơ bị mất thì sao")
    answer = await lan.hears("lập biên bản")
    await lan.presses(answer.button("👎"))
    why = (await lan.hears("chưa đúng ở điểm nào")).buttons[0][0]
    await lan.presses(why)
    await counter.settled()
    await lan.presses(why)
    await lan.hears("không còn dùng được")


async def test_a_press_is_answered_even_when_the_work_fails(
    counter: Counter, telegram: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = telegram.user(7)
    await lan.says("hồ sơ bị mất thì sao")
    answer = await lan.hears("lập biên bản")

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no vote today")

    monkeypatch.setattr("storage.questions.vote", broken)
    press = await lan.presses(answer.button("👍"))
    assert await press.answered() is not None
    await lan.hears("mã lỗi")


async def test_an_edit_that_changes_nothing_is_no_error(
    counter: Counter, telegram: Fake, caplog: pytest.LogCaptureFixture
) -> None:
    lan = telegram.user(7)
    await lan.says("/trogiup")
    await lan.hears()
    await counter.settled()
    said = [row for row in await rows(counter.store) if row.outside_id][-1]
    async with counter.store.begin() as tx:
        await messages.edit(tx, said.id, 7, said.bot_id, said.body or {}, counter.clock())
    await counter.telegram.sender.sweep()
    await counter.telegram.sender.quiet()
    assert telegram.calls[-1].method in {"editMessageText", "getUpdates"}
    assert telegram.called("editMessageText")[-1].code == 400
    assert all(row.spoken_at for row in await rows(counter.store) if row.outside_id)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_an_edit_that_met_a_dead_line_is_told_later(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    await lan.says("hồ sơ bị mất thì sao")
    answer = await lan.hears("lập biên bản")
    telegram.fault("502", "editMessageText", times=3)
    await lan.presses(answer.button("👍"))
    changed = await lan.hears("lập biên bản")
    assert "✓" in changed.button("👍").text


async def test_what_was_left_in_the_inbox_is_worked_at_the_start_in_order_and_before_what_comes(
    sqlite_store: Store, telegram: Fake, library: Papers
) -> None:
    texts = ["hồ sơ bị mất thì sao", "lưu hồ sơ", "lệ phí"]
    counter = Counter(sqlite_store, telegram, library)
    left = counter.put_together()
    lan = telegram.user(7)
    for text in texts:
        await lan.says(text)
    # A process that commits the inbox and dies at once.
    batch = [pending.update for pending in telegram.world.updates.pending]
    left.inbox._lanes.put = lambda *_: None  # type: ignore[method-assign]  # nobody is left to work it
    await left.inbox.take(batch)
    await left.bot.session.close()
    telegram.world.updates.pending.clear()
    await lan.says("xin chào")
    await counter.open()
    await eventually(lambda: len(library.asked) == 4)
    assert [question.text for question in library.asked] == [*texts, "xin chào"]
    await counter.settled()
    await counter.shut()
    async with sqlite_store.reading() as tx:
        assert [question.text for question in await tx.scalars(select(Question).order_by(Question.id))][:3] == texts


async def test_a_code_that_was_in_the_inbox_is_never_in_the_store(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    await lan.says("lien ket MFRA2DURYYYYZ23ABCDEFGH234")
    await lan.hears("không dùng được")
    await lan.starts("MFRA2DURYYYYZ23ABCDEFGH235")
    await lan.hears("không dùng được")
    assert not [row.body for row in await rows(counter.store) if "MFRA" in str(row.body)]


async def test_a_letter_of_another_process_is_spoken(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    await lan.starts()
    await lan.hears("Xin chào")
    await says(counter, 7, Saying("<p>một</p>"), Saying("<p>hai</p>"))
    await counter.telegram.sender.sweep()
    await lan.hears("một")
    await lan.hears("hai")
    await counter.settled()
    async with counter.store.reading() as tx:
        assert not await outbox.waiting(tx, "telegram", counter.telegram.bot.id, 9)


async def test_what_telegram_refuses_as_it_is_is_said_plainly(counter: Counter, telegram: Fake) -> None:
    lan = telegram.user(7)
    await lan.starts()
    await lan.hears("Xin chào")
    await says(counter, 7, Saying("<p><b>đậm</b></p>", ((Button("hỏng", url="http://"),),)), Saying("<p>sau</p>"))
    await counter.telegram.sender.sweep()
    assert (await lan.hears("đậm")).buttons == []
    await lan.hears("sau")


async def test_commands_and_descriptions_are_set_in_both_languages(counter: Counter, telegram: Fake) -> None:
    await eventually(lambda: telegram.called("setChatMenuButton", done=True))
    languages = [call.params.get("language_code", "") for call in telegram.called("setMyCommands", done=True)]
    assert languages == ["", "vi", "en"]
    assert len(telegram.called("setMyDescription", done=True)) == 3


async def test_a_refused_token_is_said_so_and_tried_again(sqlite_store: Store, telegram: Fake, library: Papers) -> None:
    async with Counter(sqlite_store, telegram, library, token="43:nobody") as counter:
        await eventually(lambda: counter.telegram.reach is Reach.REFUSED)
        await asyncio.sleep(0.1)
        assert counter.telegram.reach is Reach.REFUSED


def test_a_name_is_found_whole_and_in_any_case() -> None:
    me = Me(42, "Troly_Bot")
    assert me.is_meant({"text": "chào @troly_bot, hồ sơ?"})
    assert not me.is_meant({"text": "chào @troly_bot2"})
    assert not me.is_meant({"text": "/huy@other"})
    assert me.unnamed("@TROLY_BOT hồ sơ").strip() == "hồ sơ"


async def test_the_copy_of_ones_data_is_sent_as_a_file_that_holds_nobody_elses(
    counter: Counter, telegram: Fake
) -> None:
    hoa, lan = telegram.user(8), telegram.user(7)
    await hoa.says("câu hỏi của Hoa")
    await hoa.hears()
    await lan.says("hồ sơ bị mất thì sao")
    await lan.hears("lập biên bản")
    await lan.says("/riengtu tai")
    said = await lan.hears("Bản sao dữ liệu")
    assert said.raw["document"]["file_name"] == "du-lieu-ca-nhan.html"
    assert not said.buttons
    file = telegram.world.files.by_id(said.raw["document"]["file_id"])
    assert file is not None
    content = file.content.decode()
    assert "<dd>hồ sơ bị mất thì sao</dd>" in content
    assert "của Hoa" not in content
