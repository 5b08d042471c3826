"""A process that serves Telegram may die between any two steps: nothing is lost, nothing stands twice."""

import multiprocessing
import random
from collections.abc import Callable
from typing import Any

import pytest

from storage import Store
from tests.fake_telegram import Fake, User
from tests.telegram import talk, victim
from tests.telegram.counter import eventually

# The imports of a messenger take seconds: they are made once, and every victim is forked from there.
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["tests.telegram.victim"])

PEOPLE, QUESTIONS = 4, 3
# More steps than a life has until its work is done: a victim that gets so far is killed while it waits.
LIFE = 120
PATIENCE = 60
SLICE, ALL = 5, 200


def start(url: str, fake: Fake, fatal: int | None, report: Any = None) -> Any:
    process = NURSERY.Process(target=victim.serve, args=(url, fake.url, fake.token, fatal, report), daemon=True)
    process.start()
    return process


async def dead(process: Any, is_done: Callable[[], bool]) -> bool:
    """Wait until a victim is dead. One that has everything behind it before its step comes is killed where it is."""
    await eventually(lambda: not process.is_alive() or is_done(), PATIENCE)
    by_itself = not process.is_alive()
    process.kill()
    await eventually(lambda: not process.is_alive())
    return by_itself


async def killed(url: str, store: Store, kills: int) -> str:
    """Kill again and again in the middle of one conversation after the other; return what came of it."""
    dice = random.Random(7)  # noqa: S311  repeatable on purpose
    done, talks, repeated = 0, 0, 0
    while done < kills:
        async with Fake(f"{1000 + talks}:kills") as fake:
            crowd = await talk.talk(fake, PEOPLE, QUESTIONS)

            def is_done(crowd: list[User] = crowd) -> bool:
                return all(talk.is_answered(user, QUESTIONS) for user in crowd)

            while done < kills and not is_done():
                done += await dead(start(url, fake, dice.randrange(1, LIFE)), is_done)
            last = start(url, fake, None)
            await eventually(is_done, PATIENCE)
            await fake.drained(PATIENCE)
            await talk.all_spoken(store, fake.world.bot_id, PATIENCE)
            last.kill()
            last.join()
            found = await talk.outcome(store, crowd, QUESTIONS, bot_id=fake.world.bot_id)
            talks, repeated = talks + 1, repeated + found.repeated
    return f"{done} kills in {talks} conversations: nothing lost, nothing doubled, {repeated} replies repeated"


async def test_a_process_killed_anywhere_loses_nothing(sqlite_url: str, sqlite_store: Store) -> None:
    print(await killed(sqlite_url, sqlite_store, SLICE))


@pytest.mark.proof
async def test_a_process_killed_two_hundred_times_loses_nothing(url: str, store: Store) -> None:
    print(await killed(url, store, ALL))
