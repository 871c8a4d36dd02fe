"""Several schools develop an item; requests for access; links that end."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "item_parts",
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("school_id", sa.Uuid, primary_key=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("task", sa.String, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "item_remarks",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("items.id"), nullable=False, index=True),
        sa.Column("version_index", sa.Integer, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("school_id", sa.Uuid),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "access_requests",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("items.id"), nullable=False, index=True),
        sa.Column("school_id", sa.Uuid, nullable=False, index=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("by", "reason", "state", "answer")),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("answered_at", UtcDateTime),
    )
    op.create_table(
        "share_links",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("items.id"), nullable=False, index=True),
        sa.Column("secret", sa.String, nullable=False, unique=True),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )
