"""What somebody learns who guesses, and what it costs."""

import asyncio
from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from storage import Store, dossier_guesses, dossier_links, dossier_numbers
from storage.dossier_guesses import Budgets, Verdict
from storage.dossiers import Dossier
from storage.who import Who
from tests.benchmarks.guessing import guess
from tests.conftest import NOW
from tests.dossiers import CODE, PHONE, imported, row
from tests.storage.cast import citizen

KEY = "0000017H322602250001"


async def tried(
    store: Store, who: Who, digits: str, *, key: str = KEY, address: str = "", budgets: Budgets | None = None
) -> tuple[Verdict, Dossier | None]:
    async with store.begin() as tx:
        return await dossier_guesses.prove(
            tx, who, key=key, digits=digits, address=address, budgets=budgets or Budgets(), at=NOW
        )


async def strangers(store: Store, count: int) -> list[Who]:
    async with store.begin() as tx:
        return [await citizen(tx, f"stranger-{n}") for n in range(count)]


async def test_many_at_once_do_not_get_more_tries_than_one_after_the_other(store: Store) -> None:
    await imported(store, row(), at=NOW - timedelta(hours=1))
    whos = await strangers(store, 20)
    found = await asyncio.gather(*[tried(store, who, f"{n:04}") for n, who in enumerate(whos)])
    assert [verdict for verdict, _ in found].count(Verdict.WRONG) == Budgets().code_day


async def test_what_all_share_is_not_exceeded_by_trying_many_codes_at_once(store: Store) -> None:
    whos, few = await strangers(store, 20), Budgets(all_hour=5)
    found = await asyncio.gather(
        *[tried(store, who, "0000", key=f"H32{n}", address=f"10.0.0.{n}", budgets=few) for n, who in enumerate(whos)]
    )
    assert Counter(verdict for verdict, _ in found) == {Verdict.WRONG: 5, Verdict.WHOLE_NEEDED: 15}


@pytest.mark.parametrize("few", [Budgets(address_whole=5), Budgets(chat_hour=5)], ids=["address", "chat"])
async def test_whole_numbers_tried_at_once_are_counted_one_after_the_other(store: Store, few: Budgets) -> None:
    whos = await strangers(store, 20)
    if few.chat_hour == 5:
        whos = whos[:1] * 20
    found = await asyncio.gather(
        *[tried(store, who, "0900000000", key=f"H32{n}", address="10.0.0.1", budgets=few) for n, who in enumerate(whos)]
    )
    assert Counter(verdict for verdict, _ in found) == {Verdict.WRONG: 5, Verdict.WAIT: 15}


async def test_whoever_tries_whatever_at_once_nobody_waits_for_ever(store: Store) -> None:
    await imported(store, row(), at=NOW - timedelta(hours=1))
    whos, random = await strangers(store, 4), Random(4)  # noqa: S311  no secret

    async def one(number: int) -> None:
        who, address = random.choice(whos), f"10.0.0.{number % 3}"
        if number % 5 == 0:
            async with store.begin() as tx:
                await dossier_guesses.redeem(tx, "HS-AAAA-BBBB-CC22", who, budgets=Budgets(), at=NOW)
        else:
            digits = random.choice(["0000", "0900000000", PHONE, "5678"])
            await tried(store, who, digits, key=random.choice([KEY, "H321", "H322"]), address=address)

    async with asyncio.timeout(20):  # PostgreSQL would end a deadlock by an error, and this test with it
        await asyncio.gather(*[one(number) for number in range(100)])


async def test_a_neighbour_who_has_spent_the_tries_of_an_address_shuts_out_no_receipt(store: Store) -> None:
    await imported(store, row(), at=NOW - timedelta(hours=1))
    stranger, owner = await strangers(store, 2)
    few = Budgets(address_whole=1, address_hour=1)
    for digits in ("0000", "0900000000"):
        await tried(store, stranger, digits, address="10.0.0.1", budgets=few)
    assert (await tried(store, owner, PHONE, address="10.0.0.1", budgets=few))[0] is Verdict.WAIT
    assert (await tried(store, owner, PHONE, address="10.0.0.2", budgets=few))[0] is Verdict.PROVEN
    async with store.begin() as tx:
        pin = dossier_links.spelled(tx, await dossier_links.issue(tx, await tx.get_one(Dossier, 1), by=None, at=NOW))
        wrong = await dossier_guesses.redeem(tx, "HS-AAAA-BBBB-CC22", stranger, budgets=few, at=NOW)
        assert wrong is Verdict.WRONG
        assert isinstance(await dossier_guesses.redeem(tx, pin, owner, budgets=few, at=NOW), Dossier)


async def test_whoever_mistook_their_digits_too_often_still_has_the_receipt(store: Store) -> None:
    await imported(store, row(), at=NOW - timedelta(hours=1))
    [owner], few = await strangers(store, 1), Budgets(chat_hour=2)
    found = [(await tried(store, owner, "0000", budgets=few))[0] for _ in range(3)]
    assert found == [Verdict.WRONG, Verdict.WRONG, Verdict.WAIT]
    async with store.begin() as tx:
        pin = dossier_links.spelled(tx, await dossier_links.issue(tx, await tx.get_one(Dossier, 1), by=None, at=NOW))
        typed = ["HS-AAAA-BBBB-CC22", pin, "HS-AAAA-BBBB-CC23", pin]
        said = [await dossier_guesses.redeem(tx, one, owner, budgets=few, at=NOW) for one in typed]
    assert [one if isinstance(one, Verdict) else "open" for one in said] == [
        *(Verdict.WRONG, "open", Verdict.WRONG, Verdict.WAIT)
    ]


async def test_one_address_has_a_budget_over_many_codes_and_another_has_its_own(store: Store) -> None:
    whos = await strangers(store, 30)
    found = [await tried(store, who, "0000", key=f"H32{n}", address="10.0.0.1") for n, who in enumerate(whos)]
    assert [verdict for verdict, _ in found].count(Verdict.WRONG) == Budgets().address_hour
    assert (await tried(store, whos[0], "0000", key="H329", address="10.0.0.2"))[0] is Verdict.WRONG


async def test_all_together_have_a_budget_and_a_whole_number_opens_nevertheless(store: Store) -> None:
    await imported(store, row(), at=NOW - timedelta(hours=1))
    whos = await strangers(store, 4)
    few = Budgets(all_hour=2)
    for who in whos[:2]:
        await tried(store, who, "0000", key="H321", budgets=few)
    assert (await tried(store, whos[2], "5678", budgets=few))[0] is Verdict.WHOLE_NEEDED
    verdict, dossier = await tried(store, whos[2], PHONE, budgets=few)
    assert (verdict, dossier.code if dossier else "") == (Verdict.PROVEN, CODE)


@pytest.mark.parametrize("digits", ["56780", "95678", "345678", "", "12"])
async def test_neither_an_ending_nor_a_whole_number_proves_nothing(sqlite_store: Store, digits: str) -> None:
    await imported(sqlite_store, row(), at=NOW - timedelta(hours=1))
    [who] = await strangers(sqlite_store, 1)
    assert (await tried(sqlite_store, who, digits))[0] is Verdict.WRONG


async def test_an_ending_is_keyed_to_its_dossier_and_a_number_is_not(sqlite_store: Store) -> None:
    async with sqlite_store.reading() as tx:
        assert dossier_numbers.ending(tx, "A", PHONE) != dossier_numbers.ending(tx, "B", PHONE)
        assert dossier_numbers.ending(tx, "A", "5678") == dossier_numbers.ending(tx, "A", PHONE)
        assert dossier_numbers.whole(tx, "+84 912 345 678") == dossier_numbers.whole(tx, PHONE)


async def test_a_pin_is_good_for_a_few_uses_and_an_older_one_ends(store: Store) -> None:
    await imported(store, row(), at=NOW - timedelta(hours=1))
    whos = await strangers(store, dossier_links.PIN_USES + 2)
    async with store.begin() as tx:
        dossier = await tx.get_one(Dossier, 1)
        old = dossier_links.spelled(tx, await dossier_links.issue(tx, dossier, by=None, at=NOW))
        pin = dossier_links.spelled(tx, await dossier_links.issue(tx, dossier, by=None, at=NOW))
    async with store.begin() as tx:
        assert await dossier_links.redeem(tx, old, whos[0], at=NOW) is None
        good = [await dossier_links.redeem(tx, pin.lower(), who, at=NOW) is not None for who in whos]
    assert good == [True] * dossier_links.PIN_USES + [False, False]


async def test_whoever_types_their_pin_again_spends_none_of_its_uses(store: Store) -> None:
    await imported(store, row(), at=NOW - timedelta(hours=1))
    owner, *others = await strangers(store, dossier_links.PIN_USES)
    async with store.begin() as tx:
        dossier = await tx.get_one(Dossier, 1)
        one = dossier_links.spelled(tx, await dossier_links.issue(tx, dossier, by=None, at=NOW))
        all_ = dossier_links.spelled(tx, await dossier_links.issue(tx, dossier, by=None, at=NOW, everything=True))
    for pin in (one, all_):
        async with store.begin() as tx:
            again = [await dossier_links.redeem(tx, pin, owner, at=NOW) for _ in range(dossier_links.PIN_USES + 3)]
            assert len({link.id for link in again if link}) == 1
            assert None not in again
            assert None not in [await dossier_links.redeem(tx, pin, who, at=NOW) for who in others]
            assert await dossier_links.redeem(tx, pin, await citizen(tx, f"late-{pin}"), at=NOW) is None


async def test_guesses_open_nothing_tell_no_code_from_another_and_lock_nobody_out(sqlite_store: Store) -> None:
    learnt = await guess(sqlite_store, 400, 0.1)
    wrong = sum(verdicts[Verdict.WRONG] for verdicts in learnt.verdicts.values())
    assert 0 < wrong <= 4 * Budgets().all_hour
    assert not learnt.opened
    assert {frozenset(verdicts) for verdicts in learnt.verdicts.values()} == {
        frozenset({Verdict.WRONG, Verdict.WHOLE_NEEDED})
    }
    assert len({count for counts in learnt.statements.values() for count in counts}) == 1
    assert set(learnt.owners) == {"the whole phone", "the PIN", "a linked chat"}
    assert not learnt.locked_out


@pytest.mark.proof
async def test_a_hundred_thousand_guesses_in_a_week_open_next_to_nothing(sqlite_store: Store) -> None:
    learnt = await guess(sqlite_store, 100_000, 7)
    assert len(learnt.opened) <= 2
    assert not learnt.locked_out
