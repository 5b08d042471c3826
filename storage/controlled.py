"""Controlled documents (ISO 9001:2015 clause 7.5): their states, the steps allowed, the rows.

What has left the draft cannot be changed: triggers on both databases refuse it (migration 0001).
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, JsonList


class VersionState(StrEnum):
    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    OBSOLETE = "obsolete"


STEPS: Mapping[VersionState, frozenset[VersionState]] = {
    # A document from outside is confirmed without a check; a draft that nobody wants is withdrawn.
    VersionState.DRAFT: frozenset({VersionState.CHECKED, VersionState.APPROVED, VersionState.OBSOLETE}),
    VersionState.CHECKED: frozenset({VersionState.APPROVED, VersionState.OBSOLETE}),
    VersionState.APPROVED: frozenset({VersionState.SUSPENDED, VersionState.OBSOLETE}),
    VersionState.SUSPENDED: frozenset({VersionState.APPROVED, VersionState.OBSOLETE}),
    VersionState.OBSOLETE: frozenset(),
}

# The states in which a version holds its place in the calendar of its document.
IN_FORCE = (VersionState.APPROVED, VersionState.SUSPENDED)


class Origin(StrEnum):
    INTERNAL = "internal"
    EXTERNAL = "external"  # the writer is the registrar, the approver the one who confirmed that it is the right text


class Audience(StrEnum):
    PUBLIC = "public"
    STAFF = "staff"


class Document(Base):
    __tablename__ = "documents"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)


_OPEN_ENDED = text("state IN ('approved', 'suspended') AND effective_to IS NULL")


class Version(Base):
    """A version of a document. It answers on day D if `effective_from <= D < effective_to` and it is approved.

    Days are days in Viet Nam. `effective_from_confirmed` False: the text bears no date, this one is the office's guess.
    """

    __tablename__ = "versions"
    __table_args__ = (
        UniqueConstraint("document_id", "version"),
        CheckConstraint(
            "writer_id <> checker_id AND writer_id <> approver_id AND checker_id <> approver_id",
            name="three_different_people",
        ),
        CheckConstraint("(checker_id IS NULL) = (checked_at IS NULL)", name="a_check_has_a_moment"),
        CheckConstraint(
            "(approver_id IS NULL) = (approved_at IS NULL) AND (approver_id IS NULL) = (effective_from IS NULL) "
            "AND (approver_id IS NULL) = (effective_from_confirmed IS NULL)",
            name="an_approval_has_a_moment_and_a_day",
        ),
        CheckConstraint("state <> 'draft' OR (checker_id IS NULL AND approver_id IS NULL)", name="a_draft_is_unsigned"),
        CheckConstraint(
            "state <> 'checked' OR (checker_id IS NOT NULL AND approver_id IS NULL)", name="checked_by_one"
        ),
        CheckConstraint("state NOT IN ('approved', 'suspended') OR approver_id IS NOT NULL", name="approved_by_one"),
        CheckConstraint("approver_id IS NULL OR origin = 'external' OR checker_id IS NOT NULL", name="checked_before"),
        CheckConstraint("origin = 'internal' OR checker_id IS NULL", name="what_comes_from_outside_is_not_checked"),
        CheckConstraint("effective_to IS NULL OR effective_to >= effective_from", name="days_run_forward"),
        CheckConstraint("effective_to IS NULL OR effective_from IS NOT NULL", name="an_end_has_a_beginning"),
        CheckConstraint("(state = 'suspended') = (suspended_because IS NOT NULL)", name="a_suspension_has_a_reason"),
        CheckConstraint("(state = 'obsolete') = (ended_at IS NOT NULL)", name="an_end_has_a_moment"),
        CheckConstraint("(state = 'obsolete') = (ended_because IS NOT NULL)", name="an_end_has_a_reason"),
        Index(
            "uq_versions_open_ended",
            "document_id",
            unique=True,
            sqlite_where=_OPEN_ENDED,
            postgresql_where=_OPEN_ENDED,
        ),
        Index(None, "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="RESTRICT"))
    version: Mapped[str]
    title: Mapped[str]
    audience: Mapped[Audience]
    origin: Mapped[Origin]
    state: Mapped[VersionState]
    source_name: Mapped[str]
    source_sha256: Mapped[str]
    warnings: Mapped[JsonList]
    writer_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    drafted_at: Mapped[datetime]
    checker_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    checked_at: Mapped[datetime | None]
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    approved_at: Mapped[datetime | None]
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    effective_from_confirmed: Mapped[bool | None]
    suspended_because: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]


class Source(Base):
    """The file that a version was read from, byte for byte."""

    __tablename__ = "sources"

    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id", ondelete="RESTRICT"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class PlaceLine(Base):
    """One citable place of a version. `place`: what a citation names; `ordinal`: its rank in the text."""

    __tablename__ = "places"
    __table_args__ = (UniqueConstraint("version_id", "place"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id", ondelete="RESTRICT"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
