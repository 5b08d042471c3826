"""The record of conversations: a repeated update is one message, and nothing said gets lost on its way."""

import pytest

from storage import Store, Tx, messages
from storage.base import NoSuchRecord
from storage.messages import Heard, Message
from tests.conftest import NOW
from tests.storage.cast import refused_by_the_database

BOT, CHAT = 1_000_000_002, 2**62


async def _heard(tx: Tx, update_id: int = 1, *, worked: bool = True, chat_id: int = CHAT) -> Heard:
    return await messages.heard(
        tx,
        channel="web",
        bot_id=BOT,
        chat_id=chat_id,
        update_id=update_id,
        body={"text": f"câu {update_id}"},
        at=NOW,
        worked=worked,
    )


async def _said(tx: Tx, answers: int | None, *texts: str) -> list[int]:
    bodies = [{"html": text} for text in texts]
    return await messages.said(tx, channel="web", bot_id=BOT, chat_id=CHAT, answers=answers, bodies=bodies, at=NOW)


async def test_a_repeated_update_is_one_message(store: Store) -> None:
    async with store.begin() as tx:
        first = await _heard(tx)
    async with store.begin() as tx:
        second = await _heard(tx)
        other = await _heard(tx, chat_id=CHAT + 1)
    assert (first.new, first.worked) == (True, False)
    assert second == Heard(first.id, new=False, worked=True)
    assert other.new


async def test_a_message_that_was_never_worked_is_worked_by_one_of_two_who_find_it(store: Store) -> None:
    async with store.begin() as tx:
        left = await _heard(tx, worked=False)
        assert [one.id for one in await messages.unworked(tx, 10)] == [left.id]
    async with store.begin() as tx:
        assert await _heard(tx) == Heard(left.id, new=False, worked=False)
    async with store.begin() as tx:
        assert await _heard(tx) == Heard(left.id, new=False, worked=True)
        assert await messages.unworked(tx, 10) == []


async def test_what_is_said_keeps_its_order_and_is_spoken_once(store: Store) -> None:
    async with store.begin() as tx:
        heard = await _heard(tx)
        ids = await _said(tx, heard.id, "một", "hai", "ba")
        assert ids == sorted(ids)
        assert await _said(tx, heard.id) == []
        assert [one.body for one in await messages.unspoken(tx, heard.id)] == [
            {"html": "một"},
            {"html": "hai"},
            {"html": "ba"},
        ]
        await messages.spoken(tx, ids[:2], NOW, ["71", None])
        assert [one.id for one in await messages.unspoken(tx, heard.id)] == ids[2:]
        assert [one.id for one in await messages.replies(tx, heard.id)] == ids
        said = await messages.one(tx, ids[0], BOT, CHAT)
        assert said is not None
        assert (said.outside_id, said.spoken_at) == ("71", NOW)


async def test_a_message_is_edited_in_its_own_chat_only(store: Store) -> None:
    async with store.begin() as tx:
        heard = await _heard(tx)
        [said] = await _said(tx, heard.id, "một")
        await messages.edit(tx, said, CHAT, BOT, {"html": "hai"}, NOW)
        for wrong, chat in ((said, CHAT + 1), (heard.id, CHAT), (999, CHAT)):
            with pytest.raises(NoSuchRecord):
                await messages.edit(tx, wrong, chat, BOT, {"html": "ba"}, NOW)
        assert await messages.one(tx, said, BOT, CHAT + 1) is None
    async with store.reading() as tx:
        edited = await messages.one(tx, said, BOT, CHAT)
        assert edited is not None
        assert (edited.body, edited.edited_at) == ({"html": "hai"}, NOW)


async def test_history_comes_oldest_first_in_pages(store: Store) -> None:
    async with store.begin() as tx:
        ids = [(await _heard(tx, update)).id for update in range(1, 8)]
        await _heard(tx, 99, chat_id=CHAT + 1)

        async def page(before: int | None = None, after: int | None = None) -> list[int]:
            found = await messages.history(tx, bot_id=BOT, chat_id=CHAT, before=before, after=after, limit=3)
            return [one.id for one in found]

        assert await page() == ids[4:]
        assert await page(before=ids[4]) == ids[1:4]
        assert await page(after=ids[1]) == ids[2:5]
        assert await page(before=ids[0]) == []
        assert await page(after=ids[-1]) == []


async def test_a_forgotten_chat_has_no_words_and_no_history(store: Store) -> None:
    async with store.begin() as tx:
        heard = await _heard(tx)
        await _said(tx, heard.id, "một")
        other = await _heard(tx, chat_id=CHAT + 1)
        assert await messages.forget(tx, BOT, CHAT, by=None, at=NOW) == 2
        assert await messages.history(tx, bot_id=BOT, chat_id=CHAT, limit=9) == []
        assert len(await messages.history(tx, bot_id=BOT, chat_id=CHAT + 1, limit=9)) == 1
        assert (await _heard(tx)).new is False
        await tx.get_one(Message, other.id)


async def test_a_message_that_is_rolled_back_was_never_heard(store: Store) -> None:
    async def stumble() -> None:
        async with store.begin() as tx:
            await _heard(tx)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await stumble()
    async with store.begin() as tx:
        assert (await _heard(tx)).new


async def test_the_database_refuses_an_impossible_message(store: Store) -> None:
    async with store.begin() as tx:
        heard = await _heard(tx)
        await _said(tx, heard.id, "một")
        await refused_by_the_database(
            tx,
            [
                "UPDATE messages SET update_id = NULL WHERE direction = 'in'",
                "UPDATE messages SET update_id = 7 WHERE direction = 'out'",
                "UPDATE messages SET worked_at = at WHERE direction = 'out'",
                "UPDATE messages SET spoken_at = at WHERE direction = 'in'",
                "UPDATE messages SET answers = id WHERE direction = 'in'",
                "UPDATE messages SET answers = 999 WHERE direction = 'out'",
                "UPDATE messages SET direction = 'up'",
            ],
        )
