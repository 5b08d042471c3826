"""Somebody guesses: 100,000 proofs from many chats and addresses against dossiers that exist and codes that do not.

`python -m tests.benchmarks.guessing [HOW MANY] [DAYS]` prints what an attacker learns: what was opened, and whether
anything but a success tells a code that exists from one that does not. The clock is played; nothing waits.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from storage import Store, Tx, dossier_guesses, identities, schema
from storage.dossier_guesses import Budgets, Verdict
from storage.who import Who
from tests.conftest import KEYS, NOW
from tests.dossiers import imported, row

DOSSIERS, CODES, CHATS, ADDRESSES = 300, 3_000, 1_000, 150
_AT_ONCE = 200


@dataclass(slots=True)
class Learnt:
    """What came of the guesses, by whether the code exists. `seconds`: CPU of each."""

    verdicts: dict[bool, Counter[Verdict]] = field(default_factory=lambda: {True: Counter(), False: Counter()})
    seconds: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    opened: set[str] = field(default_factory=set)

    def lines(self, guesses: int, days: float) -> list[str]:
        exist, missing = self.verdicts[True], self.verdicts[False]
        taken = sum(count for verdicts in self.verdicts.values() for v, count in verdicts.items() if v in _COMPARED)
        wrong = [1000 * median(self.seconds[exists] or [0.0]) for exists in (True, False)]
        return [
            f"{guesses} guesses in {days:g} days, {CHATS} chats, {ADDRESSES} addresses",
            f"codes tried: {CODES}, of them {DOSSIERS} exist, each with three numbers on it",
            f"compared at all: {taken}; the rest were told to give a whole number, or to wait",
            f"dossiers opened: {len(self.opened)}",
            f"codes that exist:   {_shares(exist)}",
            f"codes that do not:  {_shares(missing)}",
            f"CPU of a wrong guess, exists / does not: {wrong[0]:.2f} / {wrong[1]:.2f} ms (before the floor)",
        ]


_COMPARED = frozenset({Verdict.PROVEN, Verdict.WRONG})


def _shares(verdicts: Counter[Verdict]) -> str:
    total = sum(verdicts.values()) or 1
    return ", ".join(f"{verdict} {100 * verdicts[verdict] / total:.2f} %" for verdict in Verdict)


def codes() -> list[str]:
    """Return codes as an attacker makes them up: days, and running numbers in them."""
    return [f"H3217260{1 + n % 9:01}{1 + n % 28:02}{n // 252:06}" for n in range(CODES)]


async def furnished(store: Store) -> set[str]:
    rng = random.Random(1)  # noqa: S311 a benchmark
    there = rng.sample(codes(), DOSSIERS)
    rows = [
        row(
            code=f"{key[:3]}.{key[3:5]}-{key[5:11]}-{key[11:]}",
            phone=f"09{rng.randrange(10**8):08}",
            personal_id=f"056{rng.randrange(10**9):09}",
            tax=f"42{rng.randrange(10**8):08}",
        )
        for key in there
    ]
    await imported(store, *rows, at=NOW - timedelta(days=1))
    return set(there)


async def strangers(store: Store) -> list[Who]:
    async with store.begin() as tx:
        return [
            await identities.meet(tx, channel="web", bot_id=1_000_000_002, outside_id=f"g{n}", at=NOW)
            for n in range(CHATS)
        ]


@dataclass(frozen=True, slots=True)
class Guess:
    key: str
    who: Who
    digits: str
    address: str
    at: datetime


async def guess(store: Store, guesses: int, days: float) -> Learnt:
    """Guess as fast as the days allow; whoever must wait, or give a whole number, goes on with the next chat."""
    there, whos = await furnished(store), await strangers(store)
    rng, learnt, made_up = random.Random(2), Learnt(), codes()  # noqa: S311 a benchmark
    step = timedelta(days=days) / guesses
    for start in range(0, guesses, _AT_ONCE):
        async with store.begin() as tx:
            for n in range(start, min(start + _AT_ONCE, guesses)):
                digits, address = f"{rng.randrange(10**4):04}", f"10.0.0.{rng.randrange(ADDRESSES)}"
                one = Guess(made_up[n % CODES], whos[n % CHATS], digits, address, NOW + n * step)
                await _tried(tx, learnt, one, exists=one.key in there)
    return learnt


async def _tried(tx: Tx, learnt: Learnt, one: Guess, *, exists: bool) -> None:
    begun = time.process_time()
    verdict, dossier = await dossier_guesses.prove(
        tx, one.who, key=one.key, digits=one.digits, address=one.address, budgets=Budgets(), at=one.at
    )
    if verdict is Verdict.WRONG:
        learnt.seconds[exists].append(time.process_time() - begun)
    learnt.verdicts[exists][verdict] += 1
    if dossier is not None:
        learnt.opened.add(dossier.code)


async def main(guesses: int, days: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.at(f"sqlite:///{folder}/troly.db", keys=KEYS)
        await schema.upgrade(store)
        learnt = await guess(store, guesses, days)
        await store.close()
    print("\n".join(learnt.lines(guesses, days)))


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:]]
    asyncio.run(main(int(given[0]) if given else 100_000, given[1] if len(given) > 1 else 7.0))
