"""The parts of a channel, each by itself."""

import asyncio
from collections.abc import Sequence as Several

import pytest

from bot.channels.lanes import Lanes
from bot.channels.pace import Patience
from bot.channels.sequence import Sequence
from bot.channels.together import Together
from bot.clockwork import Clockwork
from notifications.pace import Pace
from storage import Store, Tx, unreachable
from tests.conftest import NOW
from tests.telegram.counter import eventually


async def test_what_many_write_at_once_is_one_commit_and_each_gets_their_own_result(sqlite_store: Store) -> None:
    together: list[int] = []

    async def write(tx: Tx, chats: Several[int]) -> list[int]:
        together.append(len(chats))
        for chat in chats:
            await unreachable.mark(tx, 1, chat, NOW)
        return [chat * 10 for chat in chats]

    both = Together(sqlite_store, write)
    assert await asyncio.gather(*(both.write(chat) for chat in range(1, 11))) == [chat * 10 for chat in range(1, 11)]
    assert len(together) < 4


async def test_who_cannot_be_written_spoils_it_for_nobody_else(sqlite_store: Store) -> None:
    async def write(tx: Tx, chats: Several[int]) -> list[int]:
        for chat in chats:
            if chat == 3:
                raise ValueError("three")
            await unreachable.mark(tx, 1, chat, NOW)
        return list(chats)

    both = Together(sqlite_store, write)
    results = await asyncio.gather(*(both.write(chat) for chat in range(1, 6)), return_exceptions=True)
    assert [str(result) for result in results] == ["1", "2", "three", "4", "5"]
    async with sqlite_store.reading() as tx:
        assert await unreachable.of(tx, 1) == {1, 2, 4, 5}


async def test_lanes_keep_order_and_go_side_by_side_but_not_all_at_once() -> None:
    clockwork = Clockwork()
    lanes, done, moving, most = Lanes(clockwork.aside, at_once=3), list[tuple[int, int]](), 0, 0

    def job(lane: int, number: int) -> None:
        async def work() -> None:
            nonlocal moving, most
            moving += 1
            most = max(most, moving)
            await asyncio.sleep(0.001)
            moving -= 1
            done.append((lane, number))
            if number == 1:
                raise RuntimeError("one of them fails")

        lanes.put(lane, work)

    for number in range(4):
        for lane in range(6):
            job(lane, number)
    await lanes.room()
    assert most == 3
    assert all([number for one, number in done if one == lane] == [0, 1, 2, 3] for lane in range(6))
    await clockwork.stop()


async def test_what_arrives_out_of_order_goes_in_order_and_a_gap_holds_up_nobody_for_long() -> None:
    clockwork, gone = Clockwork(), list[int]()
    sequence = Sequence(clockwork.aside, patience=0.02)
    for number in (3, 1, 2, 5, 9, 5, 2):
        sequence.put(number, lambda number=number: gone.append(number))  # type: ignore[misc]  # bound here on purpose
    await eventually(lambda: not sequence.held)
    assert gone == [1, 2, 2, 3, 5, 5, 9]
    sequence.put(10, lambda: gone.append(10))
    assert gone[-1] == 10
    await clockwork.stop()


async def test_after_a_halt_nobody_bursts() -> None:
    pace, clock = Pace(100, per_chat=1e6), asyncio.get_running_loop().time
    await pace.turn(1)
    pace.halt(0.05)
    begun, times = clock(), list[float]()

    async def one(chat: int) -> None:
        await pace.turn(chat)
        times.append(clock() - begun)

    await asyncio.gather(*(one(chat) for chat in range(4)))
    # Lower bounds only: a busy machine may be late, never early.
    assert times[0] >= 0.049
    assert times[-1] >= 0.049 + 3 * 0.009 - 0.01


async def test_one_chat_waits_for_itself_and_holds_up_no_other() -> None:
    pace, went = Pace(1000, per_chat=10), list[int]()

    async def one(chat: int) -> None:
        await pace.turn(chat)
        went.append(chat)

    await asyncio.gather(*(one(chat) for chat in (7, 7, 8, 9)))
    assert went == [7, 8, 9, 7]


async def test_what_is_behind_the_conversation_goes_when_no_reply_waits() -> None:
    pace, went = Pace(50, per_chat=1e6), list[str]()

    async def one(chat: int, what: str) -> None:
        await pace.turn(chat, behind=what == "notice")
        went.append(what)

    await asyncio.gather(*(one(chat, what) for chat, what in enumerate(["notice", "notice", "reply", "reply"])))
    assert went == ["notice", "reply", "reply", "notice"]


async def test_who_gives_up_waiting_costs_nobody_a_turn() -> None:
    pace, went = Pace(20, per_chat=1e6), list[int]()

    async def one(chat: int) -> None:
        await pace.turn(chat)
        went.append(chat)

    await one(1)
    waiting = [asyncio.ensure_future(one(chat)) for chat in (2, 3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.wait(waiting)
    assert went == [1, 3]


@pytest.mark.parametrize("longest", [1.0, 8.0])
def test_patience_grows_to_its_end_and_begins_anew(longest: float) -> None:
    patience = Patience(0.5, longest)
    waits = [patience.seconds() for _ in range(8)]
    assert max(waits) <= longest
    assert waits[0] <= 0.5 < waits[-1]
    patience.forget()
    assert patience.seconds() <= 0.5
