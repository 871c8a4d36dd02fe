"""Where somebody was found who came by no roster, such as the list of a training class."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column."""
    op.add_column("people", sa.Column("source", sa.String, nullable=False, server_default=""))
