"""The catalogue of procedures (manual clause 4.3, "Danh mục TTHC"): a procedure, its versions, their aspects.

What a version says never changes (triggers refuse it): a correction is a new version. Only the confirmation of an
aspect comes later, and may be taken back.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, Json


class GivenMark(StrEnum):
    """How sure an aspect came in; that the Department confirmed it is told by the confirmation itself."""

    SEEN = "seen"
    UNCONFIRMED = "unconfirmed"


class CatalogueEntry(Base):
    """One procedure for as long as it exists. `key`: the office's own id; `code`: the national portal's."""

    __tablename__ = "procedures"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str | None] = mapped_column(unique=True)


class CatalogueVersion(Base):
    """What was taken in at one time. `rank` orders versions ("1.10" after "1.9"); `digest`: of all that it says.

    `content`: the plain data of the procedure, its aspects left out. It holds on days from <= D < to, Viet Nam's.
    """

    __tablename__ = "procedure_versions"
    __table_args__ = (
        UniqueConstraint("procedure_id", "rank"),
        CheckConstraint("effective_to IS NULL OR effective_from IS NULL OR effective_to > effective_from", name="days"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id", ondelete="RESTRICT"))
    version: Mapped[str]
    rank: Mapped[str]
    digest: Mapped[str]
    content: Mapped[Json]
    owner_unit: Mapped[str | None]
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    imported_at: Mapped[datetime]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))


class AspectRow(Base):
    """One aspect of a version. `content`: lines, source, value, until. Confirmed: who, when, by which decision."""

    __tablename__ = "procedure_aspects"
    __table_args__ = (
        UniqueConstraint("version_id", "aspect"),
        CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL) AND (confirmed_by IS NULL) = (decision IS NULL)",
            name="a_confirmation_is_whole",
        ),
        CheckConstraint("decision <> ''", name="a_decision_has_a_number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("procedure_versions.id", ondelete="RESTRICT"))
    aspect: Mapped[str]
    given: Mapped[GivenMark]
    digest: Mapped[str]
    content: Mapped[Json]
    until: Mapped[date | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    confirmed_at: Mapped[datetime | None]
    decision: Mapped[str | None]
