"""Rooms and who has them when. PostgreSQL itself lets no two bookings have one room at one time."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0002"
down_revision = "0001"

_NO_TWO = """
ALTER TABLE bookings ADD CONSTRAINT no_two_at_once
EXCLUDE USING gist (facility_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (blocking)
"""


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "facilities",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("school_id", sa.Uuid, nullable=False, index=True),
        sa.Column("region_code", sa.String, nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.JSON, nullable=False)
            for name in ("equipment", "hours", "closed_days", "audiences")
        ),
        sa.Column("approval", sa.String, nullable=False),
        sa.Column("border", sa.Boolean, nullable=False),
        sa.Column("lead_hours", sa.Integer, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("retired_reason", sa.String, nullable=False),
    )
    op.create_table(
        "facility_audiences",
        sa.Column("facility_id", sa.Uuid, sa.ForeignKey("facilities.id"), primary_key=True),
        sa.Column("audience", sa.String, primary_key=True, index=True),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("facility_id", sa.Uuid, nullable=False, index=True),
        sa.Column("session_id", sa.Uuid, index=True),
        sa.Column("school_id", sa.Uuid, index=True),
        sa.Column("region_code", sa.String, nullable=False, index=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("starts_at", UtcDateTime, nullable=False, index=True),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("blocking", sa.Boolean, nullable=False),
        sa.Column("until", UtcDateTime, index=True),
        sa.Column("needs", sa.JSON, nullable=False),
        sa.Column("agreed", sa.JSON, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("log", sa.JSON, nullable=False),
    )
    op.create_index("ix_bookings_facility_id_starts_at", "bookings", ["facility_id", "starts_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(_NO_TWO)
