"""Questions, votes, and the queue of what was not answered."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from storage import Store, Tx, questions, unanswered
from storage.base import NoSuchRecord, NotAllowed
from storage.questions import Kind, Reason
from storage.unanswered import Cause, Unanswered, UnansweredState
from storage.who import Who
from tests.conftest import NOW
from tests.storage.cast import Staff, asked, at_the_keyboard, citizen, refused_by_the_database, staff

MINUTE = timedelta(minutes=1)


async def test_a_repeated_update_is_one_question(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)
        first = await asked(tx, who)
        again = await asked(tx, who, text="khác")
        assert (again.id, again.text, again.cited) == (first.id, first.text, first.cited)
        secretary = await at_the_keyboard(tx, (await staff(tx)).secretary)
        assert len(await unanswered.queue(tx, for_=secretary)) == 1


async def test_what_is_recorded_is_what_is_read_back(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)
        recorded = await asked(tx, who, kind=Kind.ANSWER)
    async with store.reading() as tx:
        read = await questions.find(tx, recorded.id, for_=who)
        assert (read.kind, read.chat_id, read.person_id) == (Kind.ANSWER, who.number, who.person_id)
        assert (read.cited[0]["place"], read.rejected, read.masked, read.milliseconds) == ("7.5", [], ["phone"], 1.25)
        assert read.at == recorded.at


async def test_the_previous_question_is_the_last_that_was_no_smalltalk(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)

        async def previous(since: timedelta) -> str | None:
            return await questions.previous(tx, bot_id=who.bot_id, chat_id=who.number, since=NOW - since)

        assert await previous(MINUTE) is None
        await asked(tx, who, text="Lệ phí?", kind=Kind.ANSWER, update_id=1, at=NOW - 5 * MINUTE)
        await asked(tx, who, text="Cảm ơn", kind=Kind.SMALLTALK, update_id=2, at=NOW - MINUTE)
        assert await previous(10 * MINUTE) == "Lệ phí?"
        assert await previous(2 * MINUTE) is None


async def test_only_the_asker_votes_and_the_last_vote_counts(store: Store) -> None:
    async with store.begin() as tx:
        who, other = await citizen(tx), await citizen(tx, "other")
        question = await asked(tx, who, kind=Kind.ANSWER)
        with pytest.raises(NoSuchRecord):
            await questions.vote(tx, question.id, who=other, up=True, at=NOW)
        await questions.vote(tx, question.id, who=who, up=True, at=NOW)
        with pytest.raises(NotAllowed):
            await questions.why(tx, question.id, who=who, reason=Reason.WRONG, at=NOW)
        await questions.vote(tx, question.id, who=who, up=False, at=NOW)
        secretary = await at_the_keyboard(tx, (await staff(tx)).secretary)
        [line] = await unanswered.queue(tx, for_=secretary)
        assert (line.cause, line.reason) == (Cause.VOTED_DOWN, None)
        with pytest.raises(NoSuchRecord):
            await questions.why(tx, question.id, who=other, reason=Reason.WRONG, at=NOW)
        await questions.why(tx, question.id, who=who, reason=Reason.OUTDATED, at=NOW)
        [line] = await unanswered.queue(tx, for_=secretary)
        assert (line.cause, line.reason, line.text) == (Cause.VOTED_DOWN, Reason.OUTDATED, "Lệ phí bao nhiêu?")
        await questions.vote(tx, question.id, who=who, up=True, at=NOW)
        [line] = await unanswered.queue(tx, for_=secretary)
        assert line.reason is None


async def test_which_choice_was_meant_is_for_the_asker_to_say(store: Store) -> None:
    async with store.begin() as tx:
        who, other = await citizen(tx), await citizen(tx, "other")
        choices = await asked(tx, who, kind=Kind.CHOICES)
        answer = await asked(tx, who, kind=Kind.ANSWER, update_id=2)
        with pytest.raises(NoSuchRecord):
            await questions.choose(tx, choices.id, who=other, place=0, at=NOW)
        for question, place in ((choices, 1), (choices, -1), (answer, 0)):
            with pytest.raises(NotAllowed):
                await questions.choose(tx, question.id, who=who, place=place, at=NOW)
        await questions.choose(tx, choices.id, who=who, place=0, at=NOW)
        assert (await questions.find(tx, choices.id, for_=who)).chosen == 0


async def test_only_refusals_and_bad_answers_enter_the_queue(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)
        for number, kind in enumerate(Kind):
            await asked(tx, who, kind=kind, update_id=number, text=kind)
        secretary = await at_the_keyboard(tx, (await staff(tx)).secretary)
        assert [line.text for line in await unanswered.queue(tx, for_=secretary)] == ["refusal"]


async def test_who_sees_the_queue_is_decided_by_the_query(store: Store) -> None:
    async with store.begin() as tx:
        cast, who = await staff(tx), await citizen(tx)
        for number in (1, 2):
            await asked(tx, who, update_id=number)
        secretary = await at_the_keyboard(tx, cast.secretary)
        free, taken = [line.id for line in await unanswered.queue(tx, for_=secretary)]
        await unanswered.take(tx, taken, cast.lan, NOW)
        expected = {
            who: [],
            secretary: [free, taken],
            await at_the_keyboard(tx, cast.lan): [free, taken],
            await at_the_keyboard(tx, cast.head): [free, taken],
            await at_the_keyboard(tx, cast.hoa): [free],
            await at_the_keyboard(tx, cast.deputy): [free, taken],
            await at_the_keyboard(tx, cast.administrator): [],
        }
        for reader, sees in expected.items():
            assert [line.id for line in await unanswered.queue(tx, for_=reader)] == sees, reader
            assert [line for line in (free, taken) if await _is_found(tx, line, reader)] == sees, reader


async def _is_found(tx: Tx, line: int, reader: Who) -> bool:
    try:
        return (await unanswered.find(tx, line, for_=reader)).id == line
    except NoSuchRecord:
        return False


async def _in_state(tx: Tx, cast: Staff, who: Who, state: UnansweredState) -> Unanswered:
    await asked(tx, who)
    secretary = await at_the_keyboard(tx, cast.secretary)
    [line] = await unanswered.queue(tx, for_=secretary)
    if state is not UnansweredState.OPEN:
        await unanswered.take(tx, line.id, cast.lan, NOW)
    if state is UnansweredState.SETTLED:
        await unanswered.settle(tx, line.id, cast.lan, "đã bổ sung", NOW)
    if state is UnansweredState.DISMISSED:
        await unanswered.dismiss(tx, line.id, cast.lan, "ngoài phạm vi", NOW)
    return await tx.get_one(Unanswered, line.id)


_ACTS: dict[str, Callable[[Tx, int, Staff], Awaitable[object]]] = {
    "take": lambda tx, one, cast: unanswered.take(tx, one, cast.lan, NOW),
    "take by an administrator": lambda tx, one, cast: unanswered.take(tx, one, cast.administrator, NOW),
    "settle": lambda tx, one, cast: unanswered.settle(tx, one, cast.lan, "x", NOW),
    "settle by another": lambda tx, one, cast: unanswered.settle(tx, one, cast.minh, "x", NOW),
    "dismiss": lambda tx, one, cast: unanswered.dismiss(tx, one, cast.lan, "x", NOW),
    "dismiss by another": lambda tx, one, cast: unanswered.dismiss(tx, one, cast.minh, "x", NOW),
    "dismiss by an administrator": lambda tx, one, cast: unanswered.dismiss(tx, one, cast.administrator, "x", NOW),
}
_LEGAL = {
    (UnansweredState.OPEN, "take"): UnansweredState.TAKEN,
    (UnansweredState.OPEN, "dismiss"): UnansweredState.DISMISSED,
    (UnansweredState.OPEN, "dismiss by another"): UnansweredState.DISMISSED,
    (UnansweredState.TAKEN, "settle"): UnansweredState.SETTLED,
    (UnansweredState.TAKEN, "dismiss"): UnansweredState.DISMISSED,
}


@pytest.mark.parametrize("state", UnansweredState)
async def test_every_step_of_the_queue_is_allowed_or_refused_as_the_table_says(
    sqlite_store: Store, state: UnansweredState
) -> None:
    async with sqlite_store.begin() as tx:
        cast, who = await staff(tx), await citizen(tx)
        for name, act in _ACTS.items():
            savepoint = await tx.begin_nested()
            item = await _in_state(tx, cast, who, state)
            if (state, name) in _LEGAL:
                await act(tx, item.id, cast)
                assert item.state is _LEGAL[state, name], name
            else:
                with pytest.raises(NotAllowed):
                    await act(tx, item.id, cast)
                assert not tx.dirty, name
            await savepoint.rollback()


async def test_what_is_not_in_the_queue_cannot_be_taken(store: Store) -> None:
    async with store.begin() as tx:
        with pytest.raises(NoSuchRecord):
            await unanswered.take(tx, 5, 1, NOW)


async def test_the_database_refuses_impossible_questions(store: Store) -> None:
    async with store.begin() as tx:
        await staff(tx)
        who = await citizen(tx)
        question = await asked(tx, who)
        await questions.vote(tx, question.id, who=who, up=True, at=NOW)
        await refused_by_the_database(
            tx,
            [
                "UPDATE questions SET text = NULL",
                "UPDATE questions SET person_id = NULL",
                "UPDATE questions SET chat_id = NULL",
                "UPDATE questions SET kind = 'joke'",
                "UPDATE questions SET chosen = 0",
                "UPDATE questions SET person_id = 999",
                "UPDATE votes SET reason = 'wrong'",
                "UPDATE unanswered SET owner_id = 1",
                "UPDATE unanswered SET state = 'taken'",
                "UPDATE unanswered SET state = 'taken', owner_id = 1",
                "UPDATE unanswered SET state = 'settled', owner_id = 1, taken_at = opened_at, ended_at = opened_at",
                "UPDATE unanswered SET state = 'settled', owner_id = 1, taken_at = opened_at, note = 'x'",
                "UPDATE unanswered SET ended_at = opened_at, note = 'x'",
                "UPDATE unanswered SET question_id = 999",
            ],
        )
