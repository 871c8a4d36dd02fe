"""The copies of directory's keys and schools that every service keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "verification_keys",
        sa.Column("key_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("jwk", sa.JSON, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
    )
    op.create_table(
        "roster_schools",
        sa.Column("school_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("code", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("region_code", sa.Text, nullable=False, index=True),
        sa.Column("region_name", sa.Text, nullable=False),
    )
