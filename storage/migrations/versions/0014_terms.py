"""Terms that the catalogue named, and appointments that are our own arithmetic, are called so"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("term_mark", sa.Text(), nullable=True))
    op.add_column("dossiers", sa.Column("due_ours", sa.Boolean(), server_default=sa.false(), nullable=False))
