"""The work calendar: days off and swapped days, with their source and who confirmed them"""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
