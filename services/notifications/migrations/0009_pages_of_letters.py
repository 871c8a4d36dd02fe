"""Letters are found by the page that they lead to: the board of an announcement asks for its own."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_letters_link", "letters", ["link"])
