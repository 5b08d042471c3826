"""What the sweep of deadlines finds among the open dossiers without reading them all"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN = sa.text("clock IN ('running', 'stopped') AND status < 9")


def upgrade() -> None:
    op.create_index("ix_dossiers_open_received", "dossiers", ["received_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(
        "ix_dossiers_open_asked", "dossiers", ["supplement_asked_at"], sqlite_where=OPEN, postgresql_where=OPEN
    )
