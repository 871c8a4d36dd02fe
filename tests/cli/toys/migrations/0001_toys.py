"""Balls and what was seen of them."""

import sqlalchemy as sa
from alembic import op

revision = "toys0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "balls",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
    )
    op.create_table(
        "boxes",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
    )
    op.create_table(
        "seen",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ball_id", sa.Uuid, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
    )
