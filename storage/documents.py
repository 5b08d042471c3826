"""Controlled documents: drafted, checked, approved by three different people; the only texts that answer."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import delete, insert, select

from storage import calendar, generations, journal
from storage.base import NotAllowed, Tx, held, step
from storage.controlled import (
    IN_FORCE,
    STEPS,
    Audience,
    Document,
    Origin,
    PlaceLine,
    Source,
    Version,
    VersionState,
)
from storage.texts import ApprovedText, PlaceRow, VersionLine, approved, listed
from storage.who import Role, roles_of

__all__ = [
    "APPROVERS",
    "STEPS",
    "ApprovedText",
    "Audience",
    "Document",
    "NotAllowed",
    "Origin",
    "Place",
    "PlaceRow",
    "Source",
    "Version",
    "VersionLine",
    "VersionState",
    "approve",
    "approved",
    "check",
    "draft",
    "generation",
    "listed",
    "places",
    "resume",
    "retire",
    "suspend",
    "withdraw",
]

# Who signs on the cover of a document of the Department; what comes from outside is confirmed by any of the staff.
APPROVERS = frozenset({Role.DIRECTOR, Role.DEPUTY_DIRECTOR})


class Place(Protocol):
    """Whatever names a place so: the knowledge room's own Place does."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...


async def draft(
    tx: Tx,
    *,
    code: str,
    title: str,
    version: str,
    audience: str,
    origin: str,
    source_name: str,
    source: bytes,
    places: Sequence[Place],
    writer_id: int,
    at: datetime,
    warnings: Sequence[str] = (),
) -> Version:
    """Store a draft: the file, its hash, and the text of its places in order.

    Drafting a version again replaces the draft. The same file of a version that has left the draft gives that
    version; another file raises NotAllowed: what was checked is not edited, it gets a new version.
    """
    await _staff(tx, writer_id)
    code, version = code.strip(), version.strip()
    if not code or not version or not places:
        raise ValueError("a document has a code, a version and at least one place")
    if len({place.id for place in places}) < len(places):
        raise ValueError(f"two places of {code} bear one name: a citation would not know which")
    document = await _document(tx, code)
    digest = hashlib.sha256(source).hexdigest()
    same = (Version.document_id == document.id, Version.version == version)
    row = await tx.scalar(select(Version).where(*same).with_for_update())
    if row is not None and row.state is not VersionState.DRAFT:
        if row.source_sha256 == digest:
            return row
        raise NotAllowed(f"{code} {version} is {row.state}")
    if row is None:
        row = Version(document_id=document.id, version=version, state=VersionState.DRAFT)
        tx.add(row)
    row.title, row.audience, row.origin = title, Audience(audience), Origin(origin)
    row.source_name, row.source_sha256, row.warnings = source_name, digest, list(warnings)
    row.writer_id, row.drafted_at = writer_id, at
    await tx.flush()
    await _write_text(tx, row.id, source, places)
    content = {"code": code, "version": version, "sha256": digest}
    await journal.record(
        tx, actor_id=writer_id, action="drafted", kind="version", record_id=row.id, content=content, at=at
    )
    return row


async def check(tx: Tx, version_id: int, *, by: int, at: datetime) -> Version:
    """Record the checker's signature. Raises NotAllowed for the writer, for somebody who is no staff, from outside."""
    version = await _held(tx, version_id, VersionState.CHECKED)
    await _staff(tx, by)
    if version.origin is Origin.EXTERNAL:
        raise NotAllowed("a document from outside is confirmed, not checked")
    if by == version.writer_id:
        raise NotAllowed("the writer does not check their own text")
    version.checker_id, version.checked_at = by, at
    return await _move(tx, version, VersionState.CHECKED, by=by, at=at)


async def approve(
    tx: Tx, version_id: int, *, by: int, effective_from: date, effective_from_confirmed: bool, at: datetime
) -> Version:
    """Record the approval: from that day on this version answers, and the one before it ends on that day.

    A version that was approved for a later day keeps that day, and this one ends there. Raises NotAllowed for the
    writer, the checker, whoever may not sign (APPROVERS), and for a text of the Department that nobody checked.
    """
    version = await _held(tx, version_id, VersionState.APPROVED)
    if version.state not in {VersionState.DRAFT, VersionState.CHECKED}:
        raise NotAllowed(f"{version.state} -> approved")
    await _signs(tx, version, by)
    await generations.bump(tx)
    effective_to, replaced = await calendar.make_room(tx, version, effective_from)
    for other in replaced:
        other.ended_because = f"replaced by {version.version}"
        await _move(tx, other, VersionState.OBSOLETE, by=by, at=at)
    await tx.flush()  # the days of the others first: a unique index allows one version without an end
    version.approver_id, version.approved_at = by, at
    version.effective_from, version.effective_to = effective_from, effective_to
    version.effective_from_confirmed = effective_from_confirmed
    return await _move(tx, version, VersionState.APPROVED, by=by, at=at)


async def suspend(tx: Tx, version_id: int, *, by: int, reason: str, at: datetime) -> Version:
    """Let the version answer nothing until it is resumed; its days run on. Raises ValueError without a reason."""
    version = await _held(tx, version_id, VersionState.SUSPENDED)
    await _staff(tx, by)
    because = _because(reason)
    await generations.bump(tx)
    version.suspended_because = because
    return await _move(tx, version, VersionState.SUSPENDED, by=by, at=at)


async def resume(tx: Tx, version_id: int, *, by: int, at: datetime) -> Version:
    """Let a suspended version answer again."""
    version = await _held(tx, version_id, VersionState.APPROVED)
    await _staff(tx, by)
    if version.state is not VersionState.SUSPENDED:
        raise NotAllowed(f"{version.state} -> approved")
    await generations.bump(tx)
    return await _move(tx, version, VersionState.APPROVED, by=by, at=at)


async def withdraw(tx: Tx, version_id: int, *, by: int, reason: str, at: datetime) -> Version:
    """End a version for good; what it would have replaced on a day to come goes on. ValueError without a reason."""
    version = await _held(tx, version_id, VersionState.OBSOLETE)
    await _staff(tx, by)
    because = _because(reason)
    await generations.bump(tx)
    was_in_force = version.state in IN_FORCE
    version.ended_because = because
    await _move(tx, version, VersionState.OBSOLETE, by=by, at=at)
    if was_in_force:
        await calendar.give_back(tx, version, at)
    return version


async def retire(tx: Tx, *, day: date, at: datetime) -> int:
    """Mark as obsolete what ended on this day (Viet Nam's) or before; return how many. The clockwork calls it daily."""
    over = select(Version).where(Version.state.in_(IN_FORCE), Version.effective_to <= day).with_for_update()
    ended = list(await tx.scalars(over))
    for version in ended:
        version.ended_because = "replaced"
        await _move(tx, version, VersionState.OBSOLETE, by=None, at=at)
    return len(ended)


async def places(tx: Tx, version_id: int) -> list[PlaceRow]:
    """Return the text of any version, in order: what is read before it is checked. Nothing answers from here."""
    rows = select(PlaceLine.place, PlaceLine.title, PlaceLine.text).where(PlaceLine.version_id == version_id)
    return [PlaceRow(*row) for row in await tx.execute(rows.order_by(PlaceLine.ordinal))]


async def generation(tx: Tx) -> int:
    """Return the number that moves whenever what may answer changes."""
    return await generations.current(tx)


async def _document(tx: Tx, code: str) -> Document:
    document = await tx.scalar(select(Document).where(Document.code == code))
    if document is None:
        document = Document(code=code)
        tx.add(document)
        await tx.flush()
    return document


async def _write_text(tx: Tx, version_id: int, source: bytes, places: Sequence[Place]) -> None:
    for table in (PlaceLine.table(), Source.table()):
        await tx.execute(delete(table).where(table.c.version_id == version_id))
    await tx.execute(insert(Source.table()), {"version_id": version_id, "content": source})
    rows = [
        {"version_id": version_id, "ordinal": ordinal, "place": place.id, "title": place.title, "text": place.text}
        for ordinal, place in enumerate(places)
    ]
    await tx.execute(insert(PlaceLine.table()), rows)


async def _held(tx: Tx, version_id: int, to: VersionState) -> Version:
    version = await held(tx, Version, version_id)
    step(STEPS, version.state, to)  # before anything is changed: who catches the refusal may still commit
    return version


async def _staff(tx: Tx, person_id: int) -> None:
    if not await roles_of(tx, person_id) - {Role.CITIZEN}:
        raise NotAllowed(f"person {person_id} is no staff")


def _because(reason: str) -> str:
    if not reason.strip():
        raise ValueError("say why")
    return reason.strip()


async def _signs(tx: Tx, version: Version, by: int) -> None:
    if by in {version.writer_id, version.checker_id}:
        raise NotAllowed("writer, checker and approver are three different people")
    if version.origin is Origin.EXTERNAL:
        await _staff(tx, by)
    elif version.checker_id is None:
        raise NotAllowed("nobody checked it")
    elif not await roles_of(tx, by) & APPROVERS:
        raise NotAllowed(f"person {by} does not sign documents")


async def _move(tx: Tx, version: Version, to: VersionState, *, by: int | None, at: datetime) -> Version:
    version.state = step(STEPS, version.state, to)
    if to is not VersionState.SUSPENDED:
        version.suspended_because = None
    if to is VersionState.OBSOLETE:
        version.ended_at = at
    await tx.flush()
    content = {
        "state": to,
        "from": version.effective_from,
        "to": version.effective_to,
        "because": version.ended_because,
    }
    await journal.record(tx, actor_id=by, action=to, kind="version", record_id=version.id, content=content, at=at)
    return version
