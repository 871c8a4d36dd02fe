"""What share of a programme has to be attended for its certificate, as the region says."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column."""
    op.add_column("hour_rules", sa.Column("share", sa.Integer, nullable=False, server_default="80"))
