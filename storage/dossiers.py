"""Dossiers (Hồ sơ): what a source says of them, and their history.

The source is the One-Stop system: we keep what it reports, with the moment of its data, and never change its status.
"Overdue" is no status; it is computed wherever it is asked (knowledge/deadlines).
"""

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, Json, JsonList


class Status(IntEnum):
    """Status codes of the national portal. Done (9) is not handed over (10)."""

    REGISTERED = 1
    ACCEPTED = 2
    NOT_ACCEPTED = 3
    IN_PROGRESS = 4
    TO_SUPPLEMENT = 5
    TO_PAY = 6
    WITHDRAWN = 7
    HALTED = 8
    DONE = 9
    RETURNED = 10


class Clock(StrEnum):
    """What the term of a dossier does: 8 (halted) is stopped or ended, as its source says."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    STOPPED = "stopped"
    ENDED = "ended"


class ClockRule(StrEnum):
    """What a request to supplement does to the term; the rule at receipt holds."""

    PAUSE = "pause"
    RESTART = "restart"


class Applicant(StrEnum):
    PERSON = "person"
    COMPANY = "company"


class EventKind(StrEnum):
    SEEN = "seen"
    MOVED = "moved"
    EXTENDED = "extended"
    DUE_MOVED = "due_moved"
    VANISHED = "vanished"
    BACK = "back"
    PHONE_CHANGED = "phone_changed"
    ACKNOWLEDGED = "acknowledged"
    FORECAST = "forecast"
    NOTED = "noted"
    REASSIGNED = "reassigned"
    DUE_CONFIRMED = "due_confirmed"
    DUE_REFUSED = "due_refused"


# What somebody still works on. SQLite uses the partial indexes only where a query says it in the same letters.
OPEN = text("clock IN ('running', 'stopped') AND status < 9")
# Its officer expects that it will not be in time.
DOUBTFUL = text("NOT in_time")
_OPEN_DOUBTFUL = text("clock IN ('running', 'stopped') AND status < 9 AND NOT in_time")
# Few of these were: SQLite would otherwise look up all the others by this index.
_ASKED = text("clock IN ('running', 'stopped') AND status < 9 AND supplement_asked_at IS NOT NULL")


class Dossier(Base):
    """`code` as given, `key` what it is looked up by. Moments are UTC; `data_at`: as of when its source said so.

    `term_mark`: how sure the term is that the catalogue named for the day of receipt; None: it is the source's own.
    `due_ours`: nobody gave an appointment, the one in force is our arithmetic.
    `seen_at`: as of when its source last named it. `due_at`: the appointment in force, `printed_due_at` the first one
    that was printed, `computed_due_at` what our calendar makes of received and term, `proposed_due_at` what an officer
    is asked to confirm, `decided_due_at` what one decided on last. `officer` and `unit` are the source's words,
    `officer_id` and `unit_id` whom we know by them. `content`: keyed digest of what was reported.
    """

    __tablename__ = "dossiers"
    __table_args__ = (
        CheckConstraint("status BETWEEN 1 AND 10", name="a_status_of_the_portal"),
        CheckConstraint("status = 8 OR (clock = 'running') = (status IN (2, 4))", name="two_statuses_run"),
        CheckConstraint("(extended_at IS NULL) = (extended_from IS NULL)", name="an_extension_has_a_beginning"),
        Index("ix_dossiers_open_field", "field_key", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_dossiers_open_due", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_dossiers_open_received", "received_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_dossiers_open_asked", "supplement_asked_at", sqlite_where=_ASKED, postgresql_where=_ASKED),
        Index("ix_dossiers_open_doubtful", "due_at", sqlite_where=_OPEN_DOUBTFUL, postgresql_where=_OPEN_DOUBTFUL),
        Index("ix_dossiers_open_officer", "officer_id", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_dossiers_open_unit", "unit_id", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    code: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    status: Mapped[int]
    clock: Mapped[Clock]
    procedure_code: Mapped[str | None]
    procedure_name: Mapped[str]
    procedure_version: Mapped[str | None]
    term: Mapped[str | None]
    term_unit: Mapped[str | None]
    term_mark: Mapped[str | None]
    clock_rule: Mapped[ClockRule | None]
    field: Mapped[str | None]
    field_key: Mapped[str | None]
    unit: Mapped[str | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="RESTRICT"))
    officer: Mapped[str | None]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    clerk: Mapped[str | None]
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    stage: Mapped[str | None]
    agency: Mapped[str | None]
    applicant_kind: Mapped[Applicant]
    applicant: Mapped[str]
    received_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    due_ours: Mapped[bool] = mapped_column(server_default=false())
    printed_due_at: Mapped[datetime | None]
    computed_due_at: Mapped[datetime | None]
    proposed_due_at: Mapped[datetime | None]
    decided_due_at: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    extended_from: Mapped[datetime | None]
    supplement_asked_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    missing: Mapped[JsonList]
    fee: Mapped[int | None]
    acknowledged_at: Mapped[datetime | None]
    in_time: Mapped[bool | None]
    sampled: Mapped[bool]
    baseline: Mapped[bool]  # it came with the first import of its source, which alerts nobody
    vanished_at: Mapped[datetime | None]
    data_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    content: Mapped[str]

    @property
    def is_open(self) -> bool:
        """Whether somebody still works on it: neither done nor ended."""
        return self.clock in {Clock.RUNNING, Clock.STOPPED} and self.status < Status.DONE


class DossierEvent(Base):
    """A row of a dossier's history; what is told is worded from it. `at`: by the source; `recorded_at`: by us.

    `detail`: what the message of this row needs: due, missing, fee, early (ISO 8601, UTC). `note`: words of the staff.
    """

    __tablename__ = "dossier_events"
    __table_args__ = (Index(None, "dossier_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[Id]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    kind: Mapped[EventKind]
    status: Mapped[int]
    before: Mapped[int | None]
    backwards: Mapped[bool]
    source: Mapped[str]
    by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    detail: Mapped[Json]
    note: Mapped[str | None]
