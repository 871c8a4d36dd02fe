"""When an import was compared, what it touches, and why rows were left alone; imports of before touch nothing we know."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("roster_imports", sa.Column("read_at", UtcDateTime))
    op.add_column("roster_imports", sa.Column("touches", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("roster_import_rows", sa.Column("why", sa.String, nullable=False, server_default=""))
    op.add_column(
        "roster_import_rows", sa.Column("taken_back", sa.Boolean, nullable=False, server_default=sa.false())
    )
