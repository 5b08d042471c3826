"""What the page needs of the record, on both databases."""

from datetime import timedelta

from storage import Store, identities, messages, sessions
from tests.conftest import KEYS, NOW
from tests.web.tab import Frame

BOT = 1_000_000_002


def body(text: str) -> Frame:
    return {"html": text, "buttons": []}


async def test_what_was_said_in_the_open_chats_since_then_comes_in_order(url: str) -> None:
    store = Store.at(url, keys=KEYS)
    async with store.begin() as tx:
        assert await messages.latest_id(tx, bot_id=BOT) == 0
        said = {}
        for chat in (1, 2, 3):
            said[chat] = await messages.said(
                tx, channel="web", bot_id=BOT, chat_id=chat, answers=None, bodies=[body("a"), body("b")], at=NOW
            )
        await messages.said(tx, channel="telegram", bot_id=7, chat_id=1, answers=None, bodies=[body("x")], at=NOW)
        await messages.heard(
            tx, channel="web", bot_id=BOT, chat_id=1, update_id=5, body={"text": "?"}, at=NOW, worked=True
        )
        await messages.forget(tx, BOT, 2, by=None, at=NOW)
    async with store.reading() as tx:
        rows = await messages.newer(tx, bot_id=BOT, chat_ids=[1, 2], after=said[1][0], limit=10)
        assert [row.id for row in rows] == [said[1][1]]
        assert await messages.latest_id(tx, bot_id=BOT) > said[3][1]
    await store.close()


async def test_only_shared_sessions_that_are_over_and_were_not_ended_have_lapsed(url: str) -> None:
    store = Store.at(url, keys=KEYS)
    soon, late = NOW + timedelta(minutes=10), NOW + timedelta(days=9)
    async with store.begin() as tx:
        who = await identities.meet(tx, channel="web", bot_id=BOT, outside_id="x", at=NOW)
        left, ended, *_others = [
            await sessions.open_(tx, who.identity_id, name, shared=name != "own", expires_at=when, at=NOW)
            for name, when in (("left", soon), ("ended", soon), ("there", late), ("own", soon))
        ]
        await sessions.revoke(tx, ended, NOW)
    async with store.reading() as tx:
        assert [session.id for session in await sessions.lapsed(tx, NOW + timedelta(hours=1))] == [left]
    async with store.begin() as tx:
        await sessions.sweep(tx, NOW + timedelta(days=1))
        # What was said in the one that was left is still to be forgotten: it must not be lost from sight.
        assert [session.id for session in await sessions.lapsed(tx, NOW + timedelta(hours=1))] == [left]
    await store.close()
