"""The log of each placement, with its evidence."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "duty_books",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("waiting", sa.Integer, nullable=False),
        sa.Column("waiting_since", UtcDateTime),
        sa.Column("changed_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "duties",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "placement_id", sa.Uuid, sa.ForeignKey("placements.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("done_on", sa.Date, nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("text", "state", "reason", "party")),
        sa.Column("session_id", sa.Uuid),
        sa.Column("presence_id", sa.Uuid, unique=True),
        sa.Column("presence_version", sa.Integer),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("answered_by", sa.String),
        sa.Column("answered_at", UtcDateTime),
        sa.CheckConstraint("state IN ('claimed', 'confirmed', 'declined', 'withdrawn')", name="state"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.Index("ix_duties_placement_id_done_on", "placement_id", "done_on"),
    )
    op.create_table(
        "duty_files",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "duty_id", sa.Uuid, sa.ForeignKey("duties.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
