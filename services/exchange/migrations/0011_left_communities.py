"""Until when somebody was in a community: whoever leaves one stays in what was done."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.add_column("community_members", sa.Column("left_on", sa.Date))
