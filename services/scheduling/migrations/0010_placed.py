"""People who work at another school for a time, and the sessions with which that collides."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "placed",
        sa.Column("placement_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("host_school_id", sa.Uuid, nullable=False),
        sa.Column("host_region", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("there", sa.Boolean, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
    )
    op.create_index("ix_placed_person_id_there", "placed", ["person_id", "there"])
    op.create_table(
        "placed_collisions",
        sa.Column("placement_id", sa.Uuid, primary_key=True),
        sa.Column("session_id", sa.Uuid, primary_key=True, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("noted_at", UtcDateTime, nullable=False),
        sa.Column("settled_at", UtcDateTime),
    )
