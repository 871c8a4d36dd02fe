"""What operators decided about events, and whether the demonstration data was dealt with."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0004"
down_revision = "0003"

_BIGINT = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "decisions",
        sa.Column("id", _BIGINT, primary_key=True, autoincrement=True),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("parked_id", sa.BigInteger, index=True),
        sa.Column("event_id", sa.Text),
        sa.Column("topic", sa.Text),
        sa.Column("key", sa.Text),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sqlite_autoincrement=True,
    )
    demonstration = op.create_table(
        "demonstration",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("loaded", sa.Boolean, nullable=False),
    )
    # A database that has ever published holds somebody's work: demonstration data never comes into it.
    used = op.get_bind().scalar(sa.text("SELECT count(*) FROM outbox")) > 0
    if not used:
        op.bulk_insert(demonstration, [{"id": 1, "loaded": False}])
