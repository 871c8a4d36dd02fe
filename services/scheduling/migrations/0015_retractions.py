"""What was told of sessions before they were recalled, so that calendars hear that they are off."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "retractions",
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), primary_key=True),
        sa.Column("session_version", sa.Integer, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("host_region", sa.String, nullable=False, index=True),
        sa.Column("programme_id", sa.Uuid, index=True),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("times", sa.JSON),
        sa.Column("led_by", sa.JSON),
        sa.Column("invited_schools", sa.JSON, nullable=False),
        sa.Column("people", sa.JSON, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("recalled_at", UtcDateTime, nullable=False, index=True),
    )
