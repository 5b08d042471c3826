"""People: who they are, what they may, and that whoever leaves opens no door any more."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from storage import Store, forms, identities, links, people, sessions, tickets, unanswered, units
from storage.base import NoSuchRecord, NotAllowed
from storage.people import Ambiguous, NoSuchPerson
from storage.tickets import TicketState
from storage.unanswered import UnansweredState
from storage.who import Person, PersonState, Role
from tests.conftest import NOW
from tests.storage.cast import WEB, asked, at_the_keyboard, citizen, refused_by_the_database, staff, ticket


async def test_people_are_found_by_name_or_number(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        assert (await people.find(tx, "  Trần  Minh ")).id == cast.minh
        assert (await people.find(tx, str(cast.minh))).id == cast.minh
        for nobody in ("Không Ai", "", "999999", "9" * 40, "٣"):
            with pytest.raises(NoSuchPerson):
                await people.find(tx, nobody)


async def test_two_people_of_one_name_are_told_apart_by_number(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        other = await people.add(tx, name="Trần Minh", roles=[Role.OFFICER], unit=None, at=NOW, by=None)
        with pytest.raises(Ambiguous) as refusal:
            await people.find(tx, "Trần Minh")
        assert refusal.value.people == (cast.minh, other.id)


async def test_everybody_lists_staff_with_unit_roles_and_fields(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        await citizen(tx)
        await at_the_keyboard(tx, cast.lan)
        listed = {one.id: one for one in await people.everybody(tx)}
        assert len(listed) == 8
        assert listed[cast.deputy].fields == ("hóa chất", "xăng dầu")
        assert (listed[cast.lan].unit, listed[cast.lan].addresses) == ("Phòng Kế hoạch", 1)
        assert listed[cast.lan].roles == {Role.OFFICER}
        assert len(await people.everybody(tx, citizens=True)) > 8
        assert [unit.name for unit in await units.listed(tx)] == ["Phòng Kế hoạch", "Văn phòng"]


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"roles": []}, {"fields": ["hóa chất"]}],
)
async def test_a_person_without_name_or_role_is_nobody(sqlite_store: Store, wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"name": "Lan", "roles": [Role.OFFICER], "fields": []}
    async with sqlite_store.begin() as tx:
        with pytest.raises(ValueError, match=r"person|deputy"):
            await people.add(tx, unit=None, at=NOW, by=None, **{**right, **wrong})  # type: ignore[arg-type]  # wrong on purpose


async def test_a_language_once_chosen_is_known_at_the_next_turn(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)
        assert who.language is None
        await people.speak(tx, who.person_id, "en", at=NOW)
        again = await identities.who(tx, bot_id=who.bot_id, number=who.number)
        assert again is not None
        assert again.language == "en"


async def test_an_account_met_twice_is_one_citizen(store: Store) -> None:
    async with store.begin() as tx:
        first, second = await citizen(tx), await citizen(tx)
        assert first == second
        assert first.roles == {Role.CITIZEN}
        assert not first.is_staff
        assert 0 < first.number < 2**53
        assert await identities.who(tx, bot_id=WEB, number=first.number) == first
        assert await identities.who(tx, bot_id=WEB + 1, number=first.number) is None


async def test_an_integer_beyond_two_to_the_53rd_stays_itself(store: Store) -> None:
    number = 2**62 + 1
    async with store.begin() as tx:
        who = await identities.meet(tx, channel="zalo", bot_id=2**60 + 3, outside_id="ab", number=number, at=NOW)
        assert (who.number, who.bot_id) == (number, 2**60 + 3)
    async with store.reading() as tx:
        assert await identities.who(tx, bot_id=2**60 + 3, number=number) == who


async def test_a_number_of_another_account_is_refused(store: Store) -> None:
    async with store.begin() as tx:
        await identities.meet(tx, channel="telegram", bot_id=1, outside_id="7", number=7, at=NOW)
        with pytest.raises(ValueError, match="another account"):
            await identities.meet(tx, channel="telegram", bot_id=1, outside_id="8", number=7, at=NOW)


async def test_the_notice_given_is_known_by_its_version(store: Store) -> None:
    async with store.begin() as tx:
        who = await citizen(tx)
        await identities.notice_given(tx, who.identity_id, "2026-11", NOW)
        known = await identities.known(tx, who.identity_id)
        assert known is not None
        assert known.notice_version == "2026-11"


async def test_whoever_left_is_met_again_as_a_stranger(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        lan = await at_the_keyboard(tx, cast.lan)
        await sessions.open_(tx, lan.identity_id, "token", False, NOW + timedelta(days=1), NOW)
        code = await links.issue(tx, cast.lan, by=cast.administrator, at=NOW)
        left = await people.leave(tx, cast.lan, hand_over_to=None, by=cast.administrator, at=NOW)
        assert (left.identities, left.sessions) == (1, 1)
        assert await identities.who(tx, bot_id=lan.bot_id, number=lan.number) is None
        assert await identities.of(tx, cast.lan) == []
        assert await sessions.find(tx, "token", NOW) is None
        met = await identities.meet(tx, channel="web", bot_id=WEB, outside_id=f"staff-{cast.lan}", at=NOW)
        assert (met.person_id == cast.lan, met.is_staff) == (False, False)
        assert isinstance(await links.redeem(tx, code, met.identity_id, at=NOW), links.Refused)
        with pytest.raises(NoSuchPerson):
            await people.find(tx, "Nguyễn Thị Lan")
        with pytest.raises(NoSuchRecord):
            await links.issue(tx, cast.lan, by=None, at=NOW)


async def test_open_work_goes_to_the_successor(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await citizen(tx)
        await asked(tx, who)
        opened = await ticket(tx, who)
        answered = await ticket(tx, who, update_id=11)
        secretary = await at_the_keyboard(tx, cast.secretary)
        [item] = await unanswered.queue(tx, for_=secretary)
        await unanswered.take(tx, item.id, cast.lan, NOW)
        for one in (opened, answered):
            await tickets.take(tx, one.id, cast.lan, NOW)
        await tickets.reply(tx, answered.id, cast.lan, "Đã có", NOW)
        left = await people.leave(tx, cast.lan, hand_over_to=cast.minh, by=cast.administrator, at=NOW)
        assert (left.tickets, left.questions) == (2, 1)
        assert {one.officer_id for one in await tickets.listed(tx, for_=secretary)} == {cast.minh}
        [item] = await unanswered.queue(tx, for_=secretary)
        assert (item.owner_id, item.state) == (cast.minh, UnansweredState.TAKEN)


async def test_open_work_without_a_successor_is_everybodys_again(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await citizen(tx)
        await asked(tx, who)
        opened = await ticket(tx, who)
        secretary = await at_the_keyboard(tx, cast.secretary)
        [item] = await unanswered.queue(tx, for_=secretary)
        await unanswered.take(tx, item.id, cast.lan, NOW)
        await tickets.take(tx, opened.id, cast.lan, NOW)
        await people.leave(tx, cast.lan, hand_over_to=None, by=cast.administrator, at=NOW)
        [one] = await tickets.listed(tx, for_=secretary)
        assert (one.state, one.officer_id) == (TicketState.OPEN, None)
        [item] = await unanswered.queue(tx, for_=secretary)
        assert (item.state, item.owner_id) == (UnansweredState.OPEN, None)


async def test_nobody_leaves_twice_or_to_somebody_who_cannot_take_over(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        for successor in (cast.lan, cast.administrator, 999):
            with pytest.raises(NotAllowed):
                await people.leave(tx, cast.lan, hand_over_to=successor, by=None, at=NOW)
        assert (await tx.get_one(Person, cast.lan)).state is PersonState.ACTIVE
        await people.leave(tx, cast.lan, hand_over_to=cast.minh, by=None, at=NOW)
        with pytest.raises(NotAllowed):
            await people.leave(tx, cast.lan, hand_over_to=None, by=None, at=NOW)
        with pytest.raises(NoSuchPerson):
            await people.leave(tx, 999, hand_over_to=None, by=None, at=NOW)


async def test_of_a_person_who_left_no_role_counts(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await at_the_keyboard(tx, cast.head)
        assert (who.is_staff, who.unit_id) == (True, 1)
        await tx.execute(
            text("UPDATE people SET state = 'left', left_at = created_at WHERE id = :id"), {"id": cast.head}
        )
        known = await identities.known(tx, who.identity_id)
        assert known is not None
        assert known.roles == {Role.CITIZEN}
        assert known.unit_id is None


_IMPOSSIBLE = [
    "UPDATE people SET state = 'left' WHERE id = 1",
    "UPDATE people SET left_at = created_at WHERE id = 1",
    "UPDATE people SET state = 'gone' WHERE id = 1",
    "UPDATE people SET unit_id = 99 WHERE id = 1",
    "UPDATE person_roles SET fields = '[]' WHERE person_id = 1",
    "UPDATE person_roles SET role = 'king' WHERE person_id = 1",
    "DELETE FROM units",
    (
        "INSERT INTO identities (channel, bot_id, outside_id, number, person_id, created_at) "
        "SELECT channel, bot_id, outside_id, 5, person_id, created_at FROM identities"
    ),
    "DELETE FROM people WHERE id = (SELECT person_id FROM identities)",
]


async def test_the_database_refuses_impossible_people(store: Store) -> None:
    async with store.begin() as tx:
        await staff(tx)
        await citizen(tx)
        await refused_by_the_database(tx, _IMPOSSIBLE)


async def test_who_leaves_leaves_no_half_filled_form_to_whoever_has_the_account_next(store: Store) -> None:
    async with store.begin() as tx:
        cast = await staff(tx)
        who = await at_the_keyboard(tx, cast.lan)
        key = forms.key_of(who.bot_id, who.number, who.number)
        await forms.write(tx, key, "Replying:body", {"ticket": 1}, NOW)
        await people.leave(tx, cast.lan, hand_over_to=None, by=None, at=NOW)
        assert (await forms.read(tx, key)).state is None
