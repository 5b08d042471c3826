"""Pushing updates to a webhook: in order per chat, chats side by side, again and again until the answer is 2xx."""

import asyncio
import email
import json
import re
import time
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from .faults import Kind
from .parameters import Params, Upload
from .refusals import Json, bad
from .updates import Pending, Updates, Webhook

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PORTS = {80, 88, 443, 8443}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_LONGEST_PAUSE = 60.0
# A webhook may answer with a method to call instead of a plain 200.
Perform = Callable[[str, Params], Awaitable[object]]


def set_webhook(updates: Updates, p: Params) -> bool:
    """Switch pushing on (or off, with an empty url). The real rules, except that loopback may be http on any port."""
    url = p.text("url")
    if p.flag("drop_pending_updates"):
        updates.drop()
    if not url:
        updates.webhook = None
    else:
        _check(url)
        secret = p.text("secret_token")
        if secret and not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        connections = min(max(p.integer("max_connections", 40), 1), 100)
        updates.allow(p)
        updates.webhook = Webhook(url, secret, connections, "certificate" in p)
    updates.bell.ring()
    return True


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise bad("bad webhook: invalid webhook URL specified") from None
    if parts.hostname in _LOOPBACK:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in _PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def delete_webhook(updates: Updates, p: Params) -> bool:
    if p.flag("drop_pending_updates"):
        updates.drop()
    updates.webhook = None
    updates.bell.ring()
    return True


def webhook_info(updates: Updates) -> Json:
    updates.expire()
    hook = updates.webhook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": bool(hook and hook.certificate),
        "pending_update_count": len(updates.pending),
    }
    if hook:
        info["max_connections"] = hook.max_connections
        info["ip_address"] = "127.0.0.1"
        if hook.last_error_date:
            info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    if updates.allowed:
        info["allowed_updates"] = sorted(updates.allowed)
    return info


class Pusher:
    """`pause` is the first pause after a second failure in seconds; it doubles up to a minute (Telegram's is 1 s)."""

    def __init__(self, updates: Updates, perform: Perform, *, pause: float, patience: float) -> None:
        self._updates = updates
        self._perform = perform
        self._pause = pause
        self._patience = patience
        self._busy: dict[int, int | None] = {}  # update id → chat being told

    async def run(self) -> None:
        """Push for ever; cancel it to end."""
        patience = aiohttp.ClientTimeout(total=self._patience)
        async with aiohttp.ClientSession(timeout=patience) as session, asyncio.TaskGroup() as group:
            while True:
                now = time.monotonic()
                if hook := self._updates.webhook:
                    self._updates.expire()
                    for pending in self._due(hook, now):
                        self._busy[pending.id] = pending.chat
                        group.create_task(self._tell(session, hook, pending))
                await self._updates.bell.rung(self._next_due(now))

    def _due(self, hook: Webhook, now: float) -> list[Pending]:
        taken = {chat for chat in self._busy.values() if chat is not None}
        found: list[Pending] = []
        for pending in self._arranged():
            if len(self._busy) + len(found) >= hook.max_connections:
                break
            if pending.id in self._busy or pending.chat in taken:
                continue
            if pending.chat is not None:
                taken.add(pending.chat)
            if pending.due <= now:
                found.append(pending)
        return found

    def _arranged(self) -> list[Pending]:
        waiting = list(self._updates.pending)
        idle = [p for p in waiting if p.id not in self._busy]
        if len(idle) > 1 and self._updates.faults.update(Kind.REORDER, "webhook", idle[0].chat):
            waiting.remove(idle[0])
            waiting.append(idle[0])
        return waiting

    def _next_due(self, now: float) -> float | None:
        """Return the seconds until the next repetition; what is due but has to stand in line waits for the bell."""
        if self._updates.webhook is None:
            return None
        due = [p.due for p in self._updates.pending if p.id not in self._busy and p.due > now]
        return max(0.001, min(due) - now) if due else None

    async def _tell(self, session: aiohttp.ClientSession, hook: Webhook, pending: Pending) -> None:
        try:
            trouble = await self._post(session, hook, pending)
            if trouble:
                self._failed(hook, pending, trouble)
            elif not self._updates.faults.update(Kind.DUPLICATE, "webhook", pending.chat):
                self._updates.pending = [p for p in self._updates.pending if p is not pending]
        finally:
            del self._busy[pending.id]
            self._updates.bell.ring()

    def _failed(self, hook: Webhook, pending: Pending, trouble: str) -> None:
        pending.fails += 1
        # As tdlib does: the first repetition comes at once, then the pause doubles.
        pause = 0.0 if pending.fails == 1 else min(_LONGEST_PAUSE, self._pause * 2 ** (pending.fails - 2))
        pending.due = time.monotonic() + pause
        hook.last_error_date = int(self._updates.clock())
        hook.last_error_message = trouble

    async def _post(self, session: aiohttp.ClientSession, hook: Webhook, pending: Pending) -> str:
        """Return what went wrong, "" for a 2xx."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        pending.told += 1
        try:
            async with session.post(hook.url, json=pending.update, headers=headers) as answer:
                body = await answer.read()
                hook.pushed.append((pending.id, answer.status))
                if answer.ok:
                    await self._reply(answer, body)
                    return ""
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            trouble = "Read timeout expired"
        except aiohttp.ClientConnectorError:
            trouble = "Connection refused"
        except aiohttp.ClientError as error:
            trouble = f"Connection broken: {type(error).__name__}"
        hook.pushed.append((pending.id, trouble))
        return trouble

    async def _reply(self, answer: aiohttp.ClientResponse, body: bytes) -> None:
        """Perform the method in the answer, if any; like Telegram, never say how it went."""
        if not body.strip():
            return
        p = _parameters(answer.headers.get("Content-Type", ""), body)
        if method := p.text("method"):
            await self._perform(method, p)


def _parameters(content_type: str, body: bytes) -> Params:
    """Read the answer of a webhook (JSON, form or multipart); what cannot be read is nothing."""
    if content_type.startswith("multipart/"):
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        values: Json = {}
        uploads: dict[str, Upload] = {}
        for part in email.message_from_bytes(head + body).walk():
            name = str(part.get_param("name", "", "content-disposition"))
            content = part.get_payload(decode=True)
            if name and isinstance(content, bytes):
                if filename := part.get_filename():
                    uploads[name] = Upload(filename, content)
                else:
                    values[name] = content.decode("utf-8", "replace")
        return Params(values, uploads)
    if content_type.startswith("application/x-www-form-urlencoded"):
        return Params(dict(parse_qsl(body.decode("utf-8", "replace"))))
    try:
        parsed = json.loads(body)
    except ValueError:
        return Params()
    return Params(parsed) if isinstance(parsed, dict) else Params()
