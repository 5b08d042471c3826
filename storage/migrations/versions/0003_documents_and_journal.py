"""Controlled documents, their vectors, and the journal"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
JSON = sa.JSON().with_variant(JSONB, "postgresql")
MOMENT = sa.DateTime(timezone=True)


def word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("code", name=op.f("uq_documents_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "versions",
        sa.Column("id", ID, nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("audience", word("audience", "public", "staff"), nullable=False),
        sa.Column("origin", word("origin", "internal", "external"), nullable=False),
        sa.Column(
            "state", word("versionstate", "draft", "checked", "approved", "suspended", "obsolete"), nullable=False
        ),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("warnings", JSON, nullable=False),
        sa.Column("writer_id", ID, nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("checker_id", ID, nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("effective_from_confirmed", sa.Boolean(), nullable=True),
        sa.Column("suspended_because", sa.Text(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'obsolete') = (ended_at IS NOT NULL)", name=op.f("ck_versions_an_end_has_a_moment")
        ),
        sa.CheckConstraint(
            "(state = 'obsolete') = (ended_because IS NOT NULL)", name=op.f("ck_versions_an_end_has_a_reason")
        ),
        sa.CheckConstraint(
            "(state = 'suspended') = (suspended_because IS NOT NULL)",
            name=op.f("ck_versions_a_suspension_has_a_reason"),
        ),
        sa.CheckConstraint(
            "approver_id IS NULL OR origin = 'external' OR checker_id IS NOT NULL",
            name=op.f("ck_versions_checked_before"),
        ),
        sa.CheckConstraint(
            "origin = 'internal' OR checker_id IS NULL", name=op.f("ck_versions_what_comes_from_outside_is_not_checked")
        ),
        sa.CheckConstraint(
            "state <> 'checked' OR (checker_id IS NOT NULL AND approver_id IS NULL)",
            name=op.f("ck_versions_checked_by_one"),
        ),
        sa.CheckConstraint(
            "state <> 'draft' OR (checker_id IS NULL AND approver_id IS NULL)",
            name=op.f("ck_versions_a_draft_is_unsigned"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'suspended') OR approver_id IS NOT NULL",
            name=op.f("ck_versions_approved_by_one"),
        ),
        sa.CheckConstraint(
            "(approver_id IS NULL) = (approved_at IS NULL) AND (approver_id IS NULL) = (effective_from IS NULL)"
            " AND (approver_id IS NULL) = (effective_from_confirmed IS NULL)",
            name=op.f("ck_versions_an_approval_has_a_moment_and_a_day"),
        ),
        sa.CheckConstraint(
            "(checker_id IS NULL) = (checked_at IS NULL)", name=op.f("ck_versions_a_check_has_a_moment")
        ),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_from IS NOT NULL", name=op.f("ck_versions_an_end_has_a_beginning")
        ),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_to >= effective_from", name=op.f("ck_versions_days_run_forward")
        ),
        sa.CheckConstraint(
            "writer_id <> checker_id AND writer_id <> approver_id AND checker_id <> approver_id",
            name=op.f("ck_versions_three_different_people"),
        ),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["people.id"], name=op.f("fk_versions_approver_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["checker_id"], ["people.id"], name=op.f("fk_versions_checker_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_versions_document_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["writer_id"], ["people.id"], name=op.f("fk_versions_writer_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("document_id", "version", name=op.f("uq_versions_document_id_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_versions_state"), "versions", ["state"], unique=False)
    op.create_index(
        "uq_versions_open_ended",
        "versions",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('approved', 'suspended') AND effective_to IS NULL"),
        postgresql_where=sa.text("state IN ('approved', 'suspended') AND effective_to IS NULL"),
    )
    op.create_table(
        "sources",
        sa.Column("version_id", ID, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_sources_version_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_sources")),
    )
    op.create_table(
        "places",
        sa.Column("version_id", ID, nullable=False),
        sa.Column("ordinal", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_places_version_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("version_id", "ordinal", name=op.f("pk_places")),
        sa.UniqueConstraint("version_id", "place", name=op.f("uq_places_version_id_place")),
    )
    op.create_table(
        "generations",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_generations_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generations")),
    )
    op.create_table(
        "vectors",
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("model", "key", name=op.f("pk_vectors")),
    )
    op.create_table(
        "journal",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_journal_kind_record_id"), "journal", ["kind", "record_id"], unique=False)
    op.create_table(
        "seals",
        sa.Column("seq", ID, autoincrement=False, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["journal.id"], name=op.f("fk_seals_entry_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_seals")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_seals_entry_id")),
    )
