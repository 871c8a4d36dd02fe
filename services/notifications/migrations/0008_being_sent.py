"""Whether what was claimed was being sent: unknown of what was tried before."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column."""
    op.add_column("attempts", sa.Column("sending", sa.Boolean))
