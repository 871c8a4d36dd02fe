"""When a school read what it was told."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the moment; what was told before counts as not yet read."""
    op.add_column("entries", sa.Column("read_at", UtcDateTime))
