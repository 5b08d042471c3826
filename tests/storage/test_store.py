"""The store itself: nothing is lost between thirty writers or under kill -9, and odd text is text."""

import asyncio
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import Store, forms, journal, messages, notices, schema
from storage.store import Keys
from storage.types import canonical, to_json, writable
from storage.units import Unit
from tests.conftest import KEYS, NOW
from tests.storage.cast import asked, citizen


async def test_thirty_writers_at_once_lose_nothing(store: Store) -> None:
    async with store.begin() as tx:
        tx.add(Unit(name="0"))

    async def add_one(number: int) -> None:
        for turn in range(3):
            async with store.begin() as tx:
                unit = (await tx.scalars(select(Unit).with_for_update())).one()
                unit.name = str(int(unit.name) + 1)
                await journal.record(tx, actor_id=number, action="a", kind="k", record_id=turn, content={}, at=NOW)

    await asyncio.gather(*[add_one(number) for number in range(30)])
    async with store.reading() as tx:
        assert (await tx.scalars(select(Unit.name))).one() == "90"
        assert (await journal.verify(tx)).unsealed == 90


async def test_two_processes_views_of_one_store_lose_nothing(
    store: Store, url: str, open_store: Callable[[str], Store]
) -> None:
    other = open_store(url)
    async with store.begin() as tx:
        tx.add(Unit(name="0"))

    async def add_one(through: Store) -> None:
        async with through.begin() as tx:
            unit = (await tx.scalars(select(Unit).with_for_update())).one()
            unit.name = str(int(unit.name) + 1)

    await asyncio.gather(*[add_one(one) for one in (store, other) for _ in range(15)])
    await other.close()
    async with store.reading() as tx:
        assert (await tx.scalars(select(Unit.name))).one() == "30"


async def test_thirty_first_updates_of_one_person_meet_one_citizen(store: Store) -> None:
    async def meet() -> int:
        async with store.begin() as tx:
            return (await citizen(tx)).person_id

    met = await asyncio.gather(*[meet() for _ in range(30)])
    assert len(set(met)) == 1
    async with store.reading() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM people"))).scalar_one() == 1


async def test_thirty_copies_of_one_update_are_one_message_and_one_question(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)

    async def turn() -> bool:
        async with store.begin() as tx:
            heard = await messages.heard(
                tx, channel="web", bot_id=1, chat_id=2, update_id=3, body={}, at=NOW, worked=True
            )
            await asked(tx, who)
            return heard.worked

    assert sorted(await asyncio.gather(*[turn() for _ in range(30)])) == [False] + [True] * 29
    async with store.reading() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM questions"))).scalar_one() == 1


_WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from storage import Store, journal, messages
from storage.store import Keys
async def main():
    store = Store.at(sys.argv[1], keys=Keys(journal=b"journal" * 5, links=b"", dossiers=b""))
    at = datetime(2026, 11, 22, tzinfo=UTC)
    for number in range(10**6):
        async with store.begin() as tx:
            heard = await messages.heard(tx, channel="web", bot_id=1, chat_id=1, update_id=number, body={"n": number},
                                         at=at, worked=True)
            await messages.said(tx, channel="web", bot_id=1, chat_id=1, answers=heard.id, bodies=[{"n": number}], at=at)
            await journal.record(tx, actor_id=1, action="a", kind="k", record_id=number, content={}, at=at)
        print(number, flush=True)
asyncio.run(main())
"""


def _writer(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", _WRITER, url], stdout=subprocess.PIPE, text=True)


async def test_a_process_killed_while_writing_loses_nothing_it_had_confirmed(store: Store, url: str) -> None:
    with _writer(url) as writer:
        assert writer.stdout is not None
        confirmed = -1
        while confirmed < 20:
            confirmed = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        confirmed = int((writer.stdout.read().split() or [str(confirmed)])[-1])
    async with store.begin() as tx:
        heard = (await tx.execute(text("SELECT count(*) FROM messages WHERE direction = 'in'"))).scalar_one()
        said = (await tx.execute(text("SELECT count(*) FROM messages WHERE direction = 'out'"))).scalar_one()
        await journal.seal(tx)
        verdict = await journal.verify(tx)
        if store.is_sqlite:
            assert (await tx.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"
    # The last one may have been committed without having been confirmed any more.
    assert heard in {confirmed + 1, confirmed + 2}
    assert (said, verdict.sealed, verdict.intact) == (heard, heard, True)


async def test_reading_cannot_write(store: Store) -> None:
    for statement in ("INSERT INTO units (name) VALUES ('x')", "DELETE FROM units"):
        with pytest.raises(DBAPIError):
            async with store.reading() as tx:
                await tx.execute(text(statement))


async def test_a_reader_sees_one_moment_and_blocks_nobody(store: Store) -> None:
    async with store.reading() as reader:
        assert list(await reader.scalars(select(Unit.name))) == []
        async with store.begin() as tx:
            tx.add(Unit(name="x"))
        assert list(await reader.scalars(select(Unit.name))) == []
    async with store.reading() as reader:
        assert list(await reader.scalars(select(Unit.name))) == ["x"]


async def test_a_cancelled_transaction_leaves_the_store_usable(store: Store) -> None:
    started = asyncio.Event()

    async def hang() -> None:
        async with store.begin() as tx:
            tx.add(Unit(name="lost"))
            await tx.flush()
            started.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(hang())
        await started.wait()
        task.cancel()
    async with store.begin() as tx:
        assert list(await tx.scalars(select(Unit.name))) == []


async def test_whoever_stops_waiting_for_the_lock_leaves_no_transaction_open(
    sqlite_store: Store, sqlite_url: str, open_store: Callable[[str], Store]
) -> None:
    other = open_store(sqlite_url)

    async def add(name: str) -> None:
        async with sqlite_store.begin() as tx:
            tx.add(Unit(name=name))
            await tx.flush()  # a commit once begun is not cancelled, a statement is

    async with other.begin() as tx:
        tx.add(Unit(name="first"))
        await tx.flush()
        waiting = asyncio.ensure_future(add("never"))
        await asyncio.wait([waiting], timeout=0.2)
        waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    await add("second")
    await other.close()
    async with sqlite_store.reading() as tx:
        assert list(await tx.scalars(select(Unit.name).order_by(Unit.id))) == ["first", "second"]


async def test_a_transaction_without_a_word_is_no_transaction(store: Store) -> None:
    async with store.begin():
        pass
    async with store.begin() as tx:
        tx.add(Unit(name="x"))
    async with store.reading() as tx:
        assert list(await tx.scalars(select(Unit.name))) == ["x"]


@pytest.mark.parametrize("odd", ["a\x00b", "\ud800", "\udfff\x00", "𠮷 đ ̣", "\u200b", "' OR 1=1 --", "\\u0000", "{}"])
async def test_odd_text_is_text(store: Store, odd: str) -> None:
    expected = odd.translate({0: "\ufffd", 0xD800: "\ufffd", 0xDFFF: "\ufffd"})
    async with store.begin() as tx:
        tx.add(Unit(name=odd))
        await forms.write(tx, "key" + odd, odd, {odd: [odd, {"n": (odd,)}]}, NOW)
        await notices.post(tx, odd, 1, at=NOW)
    async with store.reading() as tx:
        assert list(await tx.scalars(select(Unit.name))) == [expected]
        assert await forms.read(tx, "key" + odd) == forms.Form(expected, {expected: [expected, {"n": [expected]}]})


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=40))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_becomes_writable_and_writable_text_stays(odd: str) -> None:
    clean = writable(odd)
    clean.encode()
    assert "\x00" not in clean
    assert len(clean) == len(odd)
    assert writable(clean) == clean
    to_json({odd: odd}).encode()
    canonical({odd: odd})


async def test_an_integer_beyond_two_to_the_53rd_survives_json(store: Store) -> None:
    data = {"a": 2**63 - 1, "b": [2**53 + 1], "c": 0.1}
    async with store.begin() as tx:
        await forms.write(tx, "k", None, data, NOW)
    async with store.reading() as tx:
        assert (await forms.read(tx, "k")).data == data


async def test_a_form_is_kept_replaced_and_cleared(store: Store) -> None:
    async with store.begin() as tx:
        mine, other = forms.key_of(1, 12, 12), forms.key_of(1, 123, 123)
        await forms.write(tx, mine, "asking", {"a": 1}, NOW)
        await forms.write(tx, mine, None, {"a": 2}, NOW)
        await forms.write(tx, other, "asking", {}, NOW)
        assert await forms.read(tx, mine) == forms.Form(None, {"a": 2})
        assert await forms.forget(tx, 1, 12) == 1
        assert await forms.read(tx, mine) == forms.Form(None, {})
        await forms.write(tx, other, None, {}, NOW)
        assert (await tx.execute(text("SELECT count(*) FROM forms"))).scalar_one() == 0


async def test_a_naive_moment_is_refused_and_utc_comes_out(store: Store) -> None:
    with pytest.raises(StatementError, match="timezone"):
        async with store.begin() as tx:
            await notices.post(tx, "k", 1, at=datetime(2026, 1, 1))  # noqa: DTZ001 on purpose
    leap = datetime(2028, 2, 29, 6, 59, 59, 999999, tzinfo=timezone(timedelta(hours=7)))
    async with store.begin() as tx:
        await notices.post(tx, "k", 1, at=leap)
    async with store.begin() as tx:
        [notice] = await notices.unaddressed(tx, ["k"], leap, 1)
        assert notice.posted_at == leap
        assert notice.posted_at.tzinfo is UTC
        assert notice.posted_at.day == 28


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "sqlite+pysqlite:///x.db"])
def test_only_a_file_or_a_server_is_a_store(url: str) -> None:
    with pytest.raises(ValueError, match=r"memory|store"):
        Store.at(url, keys=KEYS)


def test_keys_do_not_show_in_a_traceback() -> None:
    assert "secret" not in repr(Keys(journal=b"secret", links=b"secret", dossiers=b"secret"))


async def test_sqlite_is_opened_as_a_register_must_be(sqlite_store: Store) -> None:
    async with sqlite_store.begin() as tx:
        pragmas = {
            name: (await tx.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


async def test_a_turn_is_five_statements_and_one_transaction(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)
    seen: list[str] = []
    _listen(store.engine, seen)
    async with store.begin() as tx:
        heard = await messages.heard(tx, channel="web", bot_id=1, chat_id=2, update_id=3, body={}, at=NOW, worked=True)
        await asked(tx, who)
        await messages.said(tx, channel="web", bot_id=1, chat_id=2, answers=heard.id, bodies=[{}], at=NOW)
    written = [sql.split()[2] for sql in seen if sql.startswith("INSERT")]
    assert written == ["messages", "questions", "unanswered", "journal", "messages"]


def _listen(engine: AsyncEngine, seen: list[str]) -> None:
    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)


async def test_a_store_that_lags_behind_says_what_it_lacks(store: Store) -> None:
    async with store.begin() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    assert await schema.pending(store) == schema.numbers()[2:]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_server_that_was_away_is_met_again_without_a_word(store: Store, url: str) -> None:
    async with store.begin() as tx:
        await tx.execute(text("SELECT 1"))
    admin = await asyncpg.connect(url)
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'troly'")
    await admin.close()
    await asyncio.sleep(0.05)  # the loop sees a closed socket when it turns
    for opened in (store.begin, store.reading):
        async with opened() as tx:
            assert await tx.scalar(text("SELECT 1")) == 1


async def test_a_statement_that_goes_straight_to_the_driver_keeps_the_law_of_the_store(store: Store) -> None:
    with pytest.raises(IntegrityError):
        async with store.begin() as tx:
            await messages.said(tx, channel="web", bot_id=1, chat_id=1, answers=404, bodies=[{}], at=NOW)
    async with store.begin() as tx:
        tx.add(Unit(name="between"))
        await tx.flush()
        heard = await messages.heard(tx, channel="web", bot_id=1, chat_id=1, update_id=1, body={}, at=NOW, worked=True)
        assert (await tx.scalars(select(messages.Message.id))).all() == [heard.id]
    async with store.reading() as tx:
        assert (await tx.scalars(select(messages.Message.id))).all() == [heard.id]
        assert (await tx.scalars(select(Unit.name))).all() == ["between"]


async def test_of_turns_cancelled_at_any_moment_the_others_stand_in_the_record(store: Store) -> None:
    async def heard(number: int) -> None:
        async with store.begin() as tx:
            await messages.heard(tx, channel="web", bot_id=1, chat_id=1, update_id=number, body={}, at=NOW, worked=True)

    chance = random.Random(3)  # noqa: S311 no secret
    turns = [asyncio.ensure_future(heard(number)) for number in range(120)]
    for _ in turns:
        await asyncio.sleep(chance.random() / 250)
        chance.choice(turns).cancel()
    ended = await asyncio.gather(*turns, return_exceptions=True)
    assert {type(each) for each in ended} <= {type(None), asyncio.CancelledError}
    await heard(999)
    async with store.reading() as tx:
        recorded = set(await tx.scalars(select(messages.Message.update_id)))
    assert {number for number, end in enumerate(ended) if end is None} | {999} <= recorded
