"""Whose database this is, so that no other service ever migrates or uses it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create it; `migrate` writes its one row."""
    op.create_table(
        "database_owner",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("package", sa.Text, nullable=False),
    )
