"""Mentor pairs and learning communities, with their meetings."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "communities",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("region_code", sa.String, nullable=False, index=True),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("kind IN ('pair', 'community')", name="kind"),
        sa.CheckConstraint("ends_on >= starts_on", name="order"),
    )
    op.create_table(
        "community_members",
        sa.Column(
            "community_id", sa.Uuid, sa.ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("person_id", sa.Uuid, primary_key=True, index=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("led_by", sa.Uuid),
    )
    op.create_table(
        "community_meetings",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "community_id",
            sa.Uuid,
            sa.ForeignKey("communities.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("present", sa.JSON, nullable=False),
        sa.Column("session_id", sa.Uuid),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
