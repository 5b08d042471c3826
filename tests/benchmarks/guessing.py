"""Somebody guesses: 100,000 proofs from many chats and addresses against dossiers that exist and codes that do not.

`python -m tests.benchmarks.guessing [HOW MANY] [DAYS]` prints, for each database, what an attacker learns: what was
opened; whether anything but a success tells a code that exists from one that does not, or from one without a number
(answers, statements, time); and who of those to whom a dossier belongs was locked out meanwhile. The clock is played;
nothing waits. Nine guesses of ten are endings, the others whole phone numbers and PINs.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import quantiles

from sqlalchemy import event, select

from storage import Store, Tx, dossier_guesses, dossier_links, dossier_rights, identities, schema
from storage.dossier_guesses import Budgets, Verdict
from storage.dossiers import Dossier
from storage.who import Who
from tests.benchmarks.databases import databases
from tests.conftest import KEYS, NOW
from tests.dossiers import imported, row

DOSSIERS, SILENT, CODES, CHATS, ADDRESSES = 300, 60, 3_000, 1_000, 150
OWNERS = 10
_AT_ONCE = 200


class Of(StrEnum):
    """What the guessed code stands for."""

    NUMBERS = "exists, with numbers"
    SILENT = "exists, no number on it"
    NOTHING = "does not exist"


@dataclass(slots=True)
class Learnt:
    """What came of the guesses. `seconds`: CPU of each wrong ending, and `statements`: how many it sent."""

    verdicts: dict[Of, Counter[str]] = field(default_factory=lambda: {of: Counter() for of in Of})
    seconds: dict[Of, list[float]] = field(default_factory=lambda: {of: [] for of in Of})
    statements: dict[Of, Counter[int]] = field(default_factory=lambda: {of: Counter() for of in Of})
    opened: Counter[str] = field(default_factory=Counter)
    pins: int = 0
    owners: Counter[str] = field(default_factory=Counter)
    locked_out: Counter[str] = field(default_factory=Counter)

    def lines(self, guesses: int, days: float) -> list[str]:
        compared = sum(count[verdict] for count in self.verdicts.values() for verdict in _COMPARED)
        return [
            f"{guesses} guesses in {days:g} days, {CHATS} chats, {ADDRESSES} addresses; {self.pins} of them PINs",
            f"codes tried: {CODES}; {DOSSIERS} exist, {SILENT} of these without a number",
            f"compared at all: {compared}; the rest were told to give a whole number, or to wait",
            f"dossiers opened: {len(self.opened)}",
            *[f"{of.value}: {_shares(self.verdicts[of])}" for of in Of],
            *[f"wrong ending, {of.value}: {_times(self.seconds[of])}, statements {_sent(self, of)}" for of in Of],
            *[f"{way}: {self.owners[way]} tries, locked out {self.locked_out[way]}" for way in sorted(self.owners)],
        ]


_COMPARED = frozenset({Verdict.PROVEN, Verdict.WRONG})


def _shares(verdicts: Counter[str]) -> str:
    total = sum(verdicts.values()) or 1
    return ", ".join(f"{verdict} {100 * verdicts[verdict] / total:.2f} %" for verdict in Verdict)


def _times(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "too few"
    cuts = [1000 * cut for cut in quantiles(seconds, n=20)]
    return f"CPU {cuts[0]:.2f} / {cuts[9]:.2f} / {cuts[18]:.2f} ms (5, 50, 95 % of {len(seconds)}; before the floor)"


def _sent(learnt: Learnt, of: Of) -> str:
    return " or ".join(map(str, sorted(learnt.statements[of]))) or "none"


def codes() -> list[str]:
    """Return codes as an attacker makes them up: days, and running numbers in them."""
    return [f"H3217260{1 + n % 9:01}{1 + n % 28:02}{n // 252:06}" for n in range(CODES)]


async def furnished(store: Store) -> dict[str, tuple[Of, str]]:
    """Return what each code that exists stands for, and its phone."""
    rng = random.Random(1)  # noqa: S311 a benchmark
    phones = {key: f"09{rng.randrange(10**8):08}" for key in rng.sample(codes(), DOSSIERS)}
    silent = frozenset(list(phones)[:SILENT])
    rows = [
        row(
            code=f"{key[:3]}.{key[3:5]}-{key[5:11]}-{key[11:]}",
            phone="" if key in silent else phone,
            personal_id="" if key in silent else f"056{rng.randrange(10**9):09}",
            tax="" if key in silent else f"42{rng.randrange(10**8):08}",
        )
        for key, phone in phones.items()
    ]
    await imported(store, *rows, at=NOW - timedelta(days=1))
    return {key: (Of.SILENT if key in silent else Of.NUMBERS, phone) for key, phone in phones.items()}


async def met(tx: Tx, name: str) -> Who:
    return await identities.meet(tx, channel="web", bot_id=1_000_000_002, outside_id=name, at=NOW)


@dataclass(frozen=True, slots=True)
class Guess:
    key: str
    of: Of
    who: Who
    digits: str
    address: str
    at: datetime


async def guess(store: Store, guesses: int, days: float) -> Learnt:
    """Guess as fast as the days allow; whoever must wait, or give a whole number, goes on with the next chat.

    Once in a while those come to whom the dossiers belong.
    """
    there = await furnished(store)
    async with store.begin() as tx:
        whos = [await met(tx, f"g{n}") for n in range(CHATS)]
    rng, learnt, made_up, sent = random.Random(2), Learnt(), codes(), _counting(store)  # noqa: S311 a benchmark
    step, visits = timedelta(days=days) / guesses, max(guesses // 10, 1)
    for start in range(0, guesses, _AT_ONCE):
        async with store.begin() as tx:
            for n in range(start, min(start + _AT_ONCE, guesses)):
                key, at = made_up[n % CODES], NOW + n * step
                digits, address = _digits(rng), f"10.0.0.{rng.randrange(ADDRESSES)}"
                of = there[key][0] if key in there else Of.NOTHING
                await _tried(tx, learnt, Guess(key, of, whos[n % CHATS], digits, address, at), sent)
        if (start + _AT_ONCE) % visits < _AT_ONCE:
            await _owners_come(store, learnt, there, rng, NOW + (start + _AT_ONCE) * step)
    return learnt


def _digits(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.9:
        return f"{rng.randrange(10**4):04}"
    return f"09{rng.randrange(10**8):08}" if kind < 0.98 else ""


def _counting(store: Store) -> list[int]:
    """Return a list of which the first is how many statements were sent so far."""
    sent = [0]

    def note(*_: object) -> None:
        sent[0] += 1

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    return sent


async def _tried(tx: Tx, learnt: Learnt, one: Guess, sent: list[int]) -> None:
    if not one.digits:
        learnt.pins += 1
        pin = "HS-" + "-".join(f"{random.randrange(32**4):04X}"[:4] for _ in range(3))  # noqa: S311 a benchmark
        found = await dossier_guesses.redeem(tx, pin, one.who, budgets=Budgets(), at=one.at)
        learnt.opened.update([] if isinstance(found, Verdict) else [pin])
        return
    begun, before = time.process_time(), sent[0]
    verdict, dossier = await dossier_guesses.prove(
        tx, one.who, key=one.key, digits=one.digits, address=one.address, budgets=Budgets(), at=one.at
    )
    if verdict is Verdict.WRONG and len(one.digits) == 4:
        learnt.seconds[one.of].append(time.process_time() - begun)
        learnt.statements[one.of][sent[0] - before] += 1
    learnt.verdicts[one.of][verdict] += 1
    learnt.opened.update([dossier.code] if dossier is not None else [])


async def _owners_come(
    store: Store, learnt: Learnt, there: Mapping[str, tuple[Of, str]], rng: random.Random, at: datetime
) -> None:
    """Let some to whom a dossier belongs come: with the whole phone, with the receipt's PIN from where others guess,
    and again, linked.
    """
    for number, key in enumerate(rng.sample([key for key, (of, _) in there.items() if of is Of.NUMBERS], OWNERS)):
        async with store.begin() as tx:
            caller, holder = await met(tx, f"phone-{at}-{number}"), await met(tx, f"pin-{at}-{number}")
            verdict, _ = await dossier_guesses.prove(
                tx, caller, key=key, digits=there[key][1], address=f"10.9.0.{number}", budgets=Budgets(), at=at
            )
            dossier = (await tx.scalars(select(Dossier).where(Dossier.key == key))).one()
            pin = dossier_links.spelled(tx, await dossier_links.issue(tx, dossier, by=None, at=at))
            redeemed = await dossier_guesses.redeem(tx, pin, holder, budgets=Budgets(), at=at)
            again = await dossier_rights.find(tx, key, for_=caller, day=at.date())
        came = {
            "the whole phone": verdict is Verdict.PROVEN,
            "the PIN": isinstance(redeemed, Dossier),
            "a linked chat": again,
        }
        learnt.owners.update(came.keys())
        learnt.locked_out.update(way for way, good in came.items() if not good)


async def _measured(url: str, guesses: int, days: float) -> Learnt:
    store = Store.at(url, keys=KEYS)
    try:
        await schema.upgrade(store)
        return await guess(store, guesses, days)
    finally:
        await store.close()


def main(guesses: int = 100_000, days: float = 7.0) -> None:
    with databases() as urls:
        for name, url in urls.items():
            begun = time.perf_counter()
            learnt = asyncio.run(_measured(url, guesses, days))
            print(f"-- {name}, {time.perf_counter() - begun:.0f} s")
            print("\n".join(learnt.lines(guesses, days)), flush=True)


if __name__ == "__main__":
    main(*[kind(one) for kind, one in zip((int, float), sys.argv[1:3], strict=False)])
