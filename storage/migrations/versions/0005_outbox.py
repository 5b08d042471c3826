"""Chats that cannot be reached, what waits to be spoken on a channel with a sender, and doors to the web chat"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNSPOKEN = "channel <> 'web' AND direction = 'out' AND spoken_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "unreachable",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "chat_id", name=op.f("pk_unreachable")),
    )
    op.create_index(
        "ix_messages_unspoken",
        "messages",
        ["bot_id", "chat_id"],
        unique=False,
        sqlite_where=sa.text(UNSPOKEN),
        postgresql_where=sa.text(UNSPOKEN),
    )
    op.add_column("links", sa.Column("is_door", sa.Boolean(), server_default=sa.false(), nullable=False))
