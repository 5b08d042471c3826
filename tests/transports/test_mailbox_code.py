"""A mailbox hears nothing but a code until that was typed back; told by a real mail server's answers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from notifications.kind import Lane
from notifications.kinds import mailbox_code
from notifications.transports.email import Email, Relay
from storage import Store, addresses, identities, links, mailbox_codes, undelivered
from storage.deliveries import Delivery, DeliveryState
from storage.mailbox_codes import Answer
from storage.who import Role
from tests.notifications.delivering import told
from tests.notifications.pebbles import BOT, NOW, Beach, Clock, Pebbles
from tests.transports.mail_server import MailServer, serving

MAILBOX = "lan.nguyen@example.vn"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with serving(MailServer(), tls=None) as opened:
        yield opened


@pytest.fixture
def beach(store: Store, tmp_path: Path, server: MailServer) -> Beach:
    relay = Relay(
        "127.0.0.1", server.port, "tro-ly@example.vn", "Sở", security="none", page="https://hoidap.example.vn"
    )
    made = Beach(store, tmp_path, Clock())
    made.transports["email"] = Email(relay)
    made.kinds["mailbox_code"] = mailbox_code
    own = Path(mailbox_code.__file__)
    for language in ("vi", "en"):  # the words of the kind itself, beside those of the pebbles
        name = f"mailbox_code.{language}.j2"
        (tmp_path / name).write_text(own.with_name(name).read_text(encoding="utf-8"), encoding="utf-8")
    return made


async def minh(beach: Beach) -> int:
    """Bring in an officer whose only confirmed address is Telegram."""
    person = await beach.person("Minh", Role.OFFICER)
    async with beach.store.begin() as tx:
        await addresses.write_no_more(tx, person, by=None, at=NOW)
        who = await identities.meet(tx, channel="telegram", bot_id=BOT, outside_id="minh", at=NOW)
        code = await links.issue(tx, person, by=None, at=NOW)
        assert isinstance(await links.redeem(tx, code, who.identity_id, at=NOW), links.Linked)
    return person


async def ask(beach: Beach, person: int, mailbox: str = MAILBOX) -> None:
    async with beach.store.begin() as tx:
        await mailbox_codes.ask(tx, person, mailbox, by=person, at=beach.clock())


async def confirm(beach: Beach, person: int, digits: str) -> Answer:
    async with beach.store.begin() as tx:
        return await mailbox_codes.confirm(tx, person, digits, at=beach.clock())


def digits(server: MailServer) -> str:
    """Return the code as it stands in the last letter."""
    text: str = (server.taken[-1].get_body(["plain"]) or server.taken[-1]).get_content()
    [code] = [line for line in text.splitlines() if line.isdigit() and len(line) == mailbox_codes.DIGITS]
    return code


def answering(*answers: str | None) -> Callable[[Any], Any]:
    left = list(answers)

    async def answer(_server: Any) -> str | None:
        return left.pop(0) if left else None

    return answer


async def rows(beach: Beach, kind: str) -> list[Delivery]:
    async with beach.store.reading() as tx:
        return list(await tx.scalars(select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)))


async def test_the_code_comes_by_mail_and_what_it_confirms_is_written_to(beach: Beach, server: MailServer) -> None:
    person, hands = await minh(beach), beach.hands()
    beach.kind("pebble", Pebbles(to=[person]))
    await ask(beach, person)
    await told(hands)
    assert server.recipients == [MAILBOX]
    assert beach.noted == []  # it comes by mail or not at all
    code = digits(server)
    assert code in str(server.taken[0]["Subject"])
    async with beach.store.begin() as tx:
        await addresses.order(tx, person, ["email", "telegram"], by=person, at=NOW)
    await beach.post("pebble", 1)
    await told(hands)
    assert beach.said() == ["1"]  # by Telegram: nobody has shown that the mailbox is theirs
    assert await confirm(beach, person, code) is Answer.CONFIRMED
    assert await confirm(beach, person, code) is Answer.NONE
    async with beach.store.begin() as tx:
        await addresses.order(tx, person, ["email", "telegram"], by=person, at=NOW)
    await beach.post("pebble", 2)
    await told(hands)
    assert server.recipients == [MAILBOX, MAILBOX]
    [row] = await rows(beach, "mailbox_code")
    assert (row.state, row.lane, row.body) == (DeliveryState.SENT, Lane.URGENT, None)


async def test_a_mailbox_that_is_none_is_said_to_be_none_and_is_nobodys_task(beach: Beach, server: MailServer) -> None:
    await beach.person("Head", Role.QMS_SECRETARY)
    person, hands = await minh(beach), beach.hands()
    server.at_rcpt = answering("550 5.1.1 no such user")
    await ask(beach, person)
    await told(hands)
    await hands.sweep()
    assert await told(hands) == 0
    assert (server.taken, beach.noted) == ([], [])
    [row] = await rows(beach, "mailbox_code")
    assert (row.state, row.why) == (DeliveryState.UNREACHABLE, "server says 550")
    async with beach.store.begin() as tx:
        waits = await mailbox_codes.pending(tx, person, beach.clock())
        assert waits is not None
        assert (waits.gone, waits.alive) == (True, False)
        code = mailbox_codes.code(tx, waits.id)
    assert await confirm(beach, person, code) is Answer.NONE


async def test_a_mail_server_that_says_later_is_asked_again_and_the_code_still_works(
    beach: Beach, server: MailServer
) -> None:
    person, hands = await minh(beach), beach.hands()
    server.at_rcpt = answering("451 greylisted", "421 busy")
    await ask(beach, person)
    for _ in range(12):
        await told(hands)
        beach.clock.waits(minutes=1)
    assert len(server.taken) == 1
    assert await confirm(beach, person, digits(server)) is Answer.CONFIRMED


async def test_a_code_that_was_replaced_is_not_sent_any_more_and_one_too_late_neither(
    beach: Beach, server: MailServer
) -> None:
    person, hands = await minh(beach), beach.hands()
    await ask(beach, person)
    await ask(beach, person, "khac@example.vn")
    await told(hands)
    assert server.recipients == ["khac@example.vn"]
    await ask(beach, person)
    beach.clock.waits(minutes=30)
    await told(hands)
    await hands.sweep()
    assert len(server.taken) == 1
    assert [row.state for row in await rows(beach, "mailbox_code")][-1] is DeliveryState.EXPIRED


async def test_a_code_waits_for_nothing_that_the_old_mailbox_does_not_take(beach: Beach, server: MailServer) -> None:
    person, hands = await minh(beach), beach.hands()
    beach.kind("alarm", Pebbles(to=[person], LANE=Lane.URGENT))
    async with beach.store.begin() as tx:
        await addresses.write_to(tx, person, "day@example.vn", how="known here", by=None, at=NOW)
        await addresses.order(tx, person, ["email"], by=None, at=NOW)
    server.at_rcpt = answering("452 mailbox full")
    await beach.post("alarm", 1)
    await told(hands)
    await ask(beach, person)
    await told(hands)
    assert server.recipients == [MAILBOX]


async def test_without_a_mail_server_the_code_is_nobodys_task_and_goes_no_other_way(beach: Beach) -> None:
    await beach.person("Head", Role.QMS_SECRETARY)
    person = await minh(beach)
    del beach.transports["email"]
    hands = beach.hands()
    hands.addressing = type(hands.addressing)(
        beach.store, beach.kinds, hands.addressing.wordings, hands.addressing.quiet, channels=frozenset({"telegram"})
    )
    await ask(beach, person)
    await told(hands)
    assert beach.noted == []
    [row] = await rows(beach, "mailbox_code")
    assert (row.state, row.why) == (DeliveryState.UNREACHABLE, "no mail server")
    async with beach.store.begin() as tx:
        assert await undelivered.back_in_reach(tx, {"telegram", "email"}, beach.clock()) == 0


async def test_of_five_tries_at_once_every_one_is_counted(beach: Beach) -> None:
    person = await minh(beach)
    await ask(beach, person)
    async with beach.store.reading() as tx:
        waits = await mailbox_codes.pending(tx, person, beach.clock())
        assert waits is not None
        code = mailbox_codes.code(tx, waits.id)
    wrong = [f"{(int(code) + n) % 10**6:06}" for n in range(1, 9)]
    answers = await asyncio.gather(*(confirm(beach, person, one) for one in wrong))
    assert sorted(answers) == [Answer.NONE] * 4 + [Answer.WRONG] * 4
    assert await confirm(beach, person, code) is Answer.NONE
