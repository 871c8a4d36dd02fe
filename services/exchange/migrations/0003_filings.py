"""Filing forms on their way in."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table, and what the board sorts by."""
    op.create_table(
        "filings",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("filename", "sha256")),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("region", sa.String, nullable=False, index=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("left_out", sa.JSON, nullable=False),
        sa.Column("batch", sa.Uuid),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("staged_at", UtcDateTime, nullable=False, index=True),
        sa.Column("finished_at", UtcDateTime),
        sa.CheckConstraint("state IN ('staged', 'confirmed', 'discarded')", name="state"),
    )
    op.create_index("ix_placements_state_changed_at", "placements", ["state", "changed_at"])
    op.create_index("ix_placements_changed_at", "placements", ["changed_at"])
