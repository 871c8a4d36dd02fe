"""Groups of a session's people, and what a session gives out."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "divisions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), nullable=False, unique=True),
        sa.Column("groups", sa.JSON, nullable=False),
        sa.Column("divided_by", sa.String, nullable=False),
        sa.Column("divided_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "materials",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), nullable=False, index=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("link", sa.String, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
    )
