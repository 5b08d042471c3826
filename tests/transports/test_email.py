"""Notifications by e-mail, against a real mail server: encrypted, in both forms, and honest about what came of it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from notifications.transports import Address, Gone, Later, Message, Outcome, Refused, Sent, Unknown
from notifications.transports.email import Email, Relay
from tests.conftest import NOW
from tests.transports.mail_server import PASSWORD, MailServer, certificate, serving

LAN = Address("email", mailbox="lan@example.vn")
WORDS = Message(
    "Có phản hồi mới",
    "<p>Phiếu hỏi của Ông/Bà <b>đã có phản hồi</b>.</p>",
    [[{"text": "Xem", "data": "/phieu 1"}], [{"text": "Thủ tục", "url": "https://dichvucong.gov.vn"}]],
    key="delivery 1",
)


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.fixture
def tls(papers: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers[1], papers[0])
    return context


@pytest.fixture
async def server(tls: ssl.SSLContext) -> AsyncIterator[MailServer]:
    async with serving(MailServer(), tls=tls) as opened:
        yield opened


@pytest.fixture
def relay(server: MailServer, papers: tuple[Path, Path]) -> Relay:
    return Relay(
        "localhost",
        server.port,
        "tro-ly@khanhhoa.example.vn",
        "Sở Công Thương tỉnh Khánh Hòa",
        user="tro-ly",
        password=PASSWORD,
        ca=str(papers[1]),
        page="https://hoidap.example.vn",
        seconds=20,
    )


async def sent(relay: Relay, to: Address = LAN, message: Message = WORDS) -> Outcome:
    transport = Email(relay)
    outcome = await transport.send(to, message, now=NOW)
    await transport.close()
    return outcome


async def test_a_letter_arrives_encrypted_in_both_forms_with_its_links(server: MailServer, relay: Relay) -> None:
    outcome = await sent(relay)
    (letter,) = server.taken
    assert outcome == Sent(letter["Message-ID"])
    assert server.logins == [("tro-ly", PASSWORD, True)]
    assert (letter["Subject"], str(letter["From"])) == (
        "Có phản hồi mới",
        '"Sở Công Thương tỉnh Khánh Hòa" <tro-ly@khanhhoa.example.vn>'.replace('"', ""),
    )
    assert letter["Auto-Submitted"] == "auto-generated"
    plain, html = (letter.get_body([kind]) for kind in ("plain", "html"))
    assert plain
    assert html
    assert "Phiếu hỏi của Ông/Bà đã có phản hồi." in plain.get_content()
    assert "<b>đã có phản hồi</b>" in html.get_content()
    for form in (plain.get_content(), html.get_content()):
        assert "https://hoidap.example.vn" in form
        assert "https://dichvucong.gov.vn" in form
        assert "/phieu" not in form


async def test_the_same_delivery_tried_again_is_the_same_letter_to_whoever_gets_it(
    server: MailServer, relay: Relay
) -> None:
    await sent(relay)
    await sent(relay)
    await sent(relay, message=replace(WORDS, key="delivery 2"))
    first, again, other = (letter["Message-ID"] for letter in server.taken)
    assert first == again != other
    assert first.endswith("@khanhhoa.example.vn>")


async def test_what_is_told_never_becomes_a_header_or_a_second_recipient(server: MailServer, relay: Relay) -> None:
    odd = replace(WORDS, subject="Chào\r\nBcc: x@example.vn\n\u2028" + "á" * 300)
    await sent(replace(relay, name='Sở\r\nX-Evil: 1, Phòng "A" <b@c>'), message=odd)
    (letter,) = server.taken
    assert not {"Bcc", "X-Evil"} & set(letter.keys())
    assert letter["Subject"].startswith("Chào Bcc: x@example.vn á")
    assert server.recipients == ["lan@example.vn"]
    assert letter["From"].addresses[0].addr_spec == "tro-ly@khanhhoa.example.vn"


@pytest.mark.parametrize(
    "mailbox",
    ["", "lan", "a@b@c.vn", "a@b.vn,c@d.vn", "a@b.vn\r\nRCPT TO:<c@d.vn>", "Lan <a@b.vn>", "a b@c.vn", "a@" + "b" * 70],
)
async def test_what_is_no_mailbox_is_nobody(server: MailServer, relay: Relay, mailbox: str) -> None:
    assert isinstance(await sent(relay, Address("email", mailbox=mailbox)), Gone)
    assert not server.taken


async def test_mailboxes_in_vietnamese_letters_arrive(server: MailServer, relay: Relay) -> None:
    assert isinstance(await sent(relay, Address("email", mailbox="lan@khánhhòa.vn")), Sent)
    assert isinstance(await sent(relay, Address("email", mailbox="làn@example.vn")), Sent)
    assert server.recipients == ["lan@xn--khnhha-qta3l.vn", "làn@example.vn"]


async def test_a_server_that_takes_no_such_letters_reaches_nobody_there(tls: ssl.SSLContext, relay: Relay) -> None:
    async with serving(MailServer(), tls=tls, utf8=False) as old:
        assert isinstance(await sent(replace(relay, port=old.port), Address("email", mailbox="làn@example.vn")), Gone)


async def test_encrypted_from_the_first_byte(tls: ssl.SSLContext, relay: Relay) -> None:
    async with serving(MailServer(), tls=tls, implicit=True) as server:
        assert isinstance(await sent(replace(relay, port=server.port, security="tls", user="")), Sent)


async def test_nothing_goes_out_in_the_clear_unless_that_was_asked_for(relay: Relay) -> None:
    async with serving(MailServer(), tls=None) as server:
        open_ = replace(relay, port=server.port)
        assert isinstance(await sent(open_), Later)
        assert not server.logins
        assert not server.taken
        assert isinstance(await sent(replace(open_, security="none")), Sent)


async def test_a_certificate_of_somebody_else_is_not_trusted(server: MailServer, relay: Relay, tmp_path: Path) -> None:
    _, other = certificate(tmp_path, "localhost")
    stranger = await sent(replace(relay, ca=str(other)))
    assert isinstance(stranger, Later)
    assert stranger.line
    assert "TLS" in stranger.why
    assert isinstance(await sent(replace(relay, host="127.0.0.1")), Later)  # it is not made out to that name
    assert not server.logins


async def said(answer: str) -> Any:
    async def at(_: Any) -> str:
        return answer

    return at


ANSWERS: list[tuple[str, str, type[Any], bool]] = [
    ("at_rcpt", "450 4.2.0 greylisted", Later, False),
    ("at_rcpt", "452 4.2.2 mailbox full", Later, False),
    ("at_rcpt", "550 5.1.1 no such user", Gone, False),
    ("at_rcpt", "550 No such user here", Gone, False),
    ("at_rcpt", "550 5.2.1 mailbox disabled", Gone, False),
    ("at_rcpt", "552 5.2.2 mailbox full", Refused, False),
    ("at_rcpt", "554 5.7.1 Relay access denied", Refused, False),
    ("at_rcpt", "550 relay not permitted", Refused, False),
    ("at_rcpt", "550 5.7.1 blocked by policy", Refused, False),
    ("at_rcpt", "554 transaction failed", Refused, False),
    ("at_rcpt", "421 4.3.2 closing", Later, True),
    ("at_rcpt", "530 5.7.0 login first", Later, True),
    ("at_data", "451 4.3.0 try again", Later, False),
    ("at_data", "552 5.3.4 too big", Refused, False),
    ("at_data", "554 5.7.1 looks like spam", Refused, False),
    ("at_data", "550 5.1.1 no such user after all", Gone, False),
]


@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: case[1])
async def test_what_the_server_answers_decides_what_becomes_of_it(
    server: MailServer, relay: Relay, case: tuple[str, str, type[Any], bool]
) -> None:
    step, answer, kind, line = case
    setattr(server, step, await said(answer))
    outcome = await sent(relay)
    assert isinstance(outcome, kind)
    assert getattr(outcome, "line", False) is line
    assert "lan" not in outcome.why
    assert not server.taken


async def test_a_login_that_is_refused_waits_for_people_and_loses_nothing(server: MailServer, relay: Relay) -> None:
    outcome = await sent(replace(relay, password="falsch"))
    assert isinstance(outcome, Later)
    assert outcome.line
    assert not server.taken


async def test_a_server_that_is_away_is_tried_later(server: MailServer, relay: Relay) -> None:
    async with serving(MailServer(), tls=None) as gone:
        port = gone.port
    outcome = await sent(replace(relay, port=port))
    assert isinstance(outcome, Later)
    assert outcome.line


@pytest.mark.parametrize("greeting", [b"421 too busy\r\n", b"554 go away\r\n", b"", b"\xff\xfe\r\n", b"SSH-2.0-x\r\n"])
async def test_a_door_that_does_not_open_is_tried_later(relay: Relay, greeting: bytes) -> None:
    async def door(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(door, "127.0.0.1", 0) as listening:
        outcome = await sent(replace(relay, port=listening.sockets[0].getsockname()[1]))
    assert isinstance(outcome, Later)
    assert outcome.line


async def dropped(server: Any) -> str:
    server.transport.abort()
    return "250 unheard"


async def slow(_: Any) -> str:
    await asyncio.sleep(1)
    return "250 too late"


@pytest.mark.parametrize("trouble", [dropped, slow])
async def test_a_line_that_breaks_before_the_letter_left_it_unsent(
    server: MailServer, relay: Relay, trouble: Any
) -> None:
    server.at_rcpt = trouble
    assert isinstance(await sent(replace(relay, seconds=0.4)), Later)


@pytest.mark.parametrize("trouble", [dropped, slow])
async def test_a_line_that_breaks_after_the_letter_leaves_it_unknown(
    server: MailServer, relay: Relay, trouble: Any
) -> None:
    server.after = trouble
    outcome = await sent(replace(relay, seconds=0.4))
    assert isinstance(outcome, Unknown)
    assert len(server.taken) == 1


async def test_many_letters_go_side_by_side_but_not_over_endless_connections(server: MailServer, relay: Relay) -> None:
    now, most = 0, 0

    async def counted(_: Any) -> None:
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await asyncio.sleep(0.02)
        now -= 1

    server.after = counted
    transport = Email(relay)
    several = [replace(WORDS, key=str(number)) for number in range(12)]
    assert all(
        isinstance(one, Sent) for one in await asyncio.gather(*(transport.send(LAN, m, now=NOW) for m in several))
    )
    assert len({letter["Message-ID"] for letter in server.taken}) == 12
    assert 1 < most <= 4
