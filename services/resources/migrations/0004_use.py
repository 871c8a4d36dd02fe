"""Use: every click, the lessons taught, and the figures that are made of them."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "clicks",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("thing_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("reader", sa.String, nullable=False),
        sa.Column("school_id", sa.Uuid),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("counted_at", UtcDateTime),
        sa.CheckConstraint("kind IN ('view', 'download', 'play')", name="kind"),
    )
    op.create_index("ix_clicks_item_id_at", "clicks", ["item_id", "at"])
    op.create_index("ix_clicks_counted_at_at", "clicks", ["counted_at", "at"])
    op.create_table(
        "use_counts",
        sa.Column("item_id", sa.Uuid, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("school_id", sa.Uuid, primary_key=True, index=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.create_table(
        "lessons_taught",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("item_id", sa.Uuid, nullable=False, index=True),
        sa.Column("school_id", sa.Uuid, index=True),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("grade", sa.String, nullable=False),
        sa.Column("pupils", sa.Integer, nullable=False),
        sa.Column("remark", sa.String, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("item_id", "by", "day", "grade"),
    )
