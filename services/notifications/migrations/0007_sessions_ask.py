"""Sessions that ask to be confirmed, the rules by which they do, and principals who hear of what their school left open."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("announcements", sa.Column("principals_at", UtcDateTime))
    op.add_column("announcements", sa.Column("session_id", sa.Uuid))
    op.add_column(
        "announcements", sa.Column("session_version", sa.Integer, nullable=False, server_default="0")
    )
    op.create_index("uq_announcements_session_id", "announcements", ["session_id"], unique=True)
    op.add_column("receipts", sa.Column("principals", sa.JSON, nullable=False, server_default="[]"))
    op.create_table(
        "asking_rules",
        sa.Column("host_region", sa.String, primary_key=True),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
    )
