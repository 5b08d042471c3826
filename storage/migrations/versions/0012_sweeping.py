"""What the sweep of deadlines finds among the open dossiers without reading them all"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN = sa.text("clock IN ('running', 'stopped') AND status < 9")
ASKED = sa.text("clock IN ('running', 'stopped') AND status < 9 AND supplement_asked_at IS NOT NULL")
DOUBTFUL = sa.text("clock IN ('running', 'stopped') AND status < 9 AND NOT in_time")


def upgrade() -> None:
    # Of a source or two it selects nothing; PostgreSQL took it for the cheapest way to whatever is open.
    op.drop_index("ix_dossiers_source_open", "dossiers")
    _index("received", "received_at", OPEN)
    _index("asked", "supplement_asked_at", ASKED)
    _index("doubtful", "due_at", DOUBTFUL)


def _index(name: str, column: str, where: sa.TextClause) -> None:
    op.create_index(f"ix_dossiers_open_{name}", "dossiers", [column], sqlite_where=where, postgresql_where=where)
