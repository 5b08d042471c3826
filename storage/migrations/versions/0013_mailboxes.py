"""A mailbox is confirmed by a code before anything is sent to it"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TABLE = "mailbox_codes"


def upgrade() -> None:
    codes = op.create_table(
        TABLE,
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("mailbox", sa.Text(), nullable=True),
        sa.Column("mailbox_hash", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) = (mailbox IS NULL)", name=op.f("ck_mailbox_codes_a_mailbox_is_somebodys")
        ),
        sa.CheckConstraint("expires_at > asked_at", name=op.f("ck_mailbox_codes_a_code_lives_a_while")),
        sa.CheckConstraint(
            "used_at IS NULL OR NOT cancelled", name=op.f("ck_mailbox_codes_what_was_used_was_not_cancelled")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_mailbox_codes_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_codes")),
        sqlite_autoincrement=True,
    )
    for column in ("person_id", "mailbox_hash", "asked_at"):
        op.create_index(op.f(f"ix_mailbox_codes_{column}"), TABLE, [column], unique=False)
    _ask_again(codes)


def _ask_again(codes: sa.Table) -> None:
    """Move the mailboxes that people named themselves to those that wait: nobody has shown that they are theirs."""
    addresses = sa.table("addresses", *map(sa.column, ("person_id", "mailbox", "channel")), sa.column("set_at", MOMENT))
    journal = sa.table("journal", *map(sa.column, ("kind", "action", "record_id", "actor_id")))
    themselves = sa.exists().where(
        journal.c.kind == "addresses",
        journal.c.action == "mailbox_set",
        journal.c.record_id == addresses.c.person_id,
        journal.c.actor_id == addresses.c.person_id,
    )
    own = (addresses.c.channel == "email", themselves)
    line = op.get_bind()
    rows = line.execute(sa.select(addresses.c.person_id, addresses.c.mailbox, addresses.c.set_at).where(*own)).all()
    for row in rows:
        over = {"asked_at": row.set_at, "expires_at": row.set_at + timedelta(minutes=30)}
        named = {"person_id": row.person_id, "mailbox": row.mailbox, "mailbox_hash": ""}
        # As if tried too often: no code was ever sent.
        line.execute(codes.insert().values(**named, **over, attempts=5, cancelled=False))
    line.execute(sa.delete(addresses).where(*own))
