"""Who made a version: people by name."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column; what there is names nobody."""
    op.add_column("item_versions", sa.Column("people", sa.JSON, nullable=False, server_default="[]"))
