"""The copy of what has become of accounts that every service keeps."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create it."""
    op.create_table(
        "account_states",
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("signed_out_before", UtcDateTime),
        sa.Column("ended_sessions", sa.JSON, nullable=False),
        sa.Column("grants", sa.JSON, nullable=False),
    )
