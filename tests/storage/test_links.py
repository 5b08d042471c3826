"""One-time codes: who has one is the person, once, for a day; guessing leads nowhere."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import Store, Tx, consents, forms, identities, links, messages, privacy, questions, tickets
from storage.base import NoSuchRecord
from storage.links import Link, Linked, Refused, Why
from storage.who import Person, Who
from tests.conftest import NOW
from tests.storage.cast import asked, at_the_keyboard, citizen, staff, ticket

HOUR = timedelta(hours=1)


async def _again(tx: Tx, who: Who) -> Who:
    known = await identities.known(tx, who.identity_id)
    assert known is not None
    return known


async def test_a_code_makes_an_account_a_person(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await citizen(tx)
        code = await links.issue(tx, cast.lan, by=cast.administrator, at=NOW)
        assert re.fullmatch(r"([A-Z2-7]{4}-){6}[A-Z2-7]{2}", code)
        typed = f"  {code.lower().replace('-', ' ')} ".replace("o", "0")
        assert await links.redeem(tx, typed, who.identity_id, at=NOW) == Linked(cast.lan, "Nguyễn Thị Lan")
        assert (await _again(tx, who)).person_id == cast.lan


async def test_a_code_works_once(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        code = await links.issue(tx, cast.lan, by=None, at=NOW)
        await links.redeem(tx, code, (await citizen(tx, "a")).identity_id, at=NOW)
        assert await links.redeem(tx, code, (await citizen(tx, "b")).identity_id, at=NOW) == Refused(Why.USED)


async def test_a_code_lives_for_a_day(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await citizen(tx)
        code = await links.issue(tx, cast.lan, by=None, at=NOW)
        assert await links.redeem(tx, code, who.identity_id, at=NOW + links.LIFETIME) == Refused(Why.EXPIRED)
        last = NOW + links.LIFETIME - timedelta(microseconds=1)
        assert isinstance(await links.redeem(tx, code, who.identity_id, at=last), Linked)


async def test_a_new_code_ends_the_older_one(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await citizen(tx)
        old = await links.issue(tx, cast.lan, by=None, at=NOW)
        new = await links.issue(tx, cast.lan, by=None, at=NOW)
        assert await links.redeem(tx, old, who.identity_id, at=NOW) == Refused(Why.EXPIRED)
        assert isinstance(await links.redeem(tx, new, who.identity_id, at=NOW), Linked)


async def test_the_store_does_not_hold_the_code(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        code = await links.issue(tx, cast.lan, by=None, at=NOW)
        kept = (await tx.scalars(select(Link))).one()
        assert code not in repr(vars(kept))
        assert code.replace("-", "") not in repr(vars(kept))


async def test_five_vain_attempts_lock_for_an_hour_even_the_right_code(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await citizen(tx)
        code = await links.issue(tx, cast.lan, by=None, at=NOW)
        for minute in range(5):
            tried = await links.redeem(tx, "AAAA", who.identity_id, at=NOW + timedelta(minutes=minute))
            assert tried == Refused(Why.UNKNOWN)
        fifth = NOW + timedelta(minutes=4)
        for later in (timedelta(0), timedelta(minutes=30), HOUR - timedelta(seconds=1)):
            assert await links.redeem(tx, code, who.identity_id, at=fifth + later) == Refused(Why.TOO_MANY)
        assert isinstance(await links.redeem(tx, code, who.identity_id, at=fifth + HOUR), Linked)


async def test_five_attempts_over_more_than_an_hour_lock_nothing(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await citizen(tx)
        code = await links.issue(tx, cast.lan, by=None, at=NOW)
        for quarter in range(5):
            await links.redeem(tx, "AAAA", who.identity_id, at=NOW + quarter * timedelta(minutes=16))
        assert isinstance(await links.redeem(tx, code, who.identity_id, at=NOW + timedelta(minutes=65)), Linked)


async def test_a_code_tried_by_many_accounts_ends(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        code = await links.issue(tx, cast.lan, by=None, at=NOW)
        late = NOW + links.LIFETIME
        for account in range(links.ATTEMPTS):
            await links.redeem(tx, code, (await citizen(tx, str(account))).identity_id, at=late)
        last = await citizen(tx, "last")
        assert await links.redeem(tx, code, last.identity_id, at=NOW) == Refused(Why.TOO_MANY)


async def test_what_the_stranger_asked_becomes_the_persons(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await citizen(tx)
        question = await asked(tx, who)
        opened = await ticket(tx, who)
        await consents.give(tx, who.person_id, "store", "1", at=NOW)
        code = await links.issue(tx, cast.lan, by=None, at=NOW)
        await links.redeem(tx, code, who.identity_id, at=NOW)
        lan = await _again(tx, who)
        assert (await questions.find(tx, question.id, for_=lan)).id == question.id
        assert (await tickets.find(tx, opened.id, for_=lan)).id == opened.id
        assert [one.purpose for one in await consents.of(tx, cast.lan)] == ["store"]
        assert await tx.get(Person, who.person_id) is None


async def test_what_somebody_named_asked_stays_theirs(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await citizen(tx)
        await links.redeem(tx, await links.issue(tx, cast.lan, by=None, at=NOW), who.identity_id, at=NOW)
        question = await asked(tx, await _again(tx, who))
        await links.redeem(tx, await links.issue(tx, cast.minh, by=None, at=NOW), who.identity_id, at=NOW)
        minh = await _again(tx, who)
        assert minh.person_id == cast.minh
        with pytest.raises(NoSuchRecord):
            await questions.find(tx, question.id, for_=minh)


async def test_a_door_joins_two_chats_of_one_citizen(store: Store) -> None:
    async with store.begin() as tx:
        outside, here = await citizen(tx, "outside"), await citizen(tx, "here")
        code = links.door_code(tx, await links.door(tx, outside.person_id, at=NOW))
        assert isinstance(await links.redeem(tx, code, here.identity_id, at=NOW), Linked)
        assert (await _again(tx, here)).person_id == outside.person_id


async def test_nobody_is_led_by_a_strangers_door_to_hand_over_what_they_said(store: Store) -> None:
    """Who is sent a door and goes through it becomes the sender, who may then read and export both chats."""
    async with store.begin() as tx:
        cast = await staff(tx)
        eve = await citizen(tx, "eve")
        asking, waiting, filling = [await citizen(tx, name) for name in ("asking", "waiting", "filling")]
        await asked(tx, asking)
        await ticket(tx, waiting)
        await forms.write(tx, forms.key_of(filling.bot_id, filling.number, filling.number), "Opening:agree", {}, NOW)
        officer = await at_the_keyboard(tx, cast.lan)
        code = links.door_code(tx, await links.door(tx, eve.person_id, at=NOW))
        for who in (asking, waiting, filling, officer):
            assert await links.redeem(tx, code, who.identity_id, at=NOW) == Refused(Why.OCCUPIED)
            assert await _again(tx, who) == who


async def test_whoever_takes_over_a_colleagues_chat_does_not_read_what_was_said_there(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await at_the_keyboard(tx, cast.lan)
        await messages.said(
            tx, channel="web", bot_id=who.bot_id, chat_id=who.number, answers=None, bodies=[{"html": "Phiếu"}], at=NOW
        )
        await forms.write(tx, forms.key_of(who.bot_id, who.number, who.number), "Replying:body", {"ticket": 1}, NOW)
        code = await links.issue(tx, cast.minh, by=None, at=NOW)
        assert isinstance(await links.redeem(tx, code, who.identity_id, at=NOW), Linked)
        held = await privacy.held(tx, await _again(tx, who))
        assert [row["body"] for row in held["messages"]] == [None]
        assert held["forms"] == []
