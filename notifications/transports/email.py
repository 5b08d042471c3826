"""E-mail, by aiosmtplib: plain text and HTML from the one source, encrypted on the way or not sent."""

import asyncio
import hashlib
import logging
import re
import ssl
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Literal, NoReturn

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from knowledge.wording import Words, plain, web
from notifications.transports import Address, Gone, Later, Message, Outcome, Refused, Sent, Unknown
from storage import Tx

log = logging.getLogger(__name__)

NAME = "email"
# How many connections at most: mail servers count them.
_AT_ONCE = 4
_AWAY = timedelta(seconds=30)
# Greylisting asks for some minutes; so does a full mailbox, and whoever has to mend a login.
_MINUTES = timedelta(minutes=5)
# RFC 3463: bad mailbox, bad domain, bad syntax, moved, no such domain in DNS (RFC 7505: takes no mail), disabled.
_STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}\b")
_NOBODY = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
# RFC 5321, 4.2.3: what a server without these codes says of a mailbox that it does not have.
_UNKNOWN = frozenset({550, 551, 553})
_CLOSING, _LOGIN_NEEDED, _LASTING = 421, frozenset({530, 534, 535, 538}), 500
# A mailbox as it may stand in a header and in a command: no display name, no comment, no quoted part, one @.
_MAILBOX = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]+@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]+")
_CONTROLS = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that takes our letters. `ca`: a file of certificates to trust, "" for the system's.

    `sender`: the mailbox they come from; `name`: what is shown with it; `page`: the public address of the web chat.
    `security` "none" is for a server on this machine alone. `seconds`: for the way to it, and for its last answer.
    """

    host: str
    port: int
    sender: str
    name: str
    user: str = ""
    password: str = field(default="", repr=False)
    security: Security = "starttls"
    ca: str = ""
    page: str = ""
    seconds: float = 20.0


class _EndedError(Exception):
    """What came of it is known."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


class Email:
    """Keeps no connection: the next letter may come in an hour."""

    name = NAME
    stored_is_sent = False

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._trust = ssl.create_default_context(cafile=relay.ca or None)

    def ready(self, now: datetime) -> bool:  # noqa: ARG002  the seam's
        return True

    async def send(self, to: Address, message: Message, *, now: datetime) -> Outcome:
        """Hand the letter to the mail server. Sent: it has taken it, and whatever comes of it later comes by e-mail."""
        mailbox = _usable(to.mailbox)
        if mailbox is None:
            return Gone("no mailbox")
        try:
            letter = compose(self._relay, mailbox, message, now)
            await self._handed_over(mailbox, letter)
        except _EndedError as ended:
            return ended.outcome
        except Exception as failure:  # whatever it is, one letter is no reason to stop the others
            log.exception("letter not sent")
            return Unknown(type(failure).__name__)
        return Sent(str(letter["Message-ID"]))

    async def record(self, tx: Tx, to: Address, message: Message, sent: Sent, *, now: datetime) -> int | None:  # noqa: ARG002  the seam's
        """Leave nothing: nobody presses a button in a letter."""
        return None

    async def beat(self, now: datetime) -> None: ...

    async def close(self) -> None: ...

    async def _handed_over(self, mailbox: str, letter: EmailMessage) -> None:
        client = self._client()
        try:
            # Half of the time is for the way to the server, and whoever has none left has said nothing yet.
            async with asyncio.timeout(self._relay.seconds) as before:
                await self._gate.acquire()
                try:
                    await self._connected(client)
                    await self._addressed(client, mailbox)
                    before.reschedule(None)
                    await _given(client, letter)
                finally:
                    self._gate.release()
        except TimeoutError:
            _end(Later(_AWAY, "no answer in time"))
        finally:
            await _parted(client)

    def _client(self) -> aiosmtplib.SMTP:
        relay = self._relay
        return aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            local_hostname=relay.sender.rpartition("@")[2],
            timeout=relay.seconds,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            tls_context=None if relay.security == "none" else self._trust,
        )

    async def _connected(self, client: aiosmtplib.SMTP) -> None:
        try:
            await client.connect()
            if self._relay.user:
                await client.login(self._relay.user, self._relay.password)
        except SMTPAuthenticationError as refused:
            _end(Later(_MINUTES, f"login refused, {refused.code}", line=True))
        except SMTPConnectResponseError as refused:
            _end(Later(_AWAY, f"server says {refused.code}", line=True))
        except ssl.SSLError:
            _end(Later(_MINUTES, "certificate or TLS refused", line=True))
        except (SMTPException, OSError) as failure:
            # Whatever it was (no STARTTLS there, a dead line, a certificate): nothing has been said yet.
            is_tls = isinstance(failure.__cause__, ssl.SSLError)
            _end(Later(_AWAY, "certificate or TLS refused" if is_tls else "no connection", line=True))

    async def _addressed(self, client: aiosmtplib.SMTP, mailbox: str) -> None:
        try:
            options, encoding = _spelled(client, mailbox)
            await client.mail(self._relay.sender, options=options, encoding=encoding)
            await client.rcpt(mailbox, encoding=encoding)
        except SMTPResponseException as refused:
            _end(_refusal(refused))
        except (SMTPException, OSError):
            _end(Later(_AWAY, "line broke before the letter", line=True))


async def _given(client: aiosmtplib.SMTP, letter: EmailMessage) -> None:
    try:
        await client.data(letter.as_bytes())
    except SMTPDataError as refused:
        _end(_refusal(refused))
    except (SMTPException, OSError):
        _end(Unknown("line broke within the letter"))


async def _parted(client: aiosmtplib.SMTP) -> None:
    """Say goodbye, if somebody is there to hear it; what came of the letter is known already."""
    try:
        if client.is_connected:
            await client.quit(timeout=2)
    except (SMTPException, OSError):
        pass
    finally:
        client.close()


def _refusal(refused: SMTPResponseException) -> Outcome:
    """Return what the server's answer means. RFC 5321: 4xx passes, 5xx stays; RFC 3463: some 5.1.x are the mailbox."""
    code, why = refused.code, f"server says {refused.code}"
    if code == _CLOSING:
        return Later(_AWAY, why, line=True)
    if code in _LOGIN_NEEDED or isinstance(refused, SMTPSenderRefused):
        return Later(_MINUTES, f"sender refused, {code}", line=True)  # for people to mend, and then all can go
    if code < _LASTING:
        return Later(_MINUTES, why)
    return Gone(why) if _is_nobody(refused) else Refused(why)


def _is_nobody(refused: SMTPResponseException) -> bool:
    """Tell whether the mailbox itself is none: everything else is about us, this letter or today.

    A full mailbox (5.2.2), a policy, a relay that is not ours (5.7.1) must cost nobody the mailbox that they confirmed.
    """
    if said := _STATUS.match(refused.message):
        return said[0] in _NOBODY
    is_relay = "relay" in refused.message.lower() or "denied" in refused.message.lower()
    return isinstance(refused, SMTPRecipientRefused) and refused.code in _UNKNOWN and not is_relay


def _end(outcome: Outcome) -> NoReturn:
    raise _EndedError(outcome) from None


def _usable(mailbox: str) -> str | None:
    """Return the mailbox as mail servers take it, its domain in ASCII; None when it is none."""
    if not _MAILBOX.fullmatch(mailbox):
        return None
    name, _, domain = mailbox.rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None


def _spelled(client: aiosmtplib.SMTP, mailbox: str) -> tuple[list[str], str]:
    if mailbox.isascii():
        return [], "ascii"
    if not client.supports_extension("smtputf8"):
        _end(Gone("server takes no such mailbox"))
    return ["SMTPUTF8"], "utf-8"


def compose(relay: Relay, mailbox: str, message: Message, now: datetime) -> EmailMessage:
    """Return the letter. Tried again it bears the same Message-ID: who gets it twice can see it (RFC 5322, 3.6.4)."""
    html = _with_links(relay, message)
    letter = EmailMessage(policy=SMTP if mailbox.isascii() else SMTPUTF8)
    letter["From"] = Mailbox(_line(relay.name), addr_spec=relay.sender)
    letter["To"] = mailbox
    letter["Subject"] = _line(message.subject)
    letter["Date"] = format_datetime(now)
    digest = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    letter["Message-ID"] = f"<{digest}@{relay.sender.rpartition('@')[2]}>"
    # So that no absence notice answers it (RFC 3834).
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = message.language
    letter.set_content(plain(html) + "\n", cte="base64")
    page = f'<!doctype html><html lang="{message.language}"><meta charset="utf-8"><body>{web(html)}</body></html>\n'
    letter.add_alternative(page, subtype="html", cte="base64")
    return letter


def _with_links(relay: Relay, message: Message) -> str:
    """Return the text with its links below; a button that is a command has its place on the chat page."""
    say = Words("notifications/transports/email", message.language)
    buttons = [button for row in message.buttons for button in row]
    links = [say.link(button["text"], button["url"]) for button in buttons if button.get("url", "").startswith("http")]
    if relay.page and len(links) < len(buttons):
        links.append(say.open(relay.page))
    return "".join([message.html, *links, say.automatic(relay.name)])


def _line(text: str) -> str:
    """Return text that stays within its header."""
    return _CONTROLS.sub(" ", text).strip()
