"""Controlled documents: only what three people signed answers, and what is signed cannot be edited."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from knowledge.texts import Place
from storage import Store, Tx, documents
from storage.base import NoSuchRecord, NotAllowed
from storage.controlled import IN_FORCE, STEPS, Source, Version, VersionState
from tests.conftest import NOW
from tests.storage.cast import Staff, approved, drafted, refused_by_the_database, staff

SPRING = date(2026, 3, 1)
SUMMER = date(2026, 6, 1)
WINTER = date(2026, 12, 1)


async def _in_state(tx: Tx, cast: Staff, state: VersionState) -> Version:
    version = await drafted(tx, cast.lan)
    if state is VersionState.DRAFT:
        return version
    await documents.check(tx, version.id, by=cast.secretary, at=NOW)
    if state is VersionState.CHECKED:
        return version
    await documents.approve(
        tx, version.id, by=cast.director, effective_from=SPRING, effective_from_confirmed=False, at=NOW
    )
    if state is VersionState.SUSPENDED:
        await documents.suspend(tx, version.id, by=cast.secretary, reason="luật mới", at=NOW)
    if state is VersionState.OBSOLETE:
        await documents.withdraw(tx, version.id, by=cast.director, reason="sai", at=NOW)
    return version


_ACTS: dict[str, Callable[[Tx, int, Staff], Awaitable[object]]] = {
    "check": lambda tx, v, cast: documents.check(tx, v, by=cast.secretary, at=NOW),
    "approve": lambda tx, v, cast: documents.approve(
        tx, v, by=cast.director, effective_from=SPRING, effective_from_confirmed=True, at=NOW
    ),
    "suspend": lambda tx, v, cast: documents.suspend(tx, v, by=cast.secretary, reason="luật mới", at=NOW),
    "resume": lambda tx, v, cast: documents.resume(tx, v, by=cast.secretary, at=NOW),
    "withdraw": lambda tx, v, cast: documents.withdraw(tx, v, by=cast.director, reason="sai", at=NOW),
}
_LEGAL = {
    (VersionState.DRAFT, "check"): VersionState.CHECKED,
    (VersionState.CHECKED, "approve"): VersionState.APPROVED,
    (VersionState.APPROVED, "suspend"): VersionState.SUSPENDED,
    (VersionState.SUSPENDED, "resume"): VersionState.APPROVED,
    (VersionState.DRAFT, "withdraw"): VersionState.OBSOLETE,
    (VersionState.CHECKED, "withdraw"): VersionState.OBSOLETE,
    (VersionState.APPROVED, "withdraw"): VersionState.OBSOLETE,
    (VersionState.SUSPENDED, "withdraw"): VersionState.OBSOLETE,
}


@pytest.mark.parametrize("state", VersionState)
async def test_every_step_of_a_version_is_allowed_or_refused_as_the_table_says(
    sqlite_store: Store, state: VersionState
) -> None:
    async with sqlite_store.begin() as tx:
        cast = await staff(tx)
        for name, act in _ACTS.items():
            savepoint = await tx.begin_nested()
            version = await _in_state(tx, cast, state)
            if (state, name) in _LEGAL:
                await act(tx, version.id, cast)
                assert version.state is _LEGAL[state, name], name
            else:
                with pytest.raises(NotAllowed):
                    await act(tx, version.id, cast)
                assert not tx.dirty, name
            await savepoint.rollback()


@pytest.mark.parametrize("now", VersionState)
async def test_the_database_knows_the_same_steps(store: Store, now: VersionState) -> None:
    signs = "approver_id = 6, approved_at = drafted_at, effective_from = '2026-03-01', effective_from_confirmed = true"
    async with store.begin() as tx:
        version_id = (await _in_state(tx, await staff(tx), now)).id
        for to in VersionState:
            # Everything else is filled in to suit `to`, so that only the step itself can be refused.
            sets = ["state = :to", "suspended_because = " + ("'x'" if to is VersionState.SUSPENDED else "NULL")]
            ended = to is VersionState.OBSOLETE
            sets.append(
                "ended_at = drafted_at, ended_because = 'x'" if ended else "ended_at = NULL, ended_because = NULL"
            )
            if to in IN_FORCE and now in {VersionState.DRAFT, VersionState.CHECKED}:
                sets.append(signs)
            if to in {VersionState.CHECKED, *IN_FORCE} and now is VersionState.DRAFT:
                sets.append("checker_id = 5, checked_at = drafted_at")
            sql = f"UPDATE versions SET {', '.join(sets)} WHERE id = :id"  # noqa: S608 made of the words above
            change = text(sql).bindparams(to=to, id=version_id)
            savepoint = await tx.begin_nested()
            if to is now or to in STEPS[now]:
                await tx.execute(change)
            else:
                with pytest.raises(IntegrityError, match="there is no such step"):
                    await tx.execute(change)
            await savepoint.rollback()


async def test_writer_checker_and_approver_are_three_different_people(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        version = await drafted(tx, cast.director)
        with pytest.raises(NotAllowed):
            await documents.check(tx, version.id, by=cast.director, at=NOW)
        await documents.check(tx, version.id, by=cast.deputy, at=NOW)
        for signed_already in (cast.director, cast.deputy):
            with pytest.raises(NotAllowed):
                await documents.approve(
                    tx, version.id, by=signed_already, effective_from=SPRING, effective_from_confirmed=True, at=NOW
                )


async def test_only_directors_approve_and_only_staff_signs(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        version = await drafted(tx, cast.lan)
        with pytest.raises(NotAllowed):
            await documents.check(tx, version.id, by=999, at=NOW)
        await documents.check(tx, version.id, by=cast.minh, at=NOW)
        with pytest.raises(NotAllowed):
            await documents.approve(
                tx, version.id, by=cast.secretary, effective_from=SPRING, effective_from_confirmed=True, at=NOW
            )


async def test_a_document_from_outside_is_registered_by_one_and_confirmed_by_another(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        law = await drafted(tx, cast.lan, origin="external", code="NĐ 118/2025")
        with pytest.raises(NotAllowed):
            await documents.check(tx, law.id, by=cast.secretary, at=NOW)
        with pytest.raises(NotAllowed):
            await documents.approve(
                tx, law.id, by=cast.lan, effective_from=SPRING, effective_from_confirmed=True, at=NOW
            )
        await documents.approve(tx, law.id, by=cast.minh, effective_from=SPRING, effective_from_confirmed=True, at=NOW)
        assert [one.document for one in await documents.approved(tx)] == ["NĐ 118/2025"]


async def test_an_internal_draft_that_nobody_checked_is_not_approved(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        version = await drafted(tx, cast.lan)
        with pytest.raises(NotAllowed):
            await documents.approve(
                tx, version.id, by=cast.director, effective_from=SPRING, effective_from_confirmed=True, at=NOW
            )


@pytest.mark.parametrize("state", [s for s in VersionState if s is not VersionState.APPROVED])
async def test_what_is_not_approved_answers_nothing(store: Store, state: VersionState) -> None:
    async with store.begin() as tx:
        await _in_state(tx, await staff(tx), state)
        assert await documents.approved(tx) == []


async def test_an_approved_text_comes_out_word_for_word_in_order(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        version = await _in_state(tx, cast, VersionState.APPROVED)
        [one] = await documents.approved(tx)
        assert (one.document, one.version, one.audience) == ("STCL", "1", "public")
        assert (one.effective_from, one.effective_to, one.effective_from_confirmed) == (SPRING, None, False)
        assert one.places == (("7.5", "Thông tin", "Chữ"), ("9.1.2", "Hài lòng", "Phiếu góp ý"))
        assert version.source_sha256 == hashlib.sha256("Chữ".encode()).hexdigest()
        source = await tx.get_one(Source, version.id)
        assert source.content == "Chữ".encode()


async def test_the_next_version_takes_over_on_its_day(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await approved(tx, cast, "1", SPRING)
        await approved(tx, cast, "2", WINTER, text="Mới")
        days = [(one.version, one.effective_from, one.effective_to) for one in await documents.approved(tx)]
        assert days == [("1", SPRING, WINTER), ("2", WINTER, None)]
        assert await documents.retire(tx, day=WINTER - timedelta(days=1), at=NOW) == 0
        assert await documents.retire(tx, day=WINTER, at=NOW) == 1
        assert [one.version for one in await documents.approved(tx)] == ["2"]


async def test_a_version_between_two_ends_where_the_later_one_begins(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await approved(tx, cast, "1", SPRING)
        await approved(tx, cast, "3", WINTER, text="Ba")
        await approved(tx, cast, "2", SUMMER, text="Hai")
        days = [(one.version, one.effective_from, one.effective_to) for one in await documents.approved(tx)]
        assert days == [("1", SPRING, SUMMER), ("2", SUMMER, WINTER), ("3", WINTER, None)]


async def test_a_version_of_the_same_day_replaces_the_one_before(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        old = await approved(tx, cast, "1", SPRING)
        await approved(tx, cast, "1a", SPRING, text="Sửa")
        assert [one.version for one in await documents.approved(tx)] == ["1a"]
        assert old.state is VersionState.OBSOLETE


async def test_withdrawing_what_has_not_begun_lets_the_one_before_go_on(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await approved(tx, cast, "1", SPRING)
        later = await approved(tx, cast, "2", WINTER, text="Mới")
        await documents.withdraw(tx, later.id, by=cast.director, reason="hoãn", at=NOW)
        assert [(one.version, one.effective_to) for one in await documents.approved(tx)] == [("1", None)]


async def test_withdrawing_what_has_begun_brings_nothing_old_back(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await approved(tx, cast, "1", SPRING)
        running = await approved(tx, cast, "2", SUMMER, text="Mới")
        await documents.withdraw(tx, running.id, by=cast.director, reason="sai", at=NOW)
        assert [(one.version, one.effective_to) for one in await documents.approved(tx)] == [("1", SUMMER)]


async def test_a_leap_day_is_a_day_like_another(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await approved(tx, cast, "1", date(2028, 2, 29))
        [one] = await documents.approved(tx)
        assert one.effective_from == date(2028, 2, 29)


async def test_the_generation_moves_with_what_may_answer_and_only_then(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        version = await drafted(tx, cast.lan)
        await documents.check(tx, version.id, by=cast.secretary, at=NOW)
        assert await documents.generation(tx) == 0
        await documents.approve(
            tx, version.id, by=cast.director, effective_from=SPRING, effective_from_confirmed=True, at=NOW
        )
        await documents.suspend(tx, version.id, by=cast.director, reason="x", at=NOW)
        await documents.resume(tx, version.id, by=cast.director, at=NOW)
        await documents.withdraw(tx, version.id, by=cast.director, reason="x", at=NOW)
        assert await documents.generation(tx) == 4


async def test_a_draft_may_be_drafted_again_and_what_left_the_draft_may_not(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        first = await drafted(tx, cast.lan, text="Một")
        again = await drafted(tx, cast.minh, text="Hai")
        assert (again.id, again.writer_id) == (first.id, cast.minh)
        await documents.check(tx, first.id, by=cast.secretary, at=NOW)
        assert (await drafted(tx, cast.lan, text="Hai")).state is VersionState.CHECKED
        with pytest.raises(NotAllowed):
            await drafted(tx, cast.lan, text="Ba")


async def test_a_place_of_the_knowledge_room_is_stored_as_it_is(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        version = await documents.draft(
            tx,
            code="X",
            title="X",
            version="1",
            audience="staff",
            origin="internal",
            source_name="x.md",
            source=b"",
            places=[Place("bia", "Bìa", "Một\nHai")],
            writer_id=cast.lan,
            at=NOW,
            warnings=["không có ngày"],
        )
        [line] = await documents.listed(tx, "X")
        assert (line.id, line.audience, line.warnings) == (version.id, "staff", ("không có ngày",))


_EDITS = [
    "UPDATE places SET text = 'khác' WHERE version_id = 1",
    "DELETE FROM places WHERE version_id = 1",
    "INSERT INTO places (version_id, ordinal, place, title, text) VALUES (1, 99, 'x', 'x', 'x')",
    "UPDATE sources SET content = NULL WHERE version_id = 1",
    "DELETE FROM sources WHERE version_id = 1",
    "UPDATE versions SET title = 'khác' WHERE id = 1",
    "UPDATE versions SET source_sha256 = 'khác' WHERE id = 1",
    "UPDATE versions SET writer_id = 2 WHERE id = 1",
    "UPDATE versions SET checker_id = 2 WHERE id = 1",
    "UPDATE versions SET state = 'draft' WHERE id = 1",
    "DELETE FROM versions WHERE id = 1",
    "DELETE FROM documents WHERE id = 1",
]


@pytest.mark.parametrize(
    "state", [VersionState.CHECKED, VersionState.APPROVED, VersionState.SUSPENDED, VersionState.OBSOLETE]
)
async def test_no_sql_edits_what_has_left_the_draft(store: Store, state: VersionState) -> None:
    async with store.begin() as tx:
        version = await _in_state(tx, await staff(tx), state)
        assert version.id == 1
        await refused_by_the_database(tx, _EDITS)


async def test_no_sql_lets_two_versions_hold_one_day(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await approved(tx, cast, "1", SPRING)
        await approved(tx, cast, "2", SUMMER, text="Hai")
    with pytest.raises(IntegrityError):
        async with store.begin() as tx:
            await tx.execute(text("UPDATE versions SET effective_to = '2026-07-01' WHERE id = 1"))


async def test_no_sql_makes_a_version_that_was_never_a_draft(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await approved(tx, cast, "1", SPRING)
    copied = (
        "document_id, title, audience, origin, source_name, source_sha256, warnings, writer_id, drafted_at, "
        "checker_id, checked_at, approver_id, approved_at, effective_from_confirmed"
    )
    sql = (
        f"INSERT INTO versions (version, state, effective_from, effective_to, {copied}) "  # noqa: S608 the columns above
        f"SELECT '9', state, '2020-01-01', '2020-02-01', {copied} FROM versions WHERE id = 1"
    )
    async with store.begin() as tx:
        with pytest.raises(IntegrityError, match="begins as a draft"):
            await tx.execute(text(sql))


async def test_a_suspension_and_a_withdrawal_need_a_reason(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        version = await approved(tx, cast, "1", SPRING)
        for act in (documents.suspend, documents.withdraw):
            with pytest.raises(ValueError, match="why"):
                await act(tx, version.id, by=cast.director, reason="  ", at=NOW)
        assert (version.state, await documents.generation(tx)) == (VersionState.APPROVED, 1)


async def test_two_places_of_one_name_are_no_document(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        with pytest.raises(ValueError, match="one name"):
            await documents.draft(
                tx,
                code="X",
                title="X",
                version="1",
                audience="staff",
                origin="internal",
                source_name="x.md",
                source=b"",
                places=[Place("1", "Một", "Một"), Place("1", "Hai", "Hai")],
                writer_id=cast.lan,
                at=NOW,
            )


async def test_who_is_not_there_cannot_be_signed(store: Store) -> None:
    async with store.begin() as tx:
        with pytest.raises(NoSuchRecord):
            await documents.check(tx, 77, by=1, at=NOW)


async def test_two_approvals_at_once_leave_one_version_in_force(
    store: Store, url: str, open_store: Callable[[str], Store]
) -> None:
    """Two processes, two versions, one day: whoever comes second replaces the first, and no day has two versions."""
    async with store.begin() as tx:
        cast = await staff(tx)
        await approved(tx, cast, "1", date(2020, 1, 1))
        rows = [await drafted(tx, cast.lan, version, text=version) for version in ("2", "3")]
        for row in rows:
            await documents.check(tx, row.id, by=cast.secretary, at=NOW)
    other = open_store(url)

    async def approve(one: Store, version_id: int, by: int) -> bool:
        try:
            async with one.begin() as tx:
                await documents.approve(
                    tx, version_id, by=by, effective_from=date(2026, 11, 22), effective_from_confirmed=True, at=NOW
                )
        except NotAllowed:
            return False
        return True

    tries = [(store, rows[0], cast.director), (other, rows[1], cast.deputy), (other, rows[0], cast.deputy)]
    assert sorted(await asyncio.gather(*(approve(one, row.id, by) for one, row, by in tries))) == [False, True, True]
    async with other.reading() as tx:
        assert await documents.generation(tx) == 3
        texts = await documents.approved(tx)
        assert len([one for one in texts if one.effective_to is None]) == 1
        assert [one.effective_to for one in texts if one.version == "1"] == [date(2026, 11, 22)]
    await other.close()
