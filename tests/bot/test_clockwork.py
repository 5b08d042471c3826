"""The timetable really runs what it is given."""

import asyncio
from datetime import timedelta

from bot.clockwork import Clockwork


async def test_a_job_is_awaited_on_the_loop_whatever_kind_of_callable_it_is() -> None:
    rung = asyncio.Event()

    async def ring(how: str) -> None:
        assert how == "softly"
        assert asyncio.get_running_loop() is loop
        rung.set()

    loop = asyncio.get_running_loop()
    clockwork = Clockwork()
    clockwork.every(timedelta(seconds=0.01), lambda: ring("softly"), "ring")
    clockwork.start()
    async with asyncio.timeout(5):
        await rung.wait()
    await clockwork.stop()


async def test_a_job_that_fails_comes_round_again() -> None:
    tries: list[int] = []
    twice = asyncio.Event()

    async def fail() -> None:
        tries.append(1)
        if len(tries) > 1:
            twice.set()
        raise OSError

    clockwork = Clockwork()
    clockwork.every(timedelta(seconds=0.01), fail, "fail")
    clockwork.start()
    async with asyncio.timeout(5):
        await twice.wait()
    await clockwork.stop()


async def test_work_aside_ends_with_the_clockwork() -> None:
    clockwork = Clockwork()
    task = clockwork.aside(asyncio.sleep(60), "wait")
    await asyncio.sleep(0)
    await clockwork.stop()
    assert task.cancelled()
