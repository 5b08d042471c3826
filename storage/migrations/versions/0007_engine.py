"""The notification engine: deliveries, leases, halts"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
STATES = ("waiting", "claimed", "sent", "unknown", "later", "unreachable", "expired", "cancelled")


def word(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    _halts()
    _notices()
    _deliveries()
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "addresses",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=True),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(channel = 'email') = (mailbox IS NOT NULL)", name=op.f("ck_addresses_only_mail_has_a_mailbox")
        ),
        sa.CheckConstraint("channel = 'email' OR gone_at IS NULL", name=op.f("ck_addresses_only_a_mailbox_is_gone")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_addresses_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "channel", name=op.f("pk_addresses")),
    )
    op.create_table(
        "sample",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )
    op.add_column("identities", sa.Column("seen_at", MOMENT, nullable=True))


def _halts() -> None:
    op.create_table(
        "halts",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sender", name=op.f("pk_halts")),
    )


def _notices() -> None:
    op.drop_index("ix_notices_untold", table_name="notices")
    op.execute("ALTER TABLE notices RENAME COLUMN told_at TO addressed_at")
    op.add_column("notices", sa.Column("facts", JSON, nullable=True))
    op.add_column("notices", sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("notices", sa.Column("again_at", MOMENT, nullable=True))
    op.add_column("notices", sa.Column("why", sa.Text(), nullable=True))
    op.create_index("ix_notices_unaddressed", "notices", ["kind", "id"], unique=False, **where("addressed_at IS NULL"))


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("notice_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lane", word("urgent", "normal", "bulk", name="lane"), nullable=False),
        sa.Column("state", word(*STATES, name="deliverystate"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("doubts", sa.BigInteger(), nullable=False),
        sa.Column("tried", JSON, nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("told_with", sa.BigInteger(), nullable=True),
        sa.Column("outside_id", sa.Text(), nullable=True),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("body", JSON, nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        *_delivery_rules(),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_deliveries_message_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_deliveries_notice_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_deliveries_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("notice_id", "person_id", name=op.f("uq_deliveries_notice_id_person_id")),
        sqlite_autoincrement=True,
    )
    due, still_open = "state IN ('waiting', 'later')", "state IN ('waiting', 'later', 'claimed')"
    for name, columns, condition in (
        ("ix_deliveries_due", ["channel", "lane", "due_at", "id"], due),
        ("ix_deliveries_open", ["person_id", "channel", "lane", "id"], still_open),
        ("ix_deliveries_claimed", ["claimed_until"], "state = 'claimed'"),
    ):
        op.create_index(name, "deliveries", columns, unique=False, **where(condition))
    op.create_index(op.f("ix_deliveries_state_sent_at"), "deliveries", ["state", "sent_at"], unique=False)
    op.create_index(op.f("ix_deliveries_person_id"), "deliveries", ["person_id"], unique=False)
    op.create_index(op.f("ix_deliveries_message_id"), "deliveries", ["message_id"], unique=False)


def _delivery_rules() -> list[sa.CheckConstraint]:
    rules = {
        "what_is_claimed_has_a_holder": (
            "(state = 'claimed') = (claimed_by IS NOT NULL) AND (state = 'claimed') = (claimed_until IS NOT NULL)"
        ),
        "what_is_sent_has_a_moment": "(state = 'sent') = (sent_at IS NOT NULL)",
        "only_what_is_sent_was_said": (
            "state = 'sent' OR (message_id IS NULL AND outside_id IS NULL AND body IS NULL AND told_with IS NULL)"
        ),
        "what_went_wrong_has_a_reason": (
            "state NOT IN ('unknown', 'later', 'unreachable', 'cancelled') OR why IS NOT NULL"
        ),
        "what_is_unknown_was_in_doubt": "state <> 'unknown' OR doubts > 0",
        "it_is_due_before_it_expires": "expires_at > due_at OR state NOT IN ('waiting', 'later')",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_deliveries_{name}")) for name, rule in rules.items()]
