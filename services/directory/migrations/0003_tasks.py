"""What waits for whom."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "tasks",
        sa.Column("task_id", sa.Uuid, primary_key=True),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sentence_zh", sa.String, nullable=False),
        sa.Column("sentence_en", sa.String, nullable=False),
        sa.Column("verb_zh", sa.String, nullable=False),
        sa.Column("verb_en", sa.String, nullable=False),
        sa.Column("link", sa.String, nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("due", UtcDateTime),
        sa.Column("closed_at", UtcDateTime),
    )
    op.create_table(
        "waiting",
        sa.Column("task_id", sa.Uuid, sa.ForeignKey("tasks.task_id"), primary_key=True),
        sa.Column("role", sa.String, primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("value", sa.String, primary_key=True),
    )
    op.create_index("ix_waiting_for", "waiting", ["kind", "value", "role"])
