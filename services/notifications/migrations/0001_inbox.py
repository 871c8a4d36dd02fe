"""Notices, and which school has which."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    counted = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "notices",
        sa.Column("seq", counted, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Uuid, nullable=False, unique=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("told_at", UtcDateTime, nullable=False),
        sa.Column("session_id", sa.Uuid, nullable=False, index=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("session_kind", sa.String, nullable=False),
        sa.Column("starts_at", UtcDateTime),
        sa.Column("ends_at", UtcDateTime),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("link", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
    )
    op.create_table(
        "entries",
        sa.Column("notice_seq", counted, sa.ForeignKey("notices.seq"), primary_key=True),
        sa.Column("school_id", sa.Uuid, primary_key=True, index=True),
    )
