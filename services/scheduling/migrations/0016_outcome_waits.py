"""Whose turn it is to hand in or to judge outcomes, as tasks say it."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the table; the worker fills it."""
    op.create_table(
        "outcome_waits",
        sa.Column("programme_id", sa.Uuid, sa.ForeignKey("programmes.id"), primary_key=True),
        sa.Column("whom", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("closed_at", UtcDateTime),
    )
