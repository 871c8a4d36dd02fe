"""The tables of `shared/events`: outbox, relay, inbox, positions, parking."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0001"
down_revision = None

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BIGINT = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_HELD = sa.text("retry_at IS NOT NULL")


def upgrade() -> None:
    """Create them."""
    _create_publishing()
    _create_consuming()


def _create_publishing() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", _BIGINT, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("shard", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("headers", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
        sa.UniqueConstraint("topic", "key", "version", "type", name="uq_outbox_topic"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])
    op.create_table(
        "unsent",
        sa.Column("seq", _BIGINT, primary_key=True, autoincrement=False),
        sa.Column("shard", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("retry_at", UtcDateTime),
        sa.Column("last_error", sa.Text),
    )
    op.create_index("ix_unsent_held", "unsent", ["retry_at"], sqlite_where=_HELD, postgresql_where=_HELD)
    op.create_table(
        "diverged",
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("found_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "published",
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "relays",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("alive_until", UtcDateTime, nullable=False),
    )
    shards = op.create_table(
        "relay_shards",
        sa.Column("shard", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("owner", sa.Text),
        sa.Column("leased_until", UtcDateTime, nullable=False),
    )
    op.bulk_insert(shards, [{"shard": shard, "leased_until": _EPOCH} for shard in range(16)])


def _create_consuming() -> None:
    op.create_table(
        "positions",
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("next_offset", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("applied_at", UtcDateTime, nullable=False, index=True),
    )
    op.create_table(
        "parked",
        sa.Column("id", _BIGINT, primary_key=True, autoincrement=True),
        sa.Column("consumer", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("raw_key", sa.LargeBinary),
        sa.Column("value", sa.LargeBinary),
        sa.Column("headers", sa.LargeBinary, nullable=False),
        sa.Column("event_id", sa.Text),
        sa.Column("type", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("blocks", sa.Boolean, nullable=False),
        sa.Column("parked_at", UtcDateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", UtcDateTime, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("stack", sa.Text),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("decided_by", sa.Text),
        sa.Column("decision", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_parked_key", "parked", ["consumer", "topic", "key", "id"])
    op.create_index("ix_parked_due", "parked", ["consumer", "state", "next_try_at"])
    op.create_index("ix_parked_event", "parked", ["consumer", "event_id"])
    op.create_table(
        "stops",
        sa.Column("id", _BIGINT, primary_key=True, autoincrement=True),
        sa.Column("consumer", sa.Text, nullable=False, index=True),
        sa.Column("topic", sa.Text),
        sa.Column("partition", sa.Integer),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("ended_by", sa.Text),
        sa.Column("reason", sa.Text),
    )
