"""The toy's tables."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("school_id", sa.Uuid, nullable=False, index=True),
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
