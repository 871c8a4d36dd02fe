"""Ratings of versions; reviews and whose word each region asks for; what harvesters were told."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables; what is open to everybody already is told to harvesters, too."""
    op.create_table(
        "ratings",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("items.id"), nullable=False, index=True),
        sa.Column("version_id", sa.Uuid, sa.ForeignKey("item_versions.id"), nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("school_id", sa.Uuid),
        sa.Column("stars", sa.Integer, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("version_id", "by"),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
    )
    op.create_table(
        "review_rules",
        sa.Column("region_code", sa.String, primary_key=True),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("said_by", sa.String, nullable=False),
        sa.Column("said_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("\"by\" IN ('county', 'prefecture', 'school')", name="by"),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("items.id"), nullable=False, index=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("audiences", sa.JSON, nullable=False),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("decided_by", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("decided_at", UtcDateTime),
    )
    op.create_table(
        "public_records",
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("changed_at", UtcDateTime, nullable=False, index=True),
        sa.Column("public", sa.Boolean, nullable=False),
    )
    op.execute(
        """INSERT INTO public_records (item_id, changed_at, public)
        SELECT items.id, items.published_at, true FROM items JOIN item_audiences ON item_audiences.item_id = items.id
        WHERE item_audiences.audience = 'all' AND items.current_id IS NOT NULL AND items.state <> 'retired'"""
    )
