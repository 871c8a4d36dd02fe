"""Days of placements first, with all that flows between regions are counted from."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """One index in the place of another, which it begins with."""
    op.create_index(
        "ix_placements_days",
        "placements",
        ["starts_on", "ends_on", "left_on", "taking", "state", "origin_region", "host_region"],
    )
    op.drop_index("ix_placements_starts_on", "placements")
