"""The rooms of other schools, and what sessions ask for."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "known_facilities",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("school_id", sa.Uuid, nullable=False),
        sa.Column("region_code", sa.String, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("audiences", sa.JSON, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
    )
    op.create_table(
        "facility_requests",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("session_id", sa.Uuid, nullable=False, index=True),
        sa.Column("facility_id", sa.Uuid, nullable=False),
        sa.Column("facility_name", sa.String, nullable=False),
        sa.Column("school_id", sa.Uuid),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False, index=True),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("answer_by", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime),
        sa.Column("reason_zh", sa.String, nullable=False),
        sa.Column("reason_en", sa.String, nullable=False),
        sa.Column("offers", sa.JSON, nullable=False),
        sa.Column("log", sa.JSON, nullable=False),
    )
