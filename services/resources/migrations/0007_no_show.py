"""How long after its start a room that nobody took over is free again."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """0: never by itself, as before."""
    op.add_column("facilities", sa.Column("no_show_minutes", sa.Integer, nullable=False, server_default="0"))
