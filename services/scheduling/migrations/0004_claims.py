"""Who and what is taken when. PostgreSQL itself lets no two blocking claims on one thing overlap."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0004"
down_revision = "0003"

#: Deferrable, for two sessions that exchange their hours by updating rows; `[)` is what tstzrange means by itself.
_NO_TWO = """
ALTER TABLE claims ADD CONSTRAINT no_two_at_once
EXCLUDE USING gist (what WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (blocking) DEFERRABLE
"""


def upgrade() -> None:
    """Create the table. What was released before has no claims until it is revised: it was never checked either."""
    op.create_table(
        "claims",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("blocking", sa.Boolean, nullable=False),
        sa.Column("session_id", sa.Uuid, nullable=False, index=True),
        sa.Column("occurrence", sa.Integer, nullable=False),
        sa.Column("overridden_by", sa.String),
        sa.Column("overridden_at", UtcDateTime),
        sa.Column("reason", sa.String),
        sa.Column("over_session", sa.Uuid, index=True),
    )
    op.create_index("ix_claims_what_starts_at", "claims", ["what", "starts_at"])
    if op.get_bind().dialect.name == "postgresql":
        # Trusted since PostgreSQL 13: the owner of the database may create it and need be no superuser.
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(_NO_TWO)
