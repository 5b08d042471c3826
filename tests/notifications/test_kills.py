"""A worker or leader may die between any two steps: no fact is lost, no row stands twice, repeats are counted."""

import asyncio
import multiprocessing
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import Store, addresses, identities, links, notices, people
from storage.asked import Kind
from storage.deliveries import Delivery, DeliveryState
from storage.messages import Message
from storage.notices import Notice
from storage.questions import record
from storage.who import Role
from tests.notifications.pebbles import BOT, NOW, words_of
from tests.notifications.victim import LIFE, Plan, live

# The imports take a second: they are made once, and most victims are forked from there.
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["tests.notifications.victim"])

PATIENCE = 60
_NUMBER = re.compile(r"\b[123]\d{7}\b")
ROOT = Path(__file__).parent.parent.parent
OFFICERS, FACTS, QUESTIONS = 4, 4, 3
# As many steps as a life has that works a whole round; what a killed one has left is less, down to an idle look.
STEPS = 660
KINDS = ("alarm", "pebble", "news")  # a fact's number tells its kind: 1…, 2…, 3…
_KIND, _ROUND = 10_000_000, 1000


async def _begin(store: Store) -> None:
    async with store.begin() as tx:
        for n in range(OFFICERS):
            person = await people.add(tx, name=f"Cán bộ {n}", roles=[Role.OFFICER], unit="Phòng", at=NOW, by=None)
            channel = "telegram" if n % 2 else "web"
            account = await identities.meet(tx, channel=channel, bot_id=BOT, outside_id=f"o{n}", at=NOW)
            code = await links.issue(tx, person.id, by=None, at=NOW)
            assert isinstance(await links.redeem(tx, code, account.identity_id, at=NOW), links.Linked)
        secretary = await people.add(tx, name="Thư ký", roles=[Role.QMS_SECRETARY], unit=None, at=NOW, by=None)
        account = await identities.meet(tx, channel="telegram", bot_id=BOT, outside_id="s", at=NOW)
        code = await links.issue(tx, secretary.id, by=None, at=NOW)
        await links.redeem(tx, code, account.identity_id, at=NOW)
        await addresses.order(tx, secretary.id, ["telegram"], by=None, at=NOW)


async def _happens(store: Store, round_: int, now: datetime) -> None:
    """Post the facts of one round, and put questions into the queue, for which a sweep posts the notices."""
    async with store.begin() as tx:
        for number, kind in enumerate(KINDS, 1):
            for fact in range(FACTS):
                await notices.post(tx, kind, number * _KIND + round_ * _ROUND + fact, at=now)
        who = await identities.meet(tx, channel="web", bot_id=BOT, outside_id="lan", at=now)
        for n in range(QUESTIONS):
            await record(
                tx,
                who=who,
                chat_id=who.number,
                update_id=round_ * 1000 + n,
                text="?",
                language="vi",
                kind=Kind.REFUSAL,
                cited=[],
                rejected=[],
                ms=1.0,
                at=now,
                masked=[],
            )


def _die(plan: Plan, *, whole: bool) -> bool:
    """Run one life; return whether it was killed on the way."""
    if whole:
        words = [plan.url, plan.shore, str(plan.life), str(plan.fatal or "")]
        code = subprocess.run(
            [sys.executable, "-m", "tests.notifications.victim", *words], cwd=ROOT, check=False, timeout=PATIENCE
        ).returncode
    else:
        process = NURSERY.Process(target=live, args=(plan,), daemon=True)
        process.start()
        process.join(PATIENCE)
        code = process.exitcode or 0
        process.close()
    assert code in {0, -signal.SIGKILL}, code
    return code != 0


async def killed(url: str, store: Store, shore: Path, kills: int, whole: int) -> str:
    """Kill again and again while facts happen; return what came of it."""
    dice = random.Random(11)  # noqa: S311 repeatable on purpose
    for kind in KINDS:
        words_of(kind, shore)
    await _begin(store)
    done = life = rounds = 0
    every = max(kills // whole, 1) if whole else kills + 1
    while done < kills:
        # Now, not once for all: after a thousand lives of three minutes each it is worth telling no more.
        await _happens(store, rounds, NOW + life * LIFE)
        rounds += 1
        alive = False
        while done < kills and not alive:
            life += 1
            plan = Plan(url, str(shore), life, dice.randrange(1, STEPS))
            alive = not await asyncio.to_thread(_die, plan, whole=done % every == every - 1)
            done += not alive
    life += 1
    assert not await asyncio.to_thread(_die, Plan(url, str(shore), life, None), whole=False)
    repeated = await _outcome(store, shore, rounds)
    return f"{done} kills, {life} lives, {rounds} rounds: nothing lost, nothing doubled, {repeated} messages repeated"


async def _outcome(store: Store, shore: Path, rounds: int) -> int:
    """Compare what stands with what happened; return how many messages were said more than once."""
    async with store.reading() as tx:
        posted = Counter(await tx.scalars(select(Notice.kind)))
        rows = (await tx.execute(select(Delivery, Notice.about).join(Notice))).all()
        shown = [(row.chat_id, row.body) for row in await tx.scalars(select(Message)) if row.body]
    slate = await asyncio.to_thread(lambda: (shore / "slate").read_text(encoding="utf-8").splitlines())
    facts, asked = rounds * FACTS, rounds * QUESTIONS
    assert posted == {**dict.fromkeys(KINDS, facts), "unanswered_waiting": asked}
    assert Counter(row.kind for row, _ in rows) == {
        **dict.fromkeys(KINDS, facts * OFFICERS),
        "unanswered_waiting": asked,
    }
    on_the_page = Counter((chat, int(n)) for chat, body in shown for n in _NUMBER.findall(body["html"]))
    outside = Counter((int(line.split(" ", 2)[1]), int(n)) for line in slate for n in _NUMBER.findall(line))
    for row, about in rows:
        if row.kind == "unanswered_waiting":
            # What was in doubt and must not be said twice stays unknown: it is shown, and it is not lost.
            assert row.state is (DeliveryState.UNKNOWN if row.doubts else DeliveryState.SENT)
            continue
        assert row.state is DeliveryState.SENT
        told = (on_the_page if row.channel == "web" else outside)[row.chat_id, about]
        # On the page exactly once; outside once, and again only after a death between speaking and settling.
        assert 1 <= told <= 1 + row.doubts, (row.kind, about, told, row.doubts)
    return sum(count - 1 for count in Counter(slate).values())


async def test_a_worker_killed_anywhere_loses_nothing_and_doubles_nothing(
    url: str, store: Store, tmp_path: Path
) -> None:
    print(await killed(url, store, tmp_path, kills=5, whole=1))


@pytest.mark.proof
async def test_a_worker_killed_a_thousand_times_loses_nothing_and_doubles_nothing(
    url: str, store: Store, tmp_path: Path
) -> None:
    print(await killed(url, store, tmp_path, kills=1000, whole=50))
