"""Since when a part in the making of an item waits for nobody any more."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; of what is done already, nobody wrote down when."""
    op.add_column("item_parts", sa.Column("over_at", UtcDateTime))
    op.execute("UPDATE item_parts SET over_at = asked_at WHERE done")
