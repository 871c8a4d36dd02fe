"""When what a notice tells of happened: what waited for this service arrives together, and is read in its own order."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the moment; what was told before it was noted happened when it was told."""
    op.add_column("notices", sa.Column("happened_at", UtcDateTime))
    op.create_index("ix_notices_happened", "notices", [sa.text("coalesce(happened_at, told_at)"), "seq"])
