"""Questions, what was thought of the answers, and who asked for a person"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
JSON = sa.JSON().with_variant(JSONB, "postgresql")
MOMENT = sa.DateTime(timezone=True)


def word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("update_id", sa.BigInteger(), nullable=True),
        sa.Column("identity_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kind", word("kind", "answer", "choices", "refusal", "smalltalk"), nullable=False),
        sa.Column("cited", JSON, nullable=False),
        sa.Column("rejected", JSON, nullable=False),
        sa.Column("masked", JSON, nullable=False),
        sa.Column("chosen", sa.BigInteger(), nullable=True),
        sa.Column("milliseconds", sa.Double(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(text IS NULL) = (person_id IS NULL) AND (text IS NULL) = (identity_id IS NULL)"
            " AND (text IS NULL) = (chat_id IS NULL) AND (text IS NULL) = (update_id IS NULL)",
            name=op.f("ck_questions_an_erased_question_is_nobodys"),
        ),
        sa.CheckConstraint(
            "chosen IS NULL OR (kind = 'choices' AND chosen >= 0)",
            name=op.f("ck_questions_only_choices_are_chosen_from"),
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identities.id"], name=op.f("fk_questions_identity_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_questions_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("bot_id", "chat_id", "update_id", name=op.f("uq_questions_bot_id_chat_id_update_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_questions_at"), "questions", ["at"], unique=False)
    op.create_index(op.f("ix_questions_person_id"), "questions", ["person_id"], unique=False)
    op.create_table(
        "votes",
        sa.Column("question_id", ID, nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("reason", word("reason", "wrong", "incomplete", "outdated", "not_my_question"), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("reason IS NULL OR NOT up", name=op.f("ck_votes_only_a_vote_down_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_votes_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_votes")),
    )
    op.create_table(
        "unanswered",
        sa.Column("id", ID, nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("cause", word("cause", "refused", "voted_down"), nullable=False),
        sa.Column("state", word("unansweredstate", "open", "taken", "settled", "dismissed"), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (owner_id IS NULL)", name=op.f("ck_unanswered_what_is_not_open_has_an_owner")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (taken_at IS NULL)", name=op.f("ck_unanswered_what_is_not_open_was_taken")
        ),
        sa.CheckConstraint(
            "(state IN ('settled', 'dismissed')) = (ended_at IS NOT NULL)",
            name=op.f("ck_unanswered_what_ended_has_a_moment"),
        ),
        sa.CheckConstraint(
            "(state IN ('settled', 'dismissed')) = (note IS NOT NULL)", name=op.f("ck_unanswered_what_ended_has_a_note")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_unanswered_owner_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_unanswered_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unanswered")),
        sa.UniqueConstraint("question_id", name=op.f("uq_unanswered_question_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_unanswered_owner_id"), "unanswered", ["owner_id"], unique=False)
    op.create_index(op.f("ix_unanswered_state_id"), "unanswered", ["state", "id"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("update_id", sa.BigInteger(), nullable=True),
        sa.Column("identity_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("question_id", ID, nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("state", word("ticketstate", "open", "taken", "answered", "closed"), nullable=False),
        sa.Column("officer_id", ID, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_tickets_a_closed_ticket_has_a_moment")
        ),
        sa.CheckConstraint(
            "body IS NOT NULL OR state = 'closed'", name=op.f("ck_tickets_only_a_closed_ticket_is_erased")
        ),
        sa.CheckConstraint(
            "state <> 'answered' OR answered_at IS NOT NULL", name=op.f("ck_tickets_an_answered_ticket_has_a_moment")
        ),
        sa.CheckConstraint("state <> 'open' OR officer_id IS NULL", name=op.f("ck_tickets_an_open_ticket_is_nobodys")),
        sa.CheckConstraint(
            "state NOT IN ('taken', 'answered') OR officer_id IS NOT NULL",
            name=op.f("ck_tickets_a_taken_ticket_is_somebodys"),
        ),
        sa.CheckConstraint(
            "(officer_id IS NULL) = (taken_at IS NULL)", name=op.f("ck_tickets_an_officer_took_it_once")
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identities.id"], name=op.f("fk_tickets_identity_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name=op.f("fk_tickets_officer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tickets_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_tickets_question_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("bot_id", "chat_id", "update_id", name=op.f("uq_tickets_bot_id_chat_id_update_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tickets_identity_id"), "tickets", ["identity_id"], unique=False)
    op.create_index(op.f("ix_tickets_officer_id"), "tickets", ["officer_id"], unique=False)
    op.create_index(op.f("ix_tickets_person_id"), "tickets", ["person_id"], unique=False)
    op.create_index(op.f("ix_tickets_state_id"), "tickets", ["state", "id"], unique=False)
    op.create_table(
        "replies",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["people.id"], name=op.f("fk_replies_officer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_replies_ticket_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_replies_ticket_id"), "replies", ["ticket_id"], unique=False)
