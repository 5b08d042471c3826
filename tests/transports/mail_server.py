"""A real mail server on 127.0.0.1 that keeps what it is given, and misbehaves as it is told."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Answer = Callable[[Any], Awaitable[str | None]]
PASSWORD = "mật khẩu"


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a key and a certificate for this host that nobody else vouches for."""
    key, made = folder / f"{name}.key", folder / f"{name}.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run([*command.split(), *subject, "-keyout", key, "-out", made], check=True, capture_output=True)
    return key, made


@dataclass
class MailServer:
    """What it took, and what it does at each step: an answer, a pause, a slammed door."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[tuple[str, str, bool]] = field(default_factory=list)
    at_rcpt: Answer | None = None
    at_data: Answer | None = None
    after: Answer | None = None

    async def handle_RCPT(  # noqa: N802  aiosmtpd's signature
        self, server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.at_rcpt and (answer := await self.at_rcpt(server)):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        if self.at_data and (answer := await self.at_data(server)):
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(BytesParser(policy=default).parsebytes(content))
        self.recipients += envelope.rcpt_tos
        if self.after and (answer := await self.after(server)):
            return answer
        return "250 OK"

    def check(self, _server: SMTP, session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode(), session.ssl is not None))
        # Not "handled": or the server says nothing at all about a wrong password.
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


@asynccontextmanager
async def serving(
    server: MailServer, *, tls: ssl.SSLContext | None, implicit: bool = False, utf8: bool = True
) -> AsyncIterator[MailServer]:
    """Serve STARTTLS with this certificate (`implicit`: TLS from the first byte); without one, in the clear."""
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            server,
            hostname="localhost",
            enable_SMTPUTF8=utf8,
            tls_context=None if implicit else tls,
            require_starttls=bool(tls) and not implicit,
            authenticator=server.check,
            auth_require_tls=bool(tls) and not implicit,
            loop=loop,
        )

    listening = await loop.create_server(session, "127.0.0.1", server.port, ssl=tls if implicit else None)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()
