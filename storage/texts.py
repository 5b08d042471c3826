"""What the controlled documents say, and the list of them. `approved` alone hands out texts for answering."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from storage.base import Tx
from storage.controlled import Audience, Document, Origin, PlaceLine, Version, VersionState


class PlaceRow(NamedTuple):
    """A citable place: `id` is what a citation names, `text` plain text, one paragraph or list item a line."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ApprovedText:
    """A text that may answer, on the days `effective_from <= D < effective_to` (None: until replaced), Viet Nam's."""

    document: str
    version: str
    title: str
    audience: Audience
    effective_from: date
    effective_to: date | None
    effective_from_confirmed: bool
    places: tuple[PlaceRow, ...]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version as a list shows it."""

    id: int
    document: str
    version: str
    title: str
    audience: Audience
    origin: Origin
    state: VersionState
    effective_from: date | None
    effective_to: date | None
    effective_from_confirmed: bool | None
    writer_id: int
    checker_id: int | None
    approver_id: int | None
    warnings: tuple[str, ...]


async def listed(tx: Tx, code: str | None = None) -> list[VersionLine]:
    """Return every version, or those of one document, by code and in the order they were drafted."""
    lines = select(Version, Document.code).join(Document, Document.id == Version.document_id)
    if code is not None:
        lines = lines.where(Document.code == code)
    rows = await tx.execute(lines.order_by(Document.code, Version.id))
    return [
        VersionLine(
            id=row.id,
            document=document,
            version=row.version,
            title=row.title,
            audience=row.audience,
            origin=row.origin,
            state=row.state,
            effective_from=row.effective_from,
            effective_to=row.effective_to,
            effective_from_confirmed=row.effective_from_confirmed,
            writer_id=row.writer_id,
            checker_id=row.checker_id,
            approver_id=row.approver_id,
            warnings=tuple(row.warnings),
        )
        for row, document in rows
    ]


async def approved(tx: Tx) -> list[ApprovedText]:
    """Return every text that may answer, with its days. Nothing else in the store hands out texts for answering."""
    in_force = (
        select(Version, Document.code)
        .join(Document, Document.id == Version.document_id)
        .where(Version.state == VersionState.APPROVED)
        .order_by(Document.code, Version.effective_from)
    )
    lines = (
        select(PlaceLine.version_id, PlaceLine.place, PlaceLine.title, PlaceLine.text)
        .join(Version, Version.id == PlaceLine.version_id)
        .where(Version.state == VersionState.APPROVED)
        .order_by(PlaceLine.version_id, PlaceLine.ordinal)
    )
    places: defaultdict[int, list[PlaceRow]] = defaultdict(list)
    for version_id, *place in await tx.execute(lines):
        places[version_id].append(PlaceRow(*place))
    return [
        ApprovedText(
            document=code,
            version=row.version,
            title=row.title,
            audience=row.audience,
            effective_from=row.effective_from,
            effective_to=row.effective_to,
            effective_from_confirmed=bool(row.effective_from_confirmed),
            places=tuple(places[row.id]),
        )
        for row, code in await tx.execute(in_force)
        if row.effective_from is not None  # for mypy: a CHECK says so
    ]
