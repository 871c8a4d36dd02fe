"""What trainees hand in, and where the recording of a session is."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the one, add the other."""
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("programme_id", sa.Uuid, sa.ForeignKey("programmes.id"), nullable=False, index=True),
        sa.Column("trainee_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("person_id", sa.Uuid, index=True),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("text", "link", "state", "reason", "handed_in_by")
        ),
        sa.Column("handed_in_at", UtcDateTime, nullable=False),
        sa.Column("judged_at", UtcDateTime),
        sa.Column("judged_by", sa.String),
        sa.CheckConstraint("state IN ('handed_in', 'accepted', 'returned')", name="state"),
    )
    op.add_column("sessions", sa.Column("recording", sa.String))
