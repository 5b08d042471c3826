"""The timetable really runs what it is given."""

import asyncio
from datetime import timedelta

import pytest

from bot import troubles
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


class Patchy:
    """A job that fails as often as it is told, and tells when it has been run so often."""

    def __init__(self) -> None:
        self.runs = self.failures = 0
        self.ran = asyncio.Event()

    async def __call__(self) -> None:
        self.runs += 1
        self.ran.set()
        if self.failures:
            self.failures -= 1
            raise OSError("the store is away")

    async def has_run(self, times: int) -> None:
        wanted = self.runs + times
        while self.runs < wanted:
            self.ran.clear()
            await self.ran.wait()


@pytest.mark.parametrize("aside", [False, True])
async def test_what_fails_at_every_beat_is_logged_at_once_then_ever_more_seldom_and_when_it_works_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, *, aside: bool
) -> None:
    monkeypatch.setattr(troubles, "_FIRST_GAP", 0.2)
    monkeypatch.setattr(troubles, "_STEADY", 0.05)
    patchy, clockwork = Patchy(), Clockwork()
    patchy.failures = 10**6

    async def beside() -> None:
        clockwork.aside(patchy(), "store")

    clockwork.every(timedelta(seconds=0.005), beside if aside else patchy, "beside" if aside else "store")
    clockwork.start()
    async with asyncio.timeout(30):
        await patchy.has_run(2)
        assert clockwork.failing == ("store",)
        await patchy.has_run(100)
        patchy.failures = 0
        while clockwork.failing:
            await patchy.has_run(1)
    patchy.failures = 3
    async with asyncio.timeout(30):
        await patchy.has_run(4)
    await clockwork.stop()
    ours = [line for line in caplog.records if line.name == "bot.troubles"]
    failed = [line for line in ours if line.message == "job failed"]
    [again] = [line for line in ours if line.message == "job works again"]
    assert failed[0].times == 1
    assert failed[-1].created > again.created  # what fails anew is told anew
    assert 3 <= len(failed) <= 10
    assert again.times >= 100


async def test_what_fails_every_other_time_does_not_work(caplog: pytest.LogCaptureFixture) -> None:
    clockwork, patchy = Clockwork(), Patchy()

    async def flap() -> None:
        patchy.failures = patchy.runs % 2
        await patchy()

    clockwork.every(timedelta(seconds=0.005), flap, "flap")
    clockwork.start()
    async with asyncio.timeout(30):
        await patchy.has_run(20)
    assert clockwork.failing == ("flap",)
    await clockwork.stop()
    assert [line.message for line in caplog.records if line.name == "bot.troubles"] == ["job failed"]


async def test_a_job_that_takes_longer_than_its_beat_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    beats, done = 0, asyncio.Event()

    async def slow() -> None:
        nonlocal beats
        beats += 1
        await asyncio.sleep(0.1)
        if beats > 1:
            done.set()

    clockwork = Clockwork()
    clockwork.every(timedelta(seconds=0.01), slow, "slow")
    clockwork.start()
    async with asyncio.timeout(5):
        await done.wait()
    await clockwork.stop()
    assert caplog.records == []
