"""Since when a session is planned, which says since when its draft waits."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the moment; of what is there nobody knows it, nor of what a replica of the last release still drafts."""
    op.add_column("sessions", sa.Column("drafted_at", UtcDateTime))
