"""The journal: append-only, and whoever gets around that is found."""

import asyncio
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import Store, Tx, journal
from storage.journal import Head, Verdict
from tests.conftest import KEYS, NOW
from tests.storage.cast import asked, citizen, refused_by_the_database, staff

_ROW = "at, actor_id, action, kind, record_id, digest, mac"


async def _acts(store: Store, many: int, *, actor: int = 1) -> None:
    async with store.begin() as tx:
        for number in range(many):
            await journal.record(
                tx, actor_id=actor, action="tested", kind="thing", record_id=number, content={"n": number}, at=NOW
            )


async def _sealed(store: Store, many: int) -> Head:
    await _acts(store, many)
    async with store.begin() as tx:
        return await journal.seal(tx)


async def _tampered(store: Store, *statements: str) -> None:
    """What the owner of the database can do: lift the guards, change, and put them back."""
    async with store.engine.begin() as connection:
        if store.is_sqlite:
            for table in ("journal", "seals"):
                for what in ("unchanged", "undeleted", "unreplaced"):
                    await connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_{what}"))
        else:
            await connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            await connection.execute(text(statement))
        if not store.is_sqlite:
            await connection.execute(text("SET session_replication_role = origin"))


async def _verdict(store: Store, head: Head | None = None) -> Verdict:
    async with store.reading() as tx:
        return await journal.verify(tx, *([head] if head else []))


async def test_a_journal_that_nobody_touched_is_intact(store: Store) -> None:
    assert await _verdict(store) == Verdict()
    head = await _sealed(store, 5)
    assert head.seq == 5
    await _acts(store, 3)
    verdict = await _verdict(store, head)
    assert (verdict.intact, verdict.sealed, verdict.unsealed) == (True, 5, 3)
    async with store.begin() as tx:
        assert (await journal.seal(tx)).seq == 8
        assert (await journal.seal(tx)) == await journal.head(tx)
    assert (await _verdict(store, head)).intact


async def test_no_sql_changes_or_deletes_an_entry_or_a_seal(store: Store) -> None:
    await _sealed(store, 2)
    statements = [
        "UPDATE journal SET actor_id = 7 WHERE id = 1",
        "UPDATE journal SET digest = digest",
        "DELETE FROM journal WHERE id = 2",
        "UPDATE seals SET mac = '' WHERE seq = 1",
        "DELETE FROM seals WHERE seq = 2",
    ]
    statements += (
        [
            "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE id = 1",
            "INSERT OR REPLACE INTO seals SELECT seq, entry_id, '' FROM seals WHERE seq = 1",
        ]
        if store.is_sqlite
        else ["TRUNCATE seals", "TRUNCATE journal CASCADE"]
    )
    async with store.begin() as tx:
        await refused_by_the_database(tx, statements)
    assert (await _verdict(store)).intact


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (["UPDATE journal SET actor_id = 7 WHERE id = 3"], {"changed": [3]}),
        (["UPDATE journal SET record_id = 7 WHERE id = 5"], {"changed": [5]}),
        (["DELETE FROM seals WHERE seq = 3", "DELETE FROM journal WHERE id = 3"], {"lost_seals": [3]}),
        (["UPDATE seals SET mac = 'x' WHERE seq = 5"], {"reordered": [5], "cut_off": True}),
        (
            ["DELETE FROM seals WHERE seq >= 4", "DELETE FROM journal WHERE id >= 4"],
            {"cut_off": True},
        ),
        (["DELETE FROM seals", "DELETE FROM journal"], {"cut_off": True}),
        (
            [
                # Two entries change places, MACs and all.
                "UPDATE journal SET id = -2 WHERE id = 2",
                "UPDATE journal SET id = 2 WHERE id = 3",
                "UPDATE journal SET id = 3 WHERE id = -2",
            ],
            {"reordered": [2, 3]},
        ),
        (
            [
                # One entry is put in the place of another.
                "DELETE FROM journal WHERE id = 4",
                f"INSERT INTO journal SELECT 4, {_ROW} FROM journal WHERE id = 1",  # noqa: S608 the columns above
            ],
            {"reordered": [4]},
        ),
        (["DELETE FROM journal WHERE id = 3"], {"missing": [3]}),
    ],
)
async def test_what_was_tampered_with_is_found(store: Store, tampering: list[str], found: dict[str, object]) -> None:
    head = await _sealed(store, 5)
    if store.is_sqlite:
        async with store.engine.connect() as connection:
            await connection.exec_driver_sql("COMMIT")
            await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            await connection.exec_driver_sql("BEGIN")
    await _tampered(store, *tampering)
    verdict = await _verdict(store, head)
    expected = {"changed": [], "missing": [], "reordered": [], "lost_seals": [], "cut_off": False, **found}
    assert {name: getattr(verdict, name) for name in expected} == expected
    assert not verdict.intact


async def test_an_entry_made_without_the_key_is_found_before_it_is_sealed(store: Store) -> None:
    await _sealed(store, 1)
    async with store.begin() as tx:
        await tx.execute(
            text(
                "INSERT INTO journal (at, actor_id, action, kind, record_id, digest, mac) "
                "SELECT at, 9, action, kind, record_id, digest, mac FROM journal"
            )
        )
    verdict = await _verdict(store)
    assert (verdict.changed, verdict.unsealed) == ([2], 1)


async def test_another_key_finds_everything_changed(store: Store, url: str) -> None:
    await _sealed(store, 2)
    other = Store.at(url, keys=type(KEYS)(journal=b"other", links=b"", dossiers=b""))
    assert (await _verdict(other)).changed == [1, 2]
    await other.close()


async def test_an_entry_that_commits_late_is_sealed_late_and_not_lost(store: Store) -> None:
    if store.is_sqlite:  # one writer: nothing can commit late
        await _sealed(store, 2)
        assert (await _verdict(store)).unsealed == 0
        return
    async with AsyncSession(store.engine, info={"keys": KEYS}) as slow:
        await journal.record(slow, actor_id=1, action="late", kind="thing", record_id=1, content={}, at=NOW)
        head = await _sealed(store, 2)
        assert head.seq == 2
        await slow.commit()
    assert (await _verdict(store, head)).unsealed == 1
    async with store.begin() as tx:
        assert (await journal.seal(tx)).seq == 3
    verdict = await _verdict(store, head)
    assert (verdict.intact, verdict.sealed, verdict.unsealed) == (True, 3, 0)


async def test_sealers_at_the_same_time_make_one_chain(store: Store) -> None:
    async def seal() -> None:
        async with store.begin() as tx:
            await journal.seal(tx)

    await asyncio.gather(*[task for actor in range(6) for task in (_acts(store, 5, actor=actor), seal())])
    await seal()
    verdict = await _verdict(store)
    assert (verdict.intact, verdict.sealed, verdict.unsealed) == (True, 30, 0)


async def test_the_journal_holds_no_words_of_anybody(store: Store) -> None:
    async with store.begin() as tx:
        await staff(tx)
        await asked(tx, await citizen(tx), text="Bí mật của bà Lan")
        rows = (await tx.execute(text("SELECT * FROM journal"))).all()
    assert len(rows) > 8
    assert not any("Lan" in str(value) or "Bí mật" in str(value) for row in rows for value in row)


async def test_two_contents_have_two_digests_and_the_order_of_keys_does_not_matter(store: Store) -> None:
    async with store.begin() as tx:

        async def digest(content: dict[str, object]) -> str:
            await journal.record(tx, actor_id=1, action="a", kind="k", record_id=1, content=content, at=NOW)
            found: str = (await tx.execute(text("SELECT digest FROM journal ORDER BY id DESC LIMIT 1"))).scalar_one()
            return found

        assert await digest({"a": 1, "b": 2}) == await digest({"b": 2, "a": 1})
        assert await digest({"a": 1}) != await digest({"a": 2})


async def test_an_entry_needs_an_instant_and_any_timezone_will_do(store: Store) -> None:
    async with store.begin() as tx:
        with pytest.raises(ValueError, match="timezone"):
            await journal.record(
                tx,
                actor_id=1,
                action="a",
                kind="k",
                record_id=1,
                content={},
                at=datetime(2026, 1, 1),  # noqa: DTZ001 on purpose
            )
        vietnam = timezone(timedelta(hours=7))
        await journal.record(
            tx, actor_id=None, action="a", kind="k", record_id=1, content={"ö\x00\ud800": 1}, at=NOW.astimezone(vietnam)
        )
    assert (await _verdict(store)).intact


async def test_a_journal_entry_rolls_back_with_the_act(store: Store) -> None:
    async def fail(tx: Tx) -> None:
        await staff(tx)
        raise RuntimeError

    async def act() -> None:
        async with store.begin() as tx:
            await fail(tx)

    with pytest.raises(RuntimeError):
        await act()
    assert (await _verdict(store)).unsealed == 0
    with pytest.raises(DBAPIError):
        async with store.reading() as tx:
            await tx.execute(text("DELETE FROM people"))
