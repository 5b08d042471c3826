"""One update is one turn and one transaction, whatever happens in the middle of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from bot import conversation
from storage import Store, Tx, forms
from storage.messages import Direction, Message
from storage.questions import Question
from tests.cast import Clock, House, Papers, papers, words


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library() -> Papers:
    return papers()


@pytest.fixture
def house(store: Store, clock: Clock, library: Papers) -> House:
    return House(store, clock=clock, asker=library)


async def counted(store: Store, record: type[Question] | type[Message]) -> int:
    async with store.reading() as tx:
        return await tx.scalar(select(func.count()).select_from(record)) or 0


async def record(store: Store) -> list[Message]:
    async with store.reading() as tx:
        return list(await tx.scalars(select(Message).order_by(Message.id)))


class Killed(BaseException):
    """The process is gone: nothing in the program may catch it."""


async def test_what_is_heard_and_said_stands_in_the_record(house: House, store: Store) -> None:
    lan = await house.citizen()
    said = await lan.says("hồ sơ bị mất thì sao")
    heard, *replies = await record(store)
    assert (heard.direction, heard.body) == (Direction.IN, {"text": "hồ sơ bị mất thì sao"})
    assert lan.receipts == [(heard.id, "hồ sơ bị mất thì sao")]
    assert [row.id for row in replies] == [spoken.message_id for spoken in said]
    assert {row.answers for row in replies} == {heard.id}


async def test_a_press_is_kept_with_the_words_of_its_button(house: House, store: Store) -> None:
    lan = await house.citizen()
    answer = (await lan.says("hồ sơ bị mất thì sao"))[-1]
    up = answer.button("👍")
    await lan.presses(up)
    heard = [row.body for row in await record(store) if row.direction is Direction.IN]
    assert heard[-1] == {"press": up.data, "on": answer.message_id, "label": up.text}


async def test_a_repeated_update_is_not_worked_again_and_is_answered_again(house: House, store: Store) -> None:
    lan = await house.citizen()
    first = await lan.says("hồ sơ bị mất thì sao", update_id=5)
    again = await lan.says("hồ sơ bị mất thì sao", update_id=5)
    assert again == first
    assert lan.receipts[0] == lan.receipts[1]
    assert await counted(store, Question) == 1


async def test_another_text_under_a_number_that_was_worked_is_neither_worked_nor_confirmed(
    house: House, store: Store
) -> None:
    lan = await house.citizen()
    await lan.says("hồ sơ bị mất thì sao", update_id=5)
    await lan.says("/riengtu xoahet", update_id=5)
    assert lan.receipts[1] == lan.receipts[0]
    assert await counted(store, Question) == 1


async def test_two_copies_of_an_update_at_once_are_one(house: House, store: Store) -> None:
    lan = await house.citizen()
    await asyncio.gather(*(lan.says("hồ sơ bị mất thì sao", update_id=5) for _ in range(4)))
    assert await counted(store, Question) == 1


async def test_killed_between_commit_and_speaking_it_is_spoken_from_the_record(
    house: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = await house.citizen()

    async def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(conversation, "speak", killed)
        with pytest.raises(Killed):
            await lan.says("hồ sơ bị mất thì sao", update_id=5)
    assert lan.seen == []
    house.restarts()
    said = await lan.says("hồ sơ bị mất thì sao", update_id=5)
    assert "lập biên bản" in words(said)
    assert await counted(store, Question) == 1


async def test_killed_before_the_commit_nothing_is_there_and_it_is_worked_again(
    house: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = await house.citizen()
    begin = store.begin

    @asynccontextmanager
    async def killed() -> AsyncIterator[Tx]:
        async with begin() as tx:
            yield tx
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(store, "begin", killed)
        with pytest.raises(Killed):
            await lan.says("hồ sơ bị mất thì sao", update_id=5)
    assert await record(store) == []
    assert "lập biên bản" in words(await lan.says("hồ sơ bị mất thì sao", update_id=5))
    assert await counted(store, Question) == 1


async def test_a_form_survives_a_restart_in_its_middle(house: House) -> None:
    lan = await house.citizen()
    await lan.says("/gapcanbo")
    house.restarts()
    await lan.says("Tôi cần hỏi lệ phí")
    house.restarts()
    assert "phiếu số 1" in words(await lan.says("1"))


async def test_a_form_of_an_older_program_is_no_trap(house: House, store: Store) -> None:
    lan = await house.citizen()
    async with store.begin() as tx:
        key = forms.key_of(lan.bot.id, lan.number, lan.number)
        await forms.write(tx, key, "Forgotten:step", {"x": 1}, house.clock())
    assert "lập biên bản" in words(await lan.says("hồ sơ bị mất thì sao"))
    assert "Đã dừng" in words(await lan.says("/huy"))


async def test_a_form_is_not_moved_by_a_turn_that_fails(
    house: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = await house.citizen()
    await lan.says("/gapcanbo")
    await lan.says("Tôi cần hỏi lệ phí")

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no ticket today")

    with monkeypatch.context() as patch:
        patch.setattr("storage.tickets.open_", broken)
        assert "chưa được thực hiện" in words(await lan.says("1"))
    assert "phiếu số 1" in words(await lan.says("đồng ý"))


async def test_a_failure_is_said_with_a_number_and_without_internals(
    house: House, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    lan = await house.citizen()
    said = words(await lan.says("nổ tung", update_id=5))
    assert "mã lỗi" in said
    assert "RuntimeError" not in said
    assert "library" not in said
    heard = (await record(store))[0]
    assert heard.worked_at is not None
    assert heard.body is not None
    assert heard.body["failed"] in said
    [line] = [line for line in caplog.records if line.name == "bot.conversation"]
    assert vars(line)["number"] == heard.body["failed"]
    assert "nổ tung" not in line.getMessage()
    # Sent once more it is answered from the record: a text that breaks the program breaks it once.
    assert words(await lan.says("nổ tung", update_id=5)) == said


async def test_when_the_store_fails_the_channel_hears_of_it_and_may_send_again(
    house: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = await house.citizen()

    def down() -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "begin", down)
        with pytest.raises(OSError, match="full"):
            await lan.says("hồ sơ bị mất thì sao", update_id=5)
    assert lan.receipts == []
    assert "lập biên bản" in words(await lan.says("hồ sơ bị mất thì sao", update_id=5))


async def test_two_people_at_once_are_kept_apart(house: House, library: Papers) -> None:
    lan, hoa = await house.citizen("lan"), await house.citizen("hoa")
    await asyncio.gather(lan.says("/gapcanbo"), hoa.says("hồ sơ bị mất thì sao"))
    mine, yours = await asyncio.gather(lan.says("lệ phí là bao nhiêu"), hoa.says("lệ phí"))
    assert "Nội dung sẽ gửi cán bộ" in words(mine)
    assert "không nêu" in words(yours)
    assert "lệ phí là bao nhiêu" not in [question.text for question in library.asked]


async def test_ten_messages_of_one_person_at_once_are_worked_in_order_and_none_is_lost(
    house: House, store: Store
) -> None:
    lan = await house.citizen()
    await asyncio.gather(*(lan.says(f"câu hỏi số {n}") for n in range(10)))
    async with store.reading() as tx:
        asked = list(await tx.scalars(select(Question.text).order_by(Question.id)))
    assert sorted(str(text) for text in asked) == sorted(f"câu hỏi số {n}" for n in range(10))
    rows = [row.direction for row in await record(store)]
    assert [row for row in rows[2:] if row is Direction.IN] == [Direction.IN] * 9
    assert all(a is not b for a, b in pairwise(rows[2:])), "each reply follows what it answers"


async def test_where_the_record_is_not_the_channel_what_was_spoken_is_marked(house: House, store: Store) -> None:
    ba = house.on_telegram()
    said = await ba.says("hồ sơ bị mất thì sao")
    rows = [row for row in await record(store) if row.direction is Direction.OUT]
    assert [row.outside_id for row in rows] == [str(spoken.message_id) for spoken in said]
    assert all(row.spoken_at is not None for row in rows)


async def test_what_could_not_be_spoken_is_spoken_at_the_next_chance(house: House, store: Store) -> None:
    ba = house.on_telegram()
    house.wires.broken = 1
    assert await ba.says("hồ sơ bị mất thì sao", update_id=5) == []
    assert "lập biên bản" in words(await ba.says("hồ sơ bị mất thì sao", update_id=5))
    assert all(row.spoken_at is not None for row in await record(store) if row.direction is Direction.OUT)
    assert await ba.says("hồ sơ bị mất thì sao", update_id=5) == []
    assert await counted(store, Question) == 1


async def test_somebody_met_for_the_first_time_is_met_once(house: House) -> None:
    ba = house.on_telegram()
    await asyncio.gather(ba.says("xin chào"), ba.says("xin chào"))
    assert sum("90 ngày" in one.text for one in ba.seen) == 1


async def test_a_listener_who_has_gone_does_not_undo_the_turn(house: House, store: Store) -> None:
    lan = await house.citizen()

    async def gone(_row: int, _text: str) -> None:
        raise ConnectionResetError

    update = {
        "update_id": 5,
        "message": {
            "message_id": 5,
            "date": 0,
            "chat": {"id": lan.number, "type": "private"},
            "from": {"id": lan.number, "is_bot": False, "first_name": "Lan"},
            "text": "hồ sơ bị mất thì sao",
        },
    }
    await conversation.work(house.dispatcher, house.bot, update, heard=gone)
    assert await counted(store, Question) == 1
    assert "lập biên bản" in words(lan.seen)


async def test_what_nobody_says_to_us_is_no_turn(house: House, store: Store) -> None:
    poll = {"update_id": 9, "poll_answer": {"poll_id": "1", "option_ids": [], "option_persistent_ids": []}}
    await conversation.work(house.dispatcher, house.bot, poll)
    assert await record(store) == []
