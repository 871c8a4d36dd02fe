"""Agendas that become programmes once somebody has looked at them."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "agenda_imports",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("filename", "sha256")),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("host_region", sa.String, nullable=False, index=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("state", "title", "kind")),
        sa.Column("year", sa.Integer),
        *(
            sa.Column(name, sa.JSON, nullable=False)
            for name in ("corrections", "answers", "choices", "left_out")
        ),
        sa.Column("programme_id", sa.Uuid),
        sa.Column("staged_at", UtcDateTime, nullable=False, index=True),
        sa.Column("finished_at", UtcDateTime),
        sa.CheckConstraint("state IN ('staged', 'confirmed', 'discarded')", name="state"),
    )
