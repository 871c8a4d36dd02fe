"""Schools, accounts, links and signing keys."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "schools",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("name_en", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("region_code", sa.String, nullable=False, index=True),
        sa.Column("region_name", sa.String, nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("language", sa.String),
        sa.Column("grants", sa.JSON, nullable=False),
    )
    op.create_table(
        "sign_in_links",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("secret_hash", sa.String, nullable=False, unique=True),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
    )
    op.create_table(
        "signing_keys",
        sa.Column("key_id", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("jwk", sa.JSON, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
    )
