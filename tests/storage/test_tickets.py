"""Tickets: who may see them, who may answer, and every step of theirs."""

from collections.abc import Awaitable, Callable

import pytest

from storage import Store, Tx, notices, tickets
from storage.base import NoSuchRecord, NotAllowed
from storage.tickets import Ticket, TicketState
from storage.who import Who
from tests.conftest import NOW
from tests.storage.cast import Staff, asked, at_the_keyboard, citizen, refused_by_the_database, staff, ticket


async def _in_state(tx: Tx, cast: Staff, who: Who, state: TicketState) -> Ticket:
    opened = await ticket(tx, who)
    if state in {TicketState.TAKEN, TicketState.ANSWERED}:
        await tickets.take(tx, opened.id, cast.lan, NOW)
    if state is TicketState.ANSWERED:
        await tickets.reply(tx, opened.id, cast.lan, "Đã có", NOW)
    if state is TicketState.CLOSED:
        await tickets.close(tx, opened.id, who.person_id, NOW)
    return opened


_Act = Callable[[Tx, int, Staff, Who], Awaitable[object]]
_ACTS: dict[str, _Act] = {
    "take": lambda tx, one, cast, _: tickets.take(tx, one, cast.lan, NOW),
    "take by another": lambda tx, one, cast, _: tickets.take(tx, one, cast.hoa, NOW),
    "take by an administrator": lambda tx, one, cast, _: tickets.take(tx, one, cast.administrator, NOW),
    "reply": lambda tx, one, cast, _: tickets.reply(tx, one, cast.lan, "x", NOW),
    "reply by another": lambda tx, one, cast, _: tickets.reply(tx, one, cast.director, "x", NOW),
    "close": lambda tx, one, cast, _: tickets.close(tx, one, cast.lan, NOW),
    "close by the citizen": lambda tx, one, _, who: tickets.close(tx, one, who.person_id, NOW),
}
_LEGAL = {
    (TicketState.OPEN, "take"): TicketState.TAKEN,
    (TicketState.OPEN, "take by another"): TicketState.TAKEN,
    (TicketState.OPEN, "close by the citizen"): TicketState.CLOSED,
    (TicketState.TAKEN, "reply"): TicketState.ANSWERED,
    (TicketState.TAKEN, "close"): TicketState.CLOSED,
    (TicketState.TAKEN, "close by the citizen"): TicketState.CLOSED,
    (TicketState.ANSWERED, "reply"): TicketState.ANSWERED,
    (TicketState.ANSWERED, "close"): TicketState.CLOSED,
    (TicketState.ANSWERED, "close by the citizen"): TicketState.CLOSED,
}


@pytest.mark.parametrize("state", TicketState)
async def test_every_step_of_a_ticket_is_allowed_or_refused_as_the_table_says(
    sqlite_store: Store, state: TicketState
) -> None:
    async with sqlite_store.begin() as tx:
        cast, who = await staff(tx), await citizen(tx)
        for name, act in _ACTS.items():
            savepoint = await tx.begin_nested()
            one = await _in_state(tx, cast, who, state)
            if (state, name) in _LEGAL:
                await act(tx, one.id, cast, who)
                assert one.state is _LEGAL[state, name], name
            else:
                with pytest.raises(NotAllowed):
                    await act(tx, one.id, cast, who)
                assert not tx.dirty, name
            await savepoint.rollback()


async def test_who_sees_a_ticket_is_decided_by_the_query(store: Store) -> None:
    async with store.begin() as tx:
        cast, who = await staff(tx), await citizen(tx)
        opened, taken = await ticket(tx, who), await ticket(tx, who, update_id=11)
        await tickets.take(tx, taken.id, cast.lan, NOW)
        both = [opened.id, taken.id]
        expected = {
            who: both,
            await citizen(tx, "another"): [],
            await at_the_keyboard(tx, cast.lan): both,
            await at_the_keyboard(tx, cast.minh): both,
            await at_the_keyboard(tx, cast.head): both,
            await at_the_keyboard(tx, cast.hoa): [opened.id],
            await at_the_keyboard(tx, cast.secretary): both,
            await at_the_keyboard(tx, cast.director): both,
            await at_the_keyboard(tx, cast.administrator): [],
        }
        for reader, sees in expected.items():
            assert [one.id for one in await tickets.listed(tx, for_=reader)] == sees, reader
            for one in both:
                if one in sees:
                    assert (await tickets.find(tx, one, for_=reader)).id == one
                else:
                    with pytest.raises(NoSuchRecord):
                        await tickets.replies(tx, one, for_=reader)


async def test_a_reply_is_a_fact_that_the_citizen_is_told_of(store: Store) -> None:
    async with store.begin() as tx:
        cast, who = await staff(tx), await citizen(tx)
        one = await _in_state(tx, cast, who, TicketState.ANSWERED)
        [notice] = await notices.unaddressed(tx, [tickets.REPLIED], NOW, 10)
        assert notice.kind == tickets.REPLIED
        answered, reply = await tickets.replied(tx, notice.about)
        assert (answered.id, answered.chat_id, reply.body) == (one.id, who.number, "Đã có")
        assert [r.body for r in await tickets.replies(tx, one.id, for_=who)] == ["Đã có"]
        assert tx.info["posted"]
        assert await notices.addressed(tx, [notice.id], NOW) == [notice.id]
        assert await notices.addressed(tx, [notice.id], NOW) == []
        assert await notices.unaddressed(tx, [tickets.REPLIED], NOW, 10) == []


async def test_a_closed_ticket_is_listed_only_if_asked_for(store: Store) -> None:
    async with store.begin() as tx:
        cast, who = await staff(tx), await citizen(tx)
        one = await _in_state(tx, cast, who, TicketState.CLOSED)
        assert await tickets.listed(tx, for_=who) == []
        assert [closed.id for closed in await tickets.listed(tx, for_=who, closed=True)] == [one.id]


async def test_what_is_no_ticket_is_nobodys(store: Store) -> None:
    async with store.begin() as tx:
        for act in (tickets.take(tx, 7, 1, NOW), tickets.reply(tx, 7, 1, "x", NOW), tickets.replied(tx, 7)):
            with pytest.raises(NoSuchRecord):
                await act


async def test_a_repeated_update_opens_one_ticket(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)
        assert (await ticket(tx, who)).id == (await ticket(tx, who)).id


async def test_a_ticket_hangs_on_the_askers_own_question_only(store: Store) -> None:
    async with store.begin() as tx:
        who, other = await citizen(tx), await citizen(tx, "other")
        question = await asked(tx, who)
        assert (await ticket(tx, who, question_id=question.id)).question_id == question.id
        with pytest.raises(NoSuchRecord):
            await ticket(tx, other, question_id=question.id)


async def test_the_same_fact_posted_twice_is_one_fact(store: Store) -> None:
    async with store.begin() as tx:
        assert await notices.post(tx, "overdue", 5, at=NOW, once="2026-03-02")
        assert not await notices.post(tx, "overdue", 5, at=NOW, once="2026-03-02")
        assert await notices.post(tx, "overdue", 5, at=NOW, once="2026-03-03")


_IMPOSSIBLE = [
    "UPDATE tickets SET officer_id = 1",
    "UPDATE tickets SET state = 'taken'",
    "UPDATE tickets SET state = 'answered', officer_id = 1, taken_at = opened_at",
    "UPDATE tickets SET state = 'closed'",
    "UPDATE tickets SET closed_at = opened_at",
    "UPDATE tickets SET body = NULL",
    "UPDATE tickets SET state = 'lost'",
    "UPDATE tickets SET taken_at = opened_at",
    "UPDATE tickets SET person_id = 999",
    "INSERT INTO replies (ticket_id, officer_id, body, at) SELECT 999, 1, 'x', opened_at FROM tickets",
]


async def test_the_database_refuses_an_impossible_ticket(store: Store) -> None:
    async with store.begin() as tx:
        await staff(tx)
        await ticket(tx, await citizen(tx))
        await refused_by_the_database(tx, _IMPOSSIBLE)
