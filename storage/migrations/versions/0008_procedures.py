"""The catalogue of procedures, the list of legal texts, and what rests on law that has moved"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
JSON = sa.JSON().with_variant(JSONB, "postgresql")
MOMENT = sa.DateTime(timezone=True)

# What a version says is fixed; only its confirmations move.
_SAID = "version_id, aspect, given, digest, content, until"
_GUARDS = (
    ("procedure_versions_fixed", "procedure_versions", "UPDATE", "a version of a procedure is not edited"),
    ("procedure_versions_undeleted", "procedure_versions", "DELETE", "a version of a procedure is kept"),
    ("procedure_aspects_fixed", "procedure_aspects", f"UPDATE OF {_SAID}", "an aspect is not edited"),
    ("procedure_aspects_undeleted", "procedure_aspects", "DELETE", "an aspect is kept"),
)


def word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "procedures",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedures")),
        sa.UniqueConstraint("code", name=op.f("uq_procedures_code")),
        sa.UniqueConstraint("key", name=op.f("uq_procedures_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "legal_texts",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("standing", word("standing", "in_force", "partly", "suspended", "replaced"), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("replaced_by", JSON, nullable=False),
        sa.Column("sure", word("sureness", "seen", "secondary", "unconfirmed"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", ID, nullable=True),
        sa.CheckConstraint(
            "(checked_by IS NULL) = (checked_on IS NULL)", name=op.f("ck_legal_texts_a_check_has_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["people.id"], name=op.f("fk_legal_texts_checked_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_texts")),
        sa.UniqueConstraint("number", name=op.f("uq_legal_texts_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "procedure_versions",
        sa.Column("id", ID, nullable=False),
        sa.Column("procedure_id", ID, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("owner_unit", sa.Text(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("imported_by", ID, nullable=True),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_from IS NULL OR effective_to > effective_from",
            name=op.f("ck_procedure_versions_days"),
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["people.id"], name=op.f("fk_procedure_versions_imported_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.id"], name=op.f("fk_procedure_versions_procedure_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_versions")),
        sa.UniqueConstraint("procedure_id", "rank", name=op.f("uq_procedure_versions_procedure_id_rank")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "validity_flags",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", word("subject", "version", "procedure", "reply"), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("cites", sa.Text(), nullable=False),
        sa.Column("trouble", word("trouble", "replaced", "suspended", "ends"), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("owner_unit", sa.Text(), nullable=True),
        sa.Column("state", word("flagstate", "open", "settled", "gone"), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("settled_by", ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_validity_flags_what_ended_has_a_moment")
        ),
        sa.CheckConstraint(
            "(state = 'settled') = (settled_by IS NOT NULL)", name=op.f("ck_validity_flags_somebody_settled_it")
        ),
        sa.CheckConstraint(
            "(trouble = 'ends') = (ends_on IS NOT NULL)", name=op.f("ck_validity_flags_an_end_has_a_day")
        ),
        sa.CheckConstraint(
            "(settled_by IS NULL) = (note IS NULL)", name=op.f("ck_validity_flags_what_was_settled_has_a_note")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_validity_flags_owner_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["people.id"], name=op.f("fk_validity_flags_settled_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validity_flags")),
        sa.UniqueConstraint(
            "subject",
            "subject_id",
            "place",
            "cites",
            "trouble",
            name=op.f("uq_validity_flags_subject_subject_id_place_cites_trouble"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_validity_flags_state_id"), "validity_flags", ["state", "id"], unique=False)
    op.create_table(
        "procedure_aspects",
        sa.Column("id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("given", word("givenmark", "seen", "unconfirmed"), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("confirmed_by", ID, nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.CheckConstraint("decision <> ''", name=op.f("ck_procedure_aspects_a_decision_has_a_number")),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL) AND (confirmed_by IS NULL) = (decision IS NULL)",
            name=op.f("ck_procedure_aspects_a_confirmation_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_procedure_aspects_confirmed_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["procedure_versions.id"], name=op.f("fk_procedure_aspects_version_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_aspects")),
        sa.UniqueConstraint("version_id", "aspect", name=op.f("uq_procedure_aspects_version_id_aspect")),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "validity_looks",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_validity_looks_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validity_looks")),
    )
    for name, table, when, message in _GUARDS:
        _guard(name, table, when, message)


def _guard(name: str, table: str, when: str, message: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} BEGIN SELECT RAISE(ABORT, '{message}'); END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
