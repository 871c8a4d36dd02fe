"""Whose account it is, so that a service can show people what is theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add both; what is known already comes again with the account's next change, or by `tongxing events republish`."""
    op.add_column("account_states", sa.Column("person_id", sa.Uuid))
    op.add_column("account_states", sa.Column("school_id", sa.Uuid))
