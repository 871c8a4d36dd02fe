"""Whom a row of a roster means, where that is asked, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("roster_imports", sa.Column("chosen", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("roster_import_problems", sa.Column("asked", sa.String, nullable=False, server_default=""))
    op.add_column(
        "roster_import_problems", sa.Column("candidates", sa.JSON, nullable=False, server_default="[]")
    )
